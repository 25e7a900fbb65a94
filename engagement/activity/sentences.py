"""Acts in words: "Alert reported". Each app gives the words for its verbs."""

from django.utils.translation import gettext_lazy as _

from engagement.activity.models import Activity

_sentences: dict[str, str] = {}
UNKNOWN = _("News")


def register_sentences(sentences: dict[str, str]) -> None:
    """Words for verbs: {"alerts.reported": _("Alert reported")}."""
    _sentences.update(sentences)


def say(activity: Activity) -> str:
    """What happened, in the reader's language."""
    return str(_sentences.get(activity.verb, UNKNOWN))
