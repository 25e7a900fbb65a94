"""From what people call a place to its coordinates, and back: the remote geocoder where one is set, else our table.

The remote one is asked by the server alone, so that no page of ours speaks to another host. Where it fails, our own
table answers and the failure is logged.
"""

from django.contrib.gis.geos import Point

from geo.addresses import local, remote
from geo.addresses.found import Found
from geo.models import Territory

MAX_FOUND = 20
# Longer than any address: the rest of a pasted page says nothing more.
MAX_TEXT = 200
# Metres beyond which an address no longer tells where a point is.
NEAR = 200

# What a first answer needs to be taken without asking, and by how much the second one must be worse.
CERTAIN, AHEAD = 0.85, 0.08

__all__ = ["MAX_FOUND", "MAX_TEXT", "NEAR", "Found", "certain", "reverse", "search"]


def search(text: str, *, near: Point | None = None, territory: Territory | None = None, limit: int = 8) -> list[Found]:
    """Addresses, streets, named places and territories that `text` may mean, the best first, at most MAX_FOUND.

    Typing errors, abbreviations, accents and the order of the words are forgiven. Of equals the closest to `near`
    (EPSG:4326) comes first. `territory` keeps only what lies in its present outline.
    """
    text, limit = text[:MAX_TEXT], max(0, min(limit, MAX_FOUND))
    if remote.is_set():
        answer = remote.search(text, near=near, limit=limit)
        if answer is not None:
            return local.inside(answer, territory) if territory else answer
    return local.search(text, near=near, territory=territory, limit=limit)


def certain(found: list[Found]) -> Found | None:
    """The one of a search's answers that is meant without a doubt, if there is one: never a whole territory."""
    if not found or found[0].score < CERTAIN or found[0].kind == "territory":
        return None
    return found[0] if len(found) == 1 or found[0].score - found[1].score >= AHEAD else None


def reverse(place: Point, *, metres: float = NEAR) -> Found | None:
    """The address closest to `place` (EPSG:4326), with its `distance`, where one is within so many metres."""
    if remote.is_set():
        known, answer = remote.reverse(place)
        if known:
            return answer if answer and answer.distance <= metres else None
    return local.reverse(place, metres=metres)
