"""Reports as other systems read them: one query whatever their number, and nothing personal in the answer."""

import datetime as dt
import functools
import re

from django.db.models import Exists, Field, Func, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alerts.models import Alert, AlertEvent, AlertPhoto, Moderation
from alerts.open311.calls import Call, Refused, endpoint
from alerts.open311.parameters import Span, listed, moment, page, requested_span, split
from alerts.screening import screen
from alerts.workflow import WORKFLOW

CLOSED = frozenset(WORKFLOW.names(final=True))
_POSTCODE = re.compile(r"(?<![\w-])\d{5}(?![\w-])")


class Coordinate(Func):
    """ST_X or ST_Y, as the driver gives it: a field of numbers would convert each one again."""

    output_field = Field()


def as_text(moment) -> Cast:
    """A date and time as the database writes it, in the UTC of our connections: no object is made of it."""
    return Cast(moment, TextField())


def in_w3c(text: str) -> str:
    """The same as the specification writes it: 2026-11-23T09:00:00Z."""
    return f"{text[:10]}T{text[11:19]}Z"


def hidden(step) -> Exists:
    """Whether the message of that step was taken out of the public's sight."""
    return Exists(Moderation.objects.filter(step=step, target=Moderation.Target.STEP, lifted_at=None))


def last_message() -> Subquery:
    """What an alert's service said last in public."""
    said = AlertEvent.objects.filter(alert=OuterRef("pk"), is_public=True, body__isnull=False).exclude(message="")
    said = said.exclude(~Q(alert__status="duplicate"), transition="merge")  # undone since
    return Subquery(said.exclude(hidden(OuterRef("pk"))).order_by("-created_at", "-pk").values("message")[:1])


def first_photo() -> Subquery:
    """The token of an alert's first photo that is shown."""
    shown = AlertPhoto.objects.filter(alert=OuterRef("pk"), state=AlertPhoto.State.SHOWN).order_by("pk")
    return Subquery(shown.values("token")[:1])


def _row(rows: QuerySet) -> QuerySet:
    """The columns that `written` takes, in its order."""
    return rows.values_list(
        "reference",
        "status",
        last_message(),
        "category__name",
        "category__code",
        "public_text",
        "text_hidden",
        "body__name",
        "planned_for",
        "due_on",
        as_text("created_at"),
        as_text(Coalesce("closed_at", "updated_at")),
        "public_address",
        "address_hidden",
        Coordinate("point", function="ST_Y"),
        Coordinate("point", function="ST_X"),
        first_photo(),
        "is_public",
    )


def written(call: Call, rows: QuerySet) -> list[dict]:
    """These alerts, in their order, as the specification names their fields; one query."""
    photo = call.request.build_absolute_uri(reverse("alerts:photo", args=["-"])).partition("-.jpg")[0]
    day, notice = functools.cache(_end_of), functools.cache(notice_of)
    return [
        {
            "service_request_id": reference,
            "status": "closed" if status in CLOSED else "open",
            "status_notes": said and screen(said),
            "service_name": name,
            "service_code": code,
            "description": None if text_hidden or not description else description,
            "agency_responsible": body,
            "service_notice": None if status in CLOSED else notice(planned_for, due_on),
            "requested_datetime": in_w3c(requested),
            "updated_datetime": in_w3c(updated),
            "expected_datetime": day(due_on),
            "address": "" if address_hidden else address,
            "address_id": "",
            "zipcode": "" if address_hidden else "".join(_POSTCODE.findall(address)[-1:]),
            # Six decimals: about a decimetre.
            "lat": round(lat, 6),
            "long": round(lon, 6),
            "media_url": f"{photo}{token}.jpg" if token and is_public else None,
        }
        for (
            reference,
            status,
            said,
            name,
            code,
            description,
            text_hidden,
            body,
            planned_for,
            due_on,
            requested,
            updated,
            address,
            address_hidden,
            lat,
            lon,
            token,
            is_public,
        ) in _row(rows)
    ]


def _end_of(day: dt.date) -> str:
    """The last second of a day here."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59))).isoformat()


def notice_of(planned_for: dt.date | None, due_on: dt.date) -> str | None:
    """What is to be expected, in words; nothing once the day is over."""
    day = planned_for or due_on
    if day < timezone.localdate():
        return None
    said = _("The work is planned for %(day)s.") if planned_for else _("The service is to deal with it by %(day)s.")
    return said % {"day": date_format(day)}


def visible(call: Call) -> QuerySet:
    """The reports this caller may read: public ones and, by a key, those its mandate covers; of the jurisdiction."""
    rows = Alert.objects.visible_to(call.viewer)
    return rows.in_territory(call.territory) if call.territory else rows


def known(call: Call, references: list[str]) -> QuerySet:
    """Those of these reports that this caller may read, or that came by its key: it knows them already."""
    rows = Alert.objects.kept().filter(reference__in=references)
    if call.key is None:
        return visible(call).filter(reference__in=references)
    sent = AlertEvent.objects.filter(alert=OuterRef("pk"), transition="report", data__sender__key=call.key.pk)
    return rows.filter(Q(pk__in=visible(call).filter(reference__in=references).values("pk")) | Exists(sent))


def selected(call: Call) -> QuerySet:
    """The rows that the parameters of the list ask for. Raises Refused."""
    if references := listed(call, "service_request_id"):
        return known(call, [one.upper() for one in references]).order_by("-created_at", "-pk")
    rows = visible(call)
    if codes := listed(call, "service_code"):
        rows = rows.filter(category__code__in=codes)
    if states := {one.lower() for one in listed(call, "status")}:
        if states - {"open", "closed"}:
            raise Refused(400, _("“status” is open, closed, or both with a comma."))
        wanted = [WORKFLOW.names(final=state == "closed") for state in states]
        rows = rows.filter(status__in=[name for names in wanted for name in names])
    changed = Span(moment(call, "updated_after"), moment(call, "updated_before"))
    if changed.start is None and changed.end is None:
        return rows.filter(**requested_span(call).of("created_at")).order_by("-created_at", "-pk")[page(call)]
    if call.text("start_date") or call.text("end_date"):
        rows = rows.filter(**requested_span(call).of("created_at"))
    return rows.filter(**changed.of("updated_at")).order_by("-updated_at", "-pk")[page(call)]


@endpoint("GET")
def one_request(call: Call, reference: str):
    """One report, or several with commas."""
    wanted = [one.upper() for one in split(reference, "service_request_id")]
    found = written(call, known(call, wanted).order_by("-created_at", "-pk"))
    if not found:
        raise Refused(404, _("There is no service_request_id “%(id)s”.") % {"id": reference[:60]})
    return call.answer("service_requests", found)


@endpoint("GET")
def token(call: Call, token: str):
    """The number of the report a token stands for. We give the number at once, so it is its own token."""
    reference = known(call, [token.upper()]).values_list("reference", flat=True).first()
    if reference is None:
        raise Refused(404, _("There is no token “%(token)s”.") % {"token": token[:60]})
    return call.answer("service_requests", [{"service_request_id": reference, "token": token}])
