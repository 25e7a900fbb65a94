"""Answers to a category's questions: checked the same way from the form, the API and an import."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from alerts.models import Alert, Question
from alerts.screening import screen
from common.text import clean_text

MAX_LENGTH = {Question.Type.STRING: 200, Question.Type.TEXT: 2000}


@dataclass(frozen=True)
class Checked:
    """`answers`: {code: text, or list of keys}, ready for Alert.answers. `errors`: {code: message}."""

    answers: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)


def check(questions, given: dict[str, list[str]]) -> Checked:
    """Check what was given to these questions, each as a list of texts as forms send them.

    A date is kept as YYYY-MM-DD and is not still to come, a number with a point; what was not asked is left out.
    """
    checked = Checked()
    for question in questions:
        texts = [text for raw in given.get(question.code, []) if (text := clean_text(raw))]
        try:
            value = _value(question, texts)
        except ValueError as error:
            checked.errors[question.code] = str(error)
            continue
        if value:
            checked.answers[question.code] = value
        elif question.required:
            checked.errors[question.code] = _("Answer this question.")
    return checked


def _value(question: Question, texts: list[str]):
    if question.type in (Question.Type.ONE, Question.Type.SEVERAL):
        keys = [choice["key"] for choice in question.choices]
        if set(texts) - set(keys):
            raise ValueError(_("Choose among the answers offered."))
        chosen = [key for key in keys if key in texts]
        if question.type == Question.Type.SEVERAL:
            return chosen
        if len(chosen) > 1:
            raise ValueError(_("Choose one answer."))
        return chosen[0] if chosen else ""
    text = texts[0] if texts else ""
    if not text:
        return ""
    if question.type == Question.Type.NUMBER:
        return _number(text)
    if question.type == Question.Type.DATE:
        return _day(text)
    limit = MAX_LENGTH[question.type]
    if len(text) > limit:
        raise ValueError(
            _("Your text has %(count)s characters; shorten it to %(limit)s.") % {"count": len(text), "limit": limit}
        )
    return text if question.type == Question.Type.TEXT else " ".join(text.split())


def _number(text: str) -> str:
    plain = text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
    whole, _point, decimals = plain.partition(".")
    if plain.startswith("-"):
        raise ValueError(_("Give a number from zero up."))
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 12) or (
        decimals and not (decimals.isascii() and decimals.isdigit() and len(decimals) <= 6)
    ):
        raise ValueError(_("This is not a number. Example: 12 or 1,5."))
    return plain


def _day(text: str) -> str:
    """Since when something is so: not from a day still to come."""
    day = _date(text)
    if day > timezone.localdate().isoformat():
        raise ValueError(_("This day is still to come."))
    return day


def _date(text: str) -> str:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        raise ValueError(_("This is not a date. Example: 31/12/2026.")) from None


def in_words(alert: Alert, questions, *, public: bool) -> list[tuple[str, str]]:
    """(question, answer) as people read them; where `public`, only what everybody may see, without personal data."""
    if public and alert.answers_hidden:
        return []
    shown = screen if public else str
    return [
        (question.label, shown(_say(question, alert.answers[question.code])))
        for question in questions
        if question.code in alert.answers and (question.is_public or not public)
    ]


def _say(question: Question, value) -> str:
    if question.type in (Question.Type.ONE, Question.Type.SEVERAL):
        names = {choice["key"]: choice["name"] for choice in question.choices}
        keys = value if isinstance(value, list) else [value]
        return ", ".join(names.get(key, key) for key in keys)
    if question.type == Question.Type.DATE:
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if question.type == Question.Type.NUMBER:
        return number_format(value)
    return value
