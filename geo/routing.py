"""Who must answer for this, here? One function for alerts, petitions, proposals and dossiers.

`resolve(place, competence)` returns the body together with the *reasons* as data, so that the same explanation is
shown to the resident, stored with the act and given by the API.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from django.contrib.gis.geos import Point
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from geo.lookup import territories_at, territory_ids_at_each
from geo.models import Body, Boundary, Competence, Jurisdiction, Territory
from geo.places import PlaceError


@dataclass(frozen=True)
class Route:
    """The answer to "who is competent?". `body` is None only where a territory has no triage body."""

    body: Body | None
    competence: Competence | None
    territories: tuple[Territory, ...]
    rule: Jurisdiction | None = None
    reasons: tuple[dict, ...] = field(default=())
    # Bodies whose rule is worth as much as the one that won: competences overlap there.
    others: tuple[Body, ...] = field(default=())

    @property
    def is_fallback(self) -> bool:
        """True where nobody was declared competent and a triage body received it."""
        return self.rule is None


def resolve(place: Point, competence: Competence | None, *, on: dt.date | None = None) -> Route:
    """The body that must answer for `competence` at `place` (EPSG:4326) on that day, with the reasons.

    The smallest territory with a rule wins; inside it the rule for the closest competence (itself before those it is
    part of), then the highest priority, then the oldest rule. Without any rule the triage body of the smallest
    territory that has one receives it. Raises PlaceError("outside") where no territory covers the place.
    """
    on = on or timezone.localdate()
    territories = serving(place, on)
    lineage = _lineage(competence) if competence else []
    rules = _rules(territories, lineage, on) if competence else []
    triages = partial(_triages, territories)
    return _route(competence, territories, lineage, rules, triages, _generations(territories, on), on)


def resolve_many(asked: Sequence[tuple[Point, Competence | None]], *, on: dt.date | None = None) -> list[Route | None]:
    """`resolve` of each place and competence, in order; None outside every territory. A constant number of queries."""
    on = on or timezone.localdate()
    ids = territory_ids_at_each([place for place, _competence in asked], on)
    known = Territory.objects.filter(pk__in=set().union(*ids)).select_related("level").in_bulk()
    parents = dict(Competence.objects.values_list("pk", "parent"))
    triages, generations = cache(partial(_triages, known.values())), _generations(known.values(), on)
    by_territory: dict[int, list[Jurisdiction]] = defaultdict(list)
    for rule in _rules(known.values(), parents, on):
        by_territory[rule.territory_id].append(rule)
    found = []
    for (_place, competence), here in zip(asked, ids, strict=True):
        territories = sorted((known[pk] for pk in here), key=lambda one: -one.level.rank)
        lineage = _walk(competence.pk, parents) if competence else []
        rules = [rule for pk in here for rule in by_territory[pk] if rule.competence_id in lineage]
        found.append(
            _route(competence, territories, lineage, rules, triages, generations, on) if territories else None
        )
    return found


def _route(competence, territories, lineage, rules, triages, generations, on) -> Route:
    """The answer from what is known of the place: its territories (smallest first), the rules for the lineage there,
    since when each territory has its outline; `triages()` gives the triage bodies by territory, asked only if needed.
    """
    reasons = [_place_reason(territories, generations, on)]
    if competence:
        reasons.append({"step": "competence", "code": competence.code, "name": competence.name})
    if best := _best(rules, territories, lineage):
        rule, *equals = best
        reasons.append(_rule_reason(rule))
        others = tuple({one.body_id: one.body for one in equals if one.body_id != rule.body_id}.values())
        return Route(rule.body, competence, tuple(territories), rule, tuple(reasons), others)
    receiving = triages()
    body = next((receiving[territory.pk] for territory in territories if territory.pk in receiving), None)
    reasons.append({"step": "triage", "body": body and body.name})
    return Route(body, competence, tuple(territories), None, tuple(reasons))


def serving(place: Point, on: dt.date) -> list[Territory]:
    """The territories `place` (EPSG:4326) lies in on that day, smallest first. Raises PlaceError("outside")."""
    territories = territories_at(place, on)
    if not territories:
        raise PlaceError("outside", _outside_message(place, on))
    return territories


def register_reason(step: str, sentence: Callable[[dict], str]) -> None:
    """Words for the reasons a module adds to a route: `sentence(reason)`, with reason["step"] == `step`."""
    _SENTENCES[step] = sentence


def explain(reasons) -> list[str]:
    """The reasons as sentences in the reader's language."""
    return [sentence for reason in reasons if (sentence := _SENTENCES[reason["step"]](reason))]


