"""The territories whose dashboards a person may see, and those below them."""

from django.db.models import QuerySet

from accounts.models import Role
from accounts.rules import mandates
from frontend import maps
from frontend.dashboard import asked
from geo.dashboards import board
from geo.dashboards.board import Line
from geo.dashboards.periods import Span
from geo.models import Territory

SHOWN = 100
DEEPEST = 5


def watched(user) -> list[Territory]:
    """Those of their mandates as an official or administrator, each once; a superuser without any: the home ones."""
    found = {one.territory_id: one.territory for one in mandates(user, Role.OFFICIAL, Role.ADMINISTRATOR)}
    if not found and user.is_superuser:
        return list(maps.home_territories().select_related("level").order_by("name", "pk")[:SHOWN])
    return sorted(found.values(), key=lambda one: (one.level.rank, one.name))


def below(places: list[Territory]) -> QuerySet:
    """The current territories inside these, by level and name."""
    inner, found = [one.pk for one in places], []
    for _depth in range(DEEPEST):
        inner = list(Territory.objects.current().filter(parent__in=inner).values_list("pk", flat=True))
        if not inner:
            break
        found += inner
    rows = Territory.objects.current().filter(pk__in=found).exclude(pk__in=[one.pk for one in places])
    return rows.select_related("level", "parent").order_by("level__rank", "name", "pk")


def lines(user, places: list[Territory], span: Span) -> list[Line]:
    """A line of figures for each, of the first layer whose dashboard that person may see there."""
    found = asked.boards(user, places[0])
    return board.overview(found[0], places, span) if found else []
