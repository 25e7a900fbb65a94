"""Days and ages as people say them."""

import datetime as dt
import re

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from common.durations import in_words

FIRST = re.compile(r"\b1 (?=[^\W\d])")
# Days of a mean month and months of a year.
MONTH, YEAR = 30.44, 12


def long_date(value: dt.date | None, form: str = "DATE_FORMAT") -> str:
    """A day in full, "1er décembre 2026"; `form` is a format of Django's. Empty where there is no day.

    Django has no way to write the French first of the month.
    """
    if not value:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    said = date_format(value, form)
    french = (get_language() or "").startswith("fr") and value.day == 1
    return FIRST.sub("1er ", said, count=1) if french else said


def ago(moment: dt.datetime | None, now: dt.datetime | None = None) -> str:
    """How long ago, as people say it: "il y a 3 jours", "il y a presque 2 ans". What is to come is just now."""
    if moment is None:
        return ""
    span = (now or timezone.now()) - moment
    if span < dt.timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(span)s ago") % {"span": age(span)}


def age(span: dt.timedelta) -> str:
    """That long, in the words that tell most: days up to two months, then months, then years."""
    months = round(span.days / MONTH)
    if span.days < 2 * MONTH:
        return in_words(span)
    if months < YEAR - 1:
        return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    years, rest = divmod(months, YEAR)
    if rest >= YEAR - 2:
        return ngettext("nearly %(count)d year", "nearly %(count)d years", years + 1) % {"count": years + 1}
    said = ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    if years > 1 and rest > 1:
        return gettext("more than %(years)s") % {"years": said}
    if rest < (2 if years > 1 else 1):
        return said
    return gettext("%(years)s and %(months)s") % {
        "years": said,
        "months": ngettext("%(count)d month", "%(count)d months", rest) % {"count": rest},
    }
