"""2,000 alerts over two years in the demo city, in every state, until last night: the same everywhere on that day."""

import datetime as dt
import math
import random
from collections import defaultdict

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone

from accounts.models import Mandate, Role
from alerts.deadlines import is_holiday
from alerts.demo import catalogue, pairs, photos, resident
from alerts.demo.chronicle import Chronicle, new_alert
from alerts.demo.life import Lives
from alerts.demo.texts import KINDS, Ask, Kind
from alerts.demo.words import LAMP_STATES
from alerts.models import Alert, Category
from alerts.routing import AlertRoute, route
from alerts.screening import screen
from geo.demo.city import StreetPoint, build_city
from geo.models import Asset, Body

COUNT = 2000
FOR_HER = 120  # more places, among which the demo resident's reports find those of her quartier
DAYS = 730
SEED = 1789
# Degrees: equipment is pointed at where it stands about 35 m from the place, by that share.
REACH, POINTED = 0.0004, 0.8
DANGER = 0.06  # of street lights: wires can be seen


@transaction.atomic
def seed(*, now: dt.datetime | None = None) -> int:
    """Write categories, rules, alerts with all that happened to them, and photos; returns the number of alerts.

    All of it lies before `now`, the midnight that began this day where None.
    """
    now = now or timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    reports = Reports(rng, catalogue.seed())
    chronicle = Chronicle(_agents())
    lives = Lives(chronicle, rng, now, {body.slug: body for body in Body.objects.all()})
    points = build_city().street_points(COUNT + FOR_HER, SEED)
    for point in points[:COUNT]:
        kind = rng.choices(KINDS, [kind.weight for kind in KINDS])[0]
        lives.live(reports.make(kind, point, _moment(rng, now)), kind)
    pairs.tell(chronicle, now)
    resident.tell(chronicle, reports, points[COUNT:], now)
    chronicle.write()
    resident.follow()
    photos.seed(chronicle)
    return len(chronicle.alerts)


class Reports:
    """Makes reports as the form would have: routed, answered, pointing at equipment."""

    def __init__(self, rng: random.Random, categories: dict[str, Category]):
        self.rng, self.categories = rng, categories
        self._routes: dict[tuple, AlertRoute] = {}
        self._assets = defaultdict(list)
        for kind, code, point in Asset.objects.order_by("code").values_list("kind__code", "code", "point"):
            self._assets[kind].append((code, point.coords))

    def make(self, kind: Kind, point: StreetPoint, at: dt.datetime, **fields) -> Alert:
        """One report of that kind at that place and moment; `fields` of Alert are added, its description kept."""
        category = self.categories[kind.code]
        place, code = self._equipment(category.asset_kind, Point(point.lon, point.lat, srid=4326))
        text = fields.pop("description", None) or self.rng.choice(kind.reports)
        answers = {ask.code: said for ask in kind.questions if (said := self._answer(ask, at))}
        if kind.code == "lampadaire":
            answers["etat"] = LAMP_STATES[kind.reports.index(text)]
        found = self._route(category, point.quartier_code, place, answers, at)
        day = timezone.localdate(at).isoformat()
        return new_alert(
            self.rng,
            at=at,
            category=category,
            is_public=category.visibility == Category.Visibility.PUBLIC,
            public_text=screen(text),
            territories=[territory.pk for territory in found.territories],
            body=found.body,
            also=[body.pk for body in found.also],
            reasons=[one | {"on": day} if one["step"] == "place" else one for one in found.reasons],
            description=text,
            point=place,
            address=point.address,
            public_address=point.address,
            answers=answers,
            asset_code=code,
            **fields,
        )

    def _route(self, category: Category, quartier: str, place: Point, answers: dict, at: dt.datetime) -> AlertRoute:
        """Same quartier, category and circumstances: same answer; 2,000 lookups would cost the newcomer's patience."""
        local = timezone.localtime(at)
        night = not catalogue.NIGHT[1] <= local.time() < catalogue.NIGHT[0]
        resting = local.isoweekday() > 5 or is_holiday(local.date())
        key = (quartier, category.code, answers.get("fils"), night, resting)
        if key not in self._routes:
            self._routes[key] = route(category, place, answers=answers, at=at)
        return self._routes[key]

    def _equipment(self, kind: str, place: Point) -> tuple[Point, str]:
        """The nearest equipment of that kind and its number; the place alone where there is none, or by chance."""
        known = self._assets[kind] if kind else []
        if not known or self.rng.random() > POINTED:
            return place, ""
        here = place.coords
        code, there = min(known, key=lambda one: math.dist(one[1], here))
        return (Point(*there, srid=4326), code) if math.dist(there, here) < REACH else (place, "")

    def _answer(self, ask: Ask, at: dt.datetime):
        """As alerts.answers keeps it; what need not be answered often is not."""
        if not ask.required and self.rng.random() < 0.35:
            return None
        keys = [key for key, _name in ask.choices]
        if ask.code == "fils":
            return "oui" if self.rng.random() < DANGER else "non"
        if ask.type == "singlevaluelist":
            return self.rng.choice(keys)
        if ask.type == "multivaluelist":
            return [key for key in keys if self.rng.random() < 0.4]
        if ask.type == "number":
            return str(self.rng.randint(3, 15))
        return (timezone.localdate(at) - dt.timedelta(days=self.rng.randint(0, 9))).isoformat()


def _agents() -> dict:
    """An agent of each service that has one, by the service's id."""
    mandates = Mandate.objects.filter(role=Role.AGENT).order_by("pk").select_related("user")
    return {mandate.body_id: mandate.user for mandate in mandates}


def _moment(rng, now: dt.datetime) -> dt.datetime:
    """A moment in the last two years: more of them lately, by day, and in winter."""
    while True:
        age = DAYS * rng.random() ** 1.5
        moment = now - dt.timedelta(days=age)
        winter = 0.75 + 0.25 * math.cos(2 * math.pi * (moment.timetuple().tm_yday - 15) / 365)
        local = timezone.localtime(moment)
        daytime = 1 if 7 <= local.hour < 21 else 0.15
        weekday = 1 if local.weekday() < 5 else 0.7
        if rng.random() < winter * daytime * weekday:
            return moment
