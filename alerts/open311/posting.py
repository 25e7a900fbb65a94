"""A report sent by another system: the same alert in the agent's queue as one sent from our own page."""

import datetime as dt
import re
import uuid

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts import answers, services
from alerts.models import Alert, AlertEvent, Category, Source
from alerts.open311 import catalogue, reading
from alerts.open311.calls import Call, Refused, endpoint
from alerts.report_form import CLOSE_BY
from common.images import PhotoError
from common.text import clean_text
from geo import addresses
from geo.models import Address
from geo.places import PlaceError, point
from geo.routing import serving

AGAIN = dt.timedelta(hours=24)
MAX_LINK = 500
ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,80})\](?:\[\])?")
# By which the sender's own number of a report is known, as FixMyStreet and others name it.
SENDERS_NUMBER = ("fixmystreet_id", "external_id")
NAMESPACE = uuid.UUID("5c1f5a0e-3b0c-5d8c-9a55-0e0311000002")


@endpoint("GET", "POST")
def requests(call: Call):
    """The reports that were asked for, newest first; or, by POST, one more."""
    if call.request.method == "POST":
        return call.answer("service_requests", [_take(call)])
    return call.answer("service_requests", reading.written(call, reading.selected(call)))


def _take(call: Call) -> dict:
    """Take the report, once however often it is sent, and tell its number. Raises Refused."""
    category = _category(call)
    place, address = _place(call)
    _covered(call, place)
    given = attributes(call)
    description, email = _description(call), _email(call, category)
    checked = answers.check(category.questions.all(), given)
    if checked.errors:
        raise Refused(400, *(f"attribute[{code}]: {message}" for code, message in checked.errors.items()))
    alert, number = _sent_already(_submissions(call, place, given))
    if alert is None:
        with transaction.atomic():
            alert = services.report(
                category=category,
                point=place,
                description=description,
                address=address,
                answers=checked.answers,
                photo_tokens=_photos(call),
                contact_email=email,
                submission=number,
                source=Source.OPEN311,
                data={"sender": {"key": call.key.pk}, "by": call.key.label},
            )
            _note_media(call, alert)
    notices = [category.notice, reading.notice_of(alert.planned_for, alert.due_on)]
    return {
        "service_request_id": alert.reference,
        "service_notice": " ".join(filter(None, notices)) or None,
        "account_id": None,
    }


def _category(call: Call) -> Category:
    if not (code := call.text("service_code")):
        raise Refused(400, _("“service_code” is missing."))
    return catalogue.service(code)


def _place(call: Call) -> tuple[Point, str]:
    """The place and its address, by whichever of the three ways it was given."""
    address = " ".join(clean_text(call.text("address_string")).split())[: services.MAX_ADDRESS]
    if call.text("lat") or call.text("long"):
        try:
            place = point(call.text("long"), call.text("lat"))
        except PlaceError as error:
            raise Refused(400, str(error)) from None
        return place, address or _label(place)
    if identifier := call.text("address_id"):
        known = Address.objects.filter(pk=identifier).first()
        if known is None:
            raise Refused(400, _("There is no address_id “%(id)s” here.") % {"id": identifier[:60]})
        return known.point, address or _label(known.point)
    if not address:
        raise Refused(400, _("Where is it? Give lat and long, an address_string or an address_id."))
    found = addresses.certain(addresses.search(address, territory=call.territory))
    if found is None:
        raise Refused(400, _("We do not know one place by this address_string: give lat and long."))
    return Point(found.lon, found.lat, srid=4326), found.label[: services.MAX_ADDRESS]


def _label(place: Point) -> str:
    """What agents and the round read: the address nearby, as the report's own form finds it."""
    found = addresses.reverse(place, metres=CLOSE_BY)
    return found.label[: services.MAX_ADDRESS] if found else ""


def _covered(call: Call, place: Point) -> None:
    """Refuse what lies outside the area we serve, the jurisdiction, or the territory of the key's mandate."""
    try:
        around = {territory.pk for territory in serving(place, timezone.localdate())}
    except PlaceError as error:
        raise Refused(400, str(error)) from None
    if call.territory and call.territory.pk not in around:
        raise Refused(400, _("This place lies outside the jurisdiction %(name)s.") % {"name": call.territory})
    call.must_cover(around)


