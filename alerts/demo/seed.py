"""2,000 alerts over two years in the demo city, in every state, ending today: the same on every machine that day."""

import datetime as dt
import math
import random
import uuid

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from alerts.deadlines import due
from alerts.demo.texts import KINDS, PLANNED, QUALIFIED, REJECTED, Kind
from alerts.models import REFERENCE_ALPHABET, REFERENCE_LENGTH, Alert, AlertEvent, Category, Question, Support
from alerts.services import activity_of
from alerts.workflow import WORKFLOW
from engagement.activity.models import Activity
from geo.demo.city import build_city
from geo.models import Competence
from geo.routing import Route, resolve

COUNT = 2000
DAYS = 730
SEED = 1789
# Of the alerts old enough to have been treated.
REJECTED_SHARE, FORGOTTEN_SHARE = 0.09, 0.05
# Of those still open.
SUPPORTED_SHARE = 0.4


@transaction.atomic
def seed(*, now: dt.datetime | None = None) -> int:
    """Write categories, alerts, their steps and activities; returns the number of alerts."""
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    now = now or timezone.now()
    categories = _categories()
    routes: dict[tuple, Route] = {}
    made, steps = [], []
    for point in build_city().street_points(COUNT, SEED):
        kind = rng.choices(KINDS, [kind.weight for kind in KINDS])[0]
        place = Point(point.lon, point.lat, srid=4326)
        # Same quartier, same category: same answer; 2,000 lookups would cost the newcomer's patience.
        key = (point.quartier_code, kind.code)
        if key not in routes:
            routes[key] = resolve(place, categories[kind.code].competence)
        alert = _alert(rng, categories[kind.code], place, point.address, routes[key], kind, now)
        made.append(alert)
        steps.append(_life(rng, alert, kind, now))
    order = sorted(range(COUNT), key=lambda position: made[position].created_at)
    supports = _supports(made)
    Alert.objects.bulk_create(made[position] for position in order)
    Support.objects.bulk_create(supports)
    events = [event for position in order for event in steps[position]]
    AlertEvent.objects.bulk_create(events)
    Activity.objects.bulk_create(
        Activity(**activity_of(one.alert, one, one.alert.address), created_at=one.created_at)
        for one in sorted(events, key=lambda event: event.created_at)
    )
    return len(made)


def _categories() -> dict[str, Category]:
    competences = {one.code: one for one in Competence.objects.select_related("parent")}
    headings = {
        name: Category.objects.create(code=f"theme-{slugify(name)}", name=name, position=position)
        for position, name in enumerate(dict.fromkeys(kind.group for kind in KINDS))
    }
    categories = {
        kind.code: Category.objects.create(
            code=kind.code,
            name=kind.name,
            parent=headings[kind.group],
            icon=kind.icon,
            description=kind.help,
            keywords=kind.keywords,
            competence=competences.get(kind.competence),
            position=position,
            **kind.fields,
        )
        for position, kind in enumerate(KINDS)
    }
    Question.objects.bulk_create(
        Question(
            category=categories[kind.code],
            code=ask.code,
            label=ask.label,
            help=ask.help,
            type=ask.type,
            required=ask.required,
            choices=[{"key": key, "name": name} for key, name in ask.choices],
            position=position,
        )
        for kind in KINDS
        for position, ask in enumerate(kind.questions)
    )
    return categories


def _alert(rng, category, place, address, route: Route, kind: Kind, now) -> Alert:
    created = _moment(rng, now)
    return Alert(
        reference="".join(rng.choices(REFERENCE_ALPHABET, k=REFERENCE_LENGTH)),
        tracking_token=f"demo-{rng.getrandbits(128):032x}",
        submission=uuid.UUID(int=rng.getrandbits(128), version=4),
        category=category,
        description=(text := rng.choice(kind.reports)),
        public_text=text,
        point=place,
        address=address,
        territories=[territory.pk for territory in route.territories],
        body=route.body,
        reasons=list(route.reasons),
        due_on=due(timezone.localdate(created), category.target_days),
        created_at=created,
        updated_at=created,
    )


def _moment(rng, now: dt.datetime) -> dt.datetime:
    """A moment in the last two years: more of them lately, by day, and in winter; the last ones of today."""
    while True:
        age = DAYS * rng.random() ** 1.25
        moment = now - dt.timedelta(days=age)
        winter = 0.75 + 0.25 * math.cos(2 * math.pi * (moment.timetuple().tm_yday - 15) / 365)
        local = timezone.localtime(moment)
        daytime = 1 if 7 <= local.hour < 21 else 0.15
        weekday = 1 if local.weekday() < 5 else 0.7
        if rng.random() < winter * daytime * weekday:
            return moment


def _life(rng, alert: Alert, kind: Kind, now: dt.datetime) -> list[AlertEvent]:
    """The steps of an alert until today; sets its state as alerts.services would have."""
    events = [_event(alert, "report", "", alert.created_at)]
    if rng.random() < FORGOTTEN_SHARE:
        return events
    total = kind.days * math.exp(rng.gauss(0, 0.7))
    for act, message, share in _plan(rng, kind):
        moment = alert.created_at + dt.timedelta(days=total * share)
        if moment > now:
            break
        step = WORKFLOW.step(act, alert.status)
        events.append(_event(alert, act, message, moment, step.target))
        alert.status, alert.updated_at = step.target, moment
        alert.answered_at = alert.answered_at or moment
        alert.closed_at = moment if alert.state.final else None
    return events


def _plan(rng, kind: Kind) -> list[tuple[str, str, float]]:
    """Acts in order, each with its message and when (share of the whole time)."""
    acts = [("qualify", rng.choice(QUALIFIED), 0.15 + 0.2 * rng.random())]
    if rng.random() < REJECTED_SHARE:
        return [*acts, ("reject", rng.choice(REJECTED), 0.6)]
    if rng.random() < 0.6:
        acts.append(("plan", rng.choice(PLANNED), 0.35))
    if rng.random() < 0.5:
        acts.append(("start", "", 0.65))
    return [*acts, ("resolve", rng.choice(kind.answers), 1.0)]


def _supports(alerts: list[Alert]) -> list[Support]:
    """Who said “me too” to some of those still open; nobody in particular."""
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    made = []
    for alert in alerts:
        if alert.state.final or rng.random() > SUPPORTED_SHARE:
            continue
        alert.supports = min(1 + int(rng.expovariate(0.35)), 20)
        made.extend(Support(alert=alert, told=False) for _person in range(alert.supports))
    return made


def _event(alert, act, message, moment, target=WORKFLOW.initial) -> AlertEvent:
    return AlertEvent(
        alert=alert,
        transition=act,
        from_status="" if act == "report" else alert.status,
        to_status=target,
        message=message,
        body=alert.body,
        planned_for=(moment + dt.timedelta(days=15)).date() if act == "plan" else None,
        created_at=moment,
    )
