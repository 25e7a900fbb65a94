"""Which service gets a report: the city's own rules first, then competences (geo.routing)."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.deadlines import is_holiday
from alerts.models.catalogue import Category, RoutingRule
from geo.models import Body, Territory
from geo.routing import register_reason, resolve

HOLIDAY = 8


@dataclass(frozen=True)
class AlertRoute:
    """Who gets a report and why. `body` is None where nobody is competent and there is no triage body."""

    body: Body | None
    also: tuple[Body, ...]
    territories: tuple[Territory, ...]
    reasons: tuple[dict, ...]


def route(
    category: Category, place: Point, *, answers: dict | None = None, at: dt.datetime | None = None
) -> AlertRoute:
    """The service for a report of `category` at `place` (EPSG:4326), answered so, sent then (now).

    The first routing rule that fits decides; without one, competence and place do. Bodies competent beside the one in
    charge are told too. Raises geo.places.PlaceError outside every territory.
    """
    at = timezone.localtime(at)
    found = resolve(place, category.competence, on=at.date())
    ids = {territory.pk for territory in found.territories}
    for rule in RoutingRule.objects.applicable(category, ids).prefetch_related("also"):
        if _answered(rule, answers or {}) and _in_time(rule, at):
            reason = {"step": "alert_rule", "rule": rule.pk, "name": rule.name, "body": rule.body.name}
            also = tuple(body for body in rule.also.all() if body != rule.body)
            return AlertRoute(rule.body, also, found.territories, _with(found.reasons[:1], reason, also))
    also = found.others
    return AlertRoute(found.body, also, found.territories, _with(found.reasons, None, also))


def _with(reasons: tuple[dict, ...], reason: dict | None, also: tuple[Body, ...]) -> tuple[dict, ...]:
    extra = [reason] if reason else []
    if also:
        extra.append({"step": "also", "bodies": [body.name for body in also]})
    return (*reasons, *extra)


def _answered(rule: RoutingRule, answers: dict) -> bool:
    for code, keys in rule.answers.items():
        given = answers.get(code)
        if not any(one in keys for one in (given if isinstance(given, list) else [given])):
            return False
    return True


def _in_time(rule: RoutingRule, at: dt.datetime) -> bool:
    day, time = at.date(), at.time()
    if (rule.valid_from and day < rule.valid_from) or (rule.valid_until and day > rule.valid_until):
        return False
    if rule.weekdays:
        kind = HOLIDAY if is_holiday(day) and HOLIDAY in rule.weekdays else day.isoweekday()
        if kind not in rule.weekdays:
            return False
    if rule.from_time is None:
        return True
    if rule.from_time <= rule.until_time:
        return rule.from_time <= time < rule.until_time
    return time >= rule.from_time or time < rule.until_time  # over midnight


register_reason("alert_rule", lambda reason: _("Rule “%(name)s”: %(body)s is in charge.") % reason)
register_reason("also", lambda reason: _("Also told: %(names)s.") % {"names": ", ".join(reason["bodies"])})