def attributes(call: Call) -> dict[str, list[str]]:
    """`attribute[code]` and `attribute[code][]`, as {code: [texts]}."""
    given: dict[str, list[str]] = {}
    for name in call.given:
        if found := ATTRIBUTE.fullmatch(name):
            given.setdefault(found[1], []).extend(call.given.getlist(name))
    return given


def _description(call: Call) -> str:
    text = clean_text(call.text("description"))
    if len(text) > services.MAX_DESCRIPTION:
        raise Refused(
            400,
            _("The description has %(count)d characters; %(limit)d at most.")
            % {"count": len(text), "limit": services.MAX_DESCRIPTION},
        )
    return text


def _email(call: Call, category: Category) -> str:
    """The address of the person who wrote to the sender: the only thing about them that is kept."""
    email = call.text("email")
    if not email and category.identity == Category.Identity.EMAIL:
        raise Refused(400, _("“email” is missing: for this service_code we must be able to answer the person."))
    try:
        if email:
            validate_email(email)
    except ValidationError:
        raise Refused(400, _("“email” is not an e-mail address.")) from None
    if len(email) > Alert._meta.get_field("contact_email").max_length:
        raise Refused(400, _("“email” is not an e-mail address."))
    return email


def _photos(call: Call) -> list[str]:
    """Files that came with the form, cleaned and kept. Never fetched: an address is only a link for agents."""
    files = call.request.FILES.getlist("media")
    if len(files) > services.MAX_PHOTOS:
        raise Refused(400, _("A report takes %(count)d photos at most.") % {"count": services.MAX_PHOTOS})
    try:
        return [services.keep_photo(file=file).photo.token for file in files]
    except PhotoError as error:
        raise Refused(400, f"media: {error}") from None


def media(call: Call) -> list[str]:
    """The links of `media_url`, as many as a report takes photos; others than those of the web are left out."""
    links = [link.strip() for link in call.given.getlist("media_url") + call.given.getlist("media_url[]")]
    sound = [link for link in links if re.fullmatch(r"https?://[!-~]+", link) and len(link) <= MAX_LINK]
    return sound[: services.MAX_PHOTOS]


def _note_media(call: Call, alert: Alert) -> None:
    """Leave the links to the sender's photos to the agents, once: what another site shows is not ours to publish."""
    if not (links := media(call)):
        return
    alert = services.locked(alert)
    if not alert.events.filter(transition="note", data__has_key="media").exists():
        AlertEvent.objects.create(
            alert=alert,
            transition="note",
            from_status=alert.status,
            to_status=alert.status,
            note="\n".join([_("Photos at the sender's:"), *links]),
            is_public=False,
            data={"media": links, "by": call.key.label},
            actor=call.key.user,
        )


def _submissions(call: Call, place: Point, given: dict) -> list[uuid.UUID]:
    """The numbers this very report may have, today's first.

    Where the sender gives its own number that alone says which report it is, for good: FixMyStreet tries again for
    days. Else all of it must be the same within a day: another person, answer or photo is another report.
    """
    code = call.text("service_code")
    own = next((given[name][0] for name in SENDERS_NUMBER if given.get(name, [""])[0].strip()), None)
    if own:
        return [uuid.uuid5(NAMESPACE, repr((call.key.pk, code, own)))]
    who = call.text("email").lower()
    said = (call.text("description"), sorted(given.items()), media(call), _files(call))
    words = (call.key.pk, code, round(place.x, 6), round(place.y, 6), who, *said)
    now = timezone.now()
    return [uuid.uuid5(NAMESPACE, repr((*words, (now - back).date().isoformat()))) for back in (dt.timedelta(), AGAIN)]


def _files(call: Call) -> list[tuple]:
    return [(file.name, file.size) for file in call.request.FILES.getlist("media")]


def _sent_already(submissions: list[uuid.UUID]) -> tuple[Alert | None, uuid.UUID]:
    """The report that was sent under one of these numbers, and the number for a new one.

    Without a number of the sender's, what is closed or a day old is over: the same words are news again.
    """
    number = submissions[0]
    alert = Alert.objects.filter(submission__in=submissions).order_by("-created_at").first()
    while alert and len(submissions) > 1 and (alert.state.final or alert.created_at < timezone.now() - AGAIN):
        # From the closed one's own number: it stays the same past midnight.
        number = uuid.uuid5(alert.submission, alert.reference)
        alert = Alert.objects.filter(submission=number).first()
    return alert, number
