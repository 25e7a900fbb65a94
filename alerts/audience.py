"""Who is told of an alert's steps besides its followers: the person who reported it, and the service that got it."""

from collections.abc import Iterator

from alerts.models import Alert
from engagement.activity.models import Activity
from engagement.activity.services import Recipient, register_audience


def recipients(activity: Activity) -> Iterator[Recipient]:
    alert = Alert.objects.select_related("body").filter(pk=activity.object_key).first()
    if alert is None:
        return
    if alert.contact_email:
        yield Recipient(alert.contact_email, "author", {"url": alert.get_tracking_url()})
    if activity.verb == "alerts.reported" and alert.body and alert.body.email:
        yield Recipient(alert.body.email, "service")


register_audience("alerts", recipients)