def _lineage(competence: Competence) -> list[int]:
    """Ids of the competence and of those it is part of, closest first. A loop in the data ends the walk."""
    ids = []
    while competence and competence.pk not in ids:
        ids.append(competence.pk)
        competence = competence.parent
    return ids


def _walk(competence: int, parents: dict[int, int | None]) -> list[int]:
    """`_lineage` of an id, where the parents of all are known."""
    ids = []
    while competence and competence not in ids:
        ids.append(competence)
        competence = parents.get(competence)
    return ids


def _rules(territories, lineage, on: dt.date) -> list[Jurisdiction]:
    return list(
        Jurisdiction.objects.filter(Q(validity=None) | Q(validity__contains=on))
        .filter(territory__in=territories, competence__in=lineage)
        .select_related("body", "competence", "territory__level")
    )


def _best(rules: list[Jurisdiction], territories: list[Territory], lineage: list[int]) -> list[Jurisdiction]:
    """The rules that win, oldest first: of the smallest territory, the closest competence, the highest priority."""
    depth = {territory.pk: position for position, territory in enumerate(territories)}
    closeness = {pk: position for position, pk in enumerate(lineage)}
    ranks = {rule: (depth[rule.territory_id], closeness[rule.competence_id], -rule.priority) for rule in rules}
    best = min(ranks.values(), default=None)
    return sorted((rule for rule, rank in ranks.items() if rank == best), key=lambda rule: rule.pk)


def _triages(territories) -> dict[int, Body]:
    return {body.territory_id: body for body in Body.objects.filter(is_triage=True, territory__in=territories)}


def _generations(territories, on: dt.date) -> dict:
    return dict(Boundary.objects.valid(on).filter(territory__in=territories).values_list("territory_id", "validity"))


def _place_reason(territories: list[Territory], generations: dict, on: dt.date) -> dict:
    return {
        "step": "place",
        "on": on.isoformat(),
        "territories": [
            {
                "level": territory.level.code,
                "code": territory.code,
                "name": territory.name,
                "generation": (since := generations[territory.pk].lower) and since.isoformat(),
            }
            for territory in territories
        ],
    }


def _rule_reason(rule: Jurisdiction) -> dict:
    return {
        "step": "rule",
        "rule": rule.pk,
        "body": rule.body.name,
        "competence": rule.competence.name,
        "level": rule.territory.level.code,
        "territory": rule.territory.name,
        "source": rule.source,
    }


def _outside_message(place: Point, on: dt.date) -> str:
    if territories_at(Point(place.y, place.x, srid=4326), on) if abs(place.x) <= 90 else False:
        return _("This place is outside the area we serve. Did you swap latitude and longitude?")
    return _("This place is outside the area we serve. Move the point inside the outline shown on the map.")


def _say_rule(reason: dict) -> str:
    said = _("%(body)s is in charge of “%(competence)s” in %(territory)s.") % reason
    return f"{said} ({reason['source']})" if reason["source"] else said


def _say_triage(reason: dict) -> str:
    if not reason["body"]:
        return _("No body is declared competent for this yet; an administrator will route it.")
    return _("No body is declared competent for this, so %(body)s receives it and will route it.") % reason


def _say_transfer(reason: dict) -> str:
    if not reason["from"]:
        return _("It was then routed to %(body)s.") % reason
    return _("%(from)s sent it on to %(body)s.") % reason


_SENTENCES = {
    "place": lambda reason: (
        _("The place is in %(names)s.") % {"names": ", ".join(t["name"] for t in reason["territories"])}
    ),
    "competence": lambda reason: _("It is about “%(name)s”.") % reason,
    "rule": _say_rule,
    "triage": _say_triage,
    "transfer": _say_transfer,
}
