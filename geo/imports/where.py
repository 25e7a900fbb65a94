"""Where a person may bring data, in ids of territories. geo knows no mandates: the room that does tells it."""

from collections.abc import Callable

PERMISSION = "geo.import_data"
_territories_of: Callable[[object], list[int]] = lambda user: []  # noqa: E731


def register(territories_of: Callable[[object], list[int]]) -> None:
    """`territories_of(user)` gives the ids of the territories whose data that user looks after."""
    global _territories_of
    _territories_of = territories_of


def territories_of(user) -> list[int] | None:
    """Ids of the territories inside which that user may import; None is everywhere, [] nowhere."""
    if user is None or not user.is_active:
        return []
    return None if user.is_superuser else sorted(_territories_of(user))
