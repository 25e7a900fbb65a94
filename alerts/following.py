"""What the activity knows of alerts: words for their steps, and how one is followed."""

from django.utils.translation import gettext_lazy as _

from alerts.models import Alert
from engagement.activity.followables import is_key, register_followable
from engagement.activity.sentences import register_sentences

register_sentences(
    {
        "alerts.reported": _("Problem reported"),
        "alerts.qualified": _("Report taken up"),
        "alerts.planned": _("Work planned"),
        "alerts.in_progress": _("Work started"),
        "alerts.resolved": _("Problem resolved"),
        "alerts.rejected": _("Report not taken up"),
    }
)


def _alert(viewer, key: str) -> tuple[str, str] | None:
    if not is_key(key):
        return None
    alert = Alert.objects.visible_to(viewer).select_related("category").filter(pk=key).first()
    return alert and (str(alert), alert.get_absolute_url())


register_followable("alert", _alert)
