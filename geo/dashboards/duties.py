"""What waits for a person's own act, whatever their dashboard is about: said by the apps that registered here."""

from collections.abc import Callable

from geo.dashboards.declare import Asks
from geo.models import Territory

Source = Callable[[object, Territory], Asks | None]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Have `source(viewer, territory)` say what of that territory waits for that person, None where nothing does."""
    _sources.append(source)


def of(viewer, territory: Territory) -> list[Asks]:
    """What waits for that person in that territory."""
    return [found for source in _sources if (found := source(viewer, territory))]
