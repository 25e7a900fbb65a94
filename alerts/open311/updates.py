"""News of reports, in both directions: `servicerequestupdates`, the extension that FixMyStreet brought."""

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts import services
from alerts.models import Alert, AlertEvent, AlertPhoto
from alerts.open311.calls import Call, Refused, endpoint
from alerts.open311.parameters import listed, page, requested_span
from alerts.open311.posting import AGAIN, media
from alerts.open311.reading import CLOSED, as_text, hidden, in_w3c, known, visible
from alerts.screening import screen
from alerts.workflow import WORKFLOW
from common import opaque
from common.text import clean_text
from engagement.activity import services as activity

# Steps that are news to others; a report's own first step, and what a service does for itself, are none.
NEWS = (*WORKFLOW.by_name, "update")
MAX_NUMBER = 80
# Others send what residents wrote to them: it is never the service's word.
VOICE = "resident"


@endpoint("GET", "POST")
def updates(call: Call):
    """The public steps of a period, oldest first; or, by POST, one more."""
    if call.request.method == "POST":
        return _post(call)
    return call.answer("service_request_updates", _written(call, _selected(call)))


def _selected(call: Call) -> QuerySet:
    rows = AlertEvent.objects.filter(is_public=True, transition__in=NEWS).exclude(hidden(OuterRef("pk")))
    references = [one.upper() for one in listed(call, "service_request_id")]
    rows = rows.filter(alert__in=known(call, references) if references else visible(call))
    return rows.filter(**requested_span(call).of("created_at")).order_by("-created_at", "-pk")[page(call)]


def _written(call: Call, rows: QuerySet) -> list[dict]:
    photo = call.request.build_absolute_uri(reverse("alerts:photo", args=["-"])).partition("-.jpg")[0]
    shown = AlertPhoto.objects.filter(step=OuterRef("pk"), state=AlertPhoto.State.SHOWN).order_by("pk")
    columns = rows.values_list(
        "pk",
        "alert__reference",
        "to_status",
        as_text("created_at"),
        "message",
        Subquery(shown.values("token")[:1]),
        "alert__is_public",
    )
    written = [
        {
            "update_id": opaque.name_of("update", pk),
            "service_request_id": reference,
            "status": "closed" if status in CLOSED else "open",
            "updated_datetime": in_w3c(when),
            # A client takes a step without words for a mistake: the new state is what there is to say.
            "description": screen(message) if message else str(WORKFLOW.by_state[status].title).capitalize(),
            "media_url": f"{photo}{token}.jpg" if token and is_public else None,
        }
        for pk, reference, status, when, message, token, is_public in columns
    ]
    return written[::-1]


def _post(call: Call):
    """Add the sender's news to a report of the key's territory, once however often sent. Raises Refused."""
    reference, number = call.text("service_request_id").upper(), call.text("update_id")
    message = clean_text(call.text("description"))
    if not reference:
        raise Refused(400, _("“service_request_id” is missing."))
    if not message:
        raise Refused(400, _("“description” is missing: an update says something."))
    if len(message) > services.MAX_DESCRIPTION:
        raise Refused(
            400,
            _("The description has %(count)d characters; %(limit)d at most.")
            % {"count": len(message), "limit": services.MAX_DESCRIPTION},
        )
    if len(number) > MAX_NUMBER:
        raise Refused(400, _("“update_id” has more than %(limit)d characters.") % {"limit": MAX_NUMBER})
    alert = known(call, [reference]).first()
    if alert is None:
        raise Refused(404, _("There is no service_request_id “%(id)s”.") % {"id": reference[:60]})
    call.must_cover(alert.territories)
    event = add_update(call, alert, message, number)
    return call.answer("service_request_updates", [{"update_id": opaque.name_of("update", event.pk)}])


@transaction.atomic
def add_update(call: Call, alert: Alert, message: str, number: str) -> AlertEvent:
    """A public step that leaves the state as it is. The sender's number makes it the same, or the same words in a day.

    The status that the sender names is kept beside it: what becomes of a report is said by its service alone.
    """
    alert = services.locked(alert)
    sender = {"key": call.key.pk, "update_id": number}
    before = alert.events.filter(transition="update", data__sender=sender)
    if not number:
        before = before.filter(message=message, created_at__gte=timezone.now() - AGAIN)
    if event := before.first():
        return event
    event = AlertEvent.objects.create(
        alert=alert,
        transition="update",
        from_status=alert.status,
        to_status=alert.status,
        message=message,
        note="\n".join(media(call)),
        data={"sender": sender, "status": call.text("status")[:40], "voice": VOICE, "by": call.key.label},
        actor=call.key.user,
    )
    alert.updated_at = timezone.now()
    alert.save(update_fields=["updated_at"])
    told = services.activity_of(alert, event, services.where(alert))
    activity.record(**told | {"data": told["data"] | {"voice": VOICE}})
    return event
