"""What can be followed. Title and link never come from the browser: the app that owns the thing gives them."""

from collections.abc import Callable

from django.urls import reverse

from engagement.activity import topics
from geo.models import Territory

# (viewer, key) -> (title, url), or None where there is no such thing or the viewer may not see it.
Resolver = Callable[[object, str], tuple[str, str] | None]

_resolvers: dict[str, Resolver] = {}


def register_followable(object_type: str, resolver: Resolver) -> None:
    """Let things of that type be followed; called in an app's `ready()`."""
    _resolvers[object_type] = resolver


def find(viewer, object_type: str, object_key: str) -> tuple[str, str] | None:
    """(title, url) of a thing that this viewer may follow, or None."""
    resolver = _resolvers.get(object_type)
    return resolver(viewer, object_key) if resolver else None


def is_key(key: str) -> bool:
    """Whether that text can be a primary key (a 64-bit whole number)."""
    return key.isascii() and key.isdigit() and len(key) < 19


def _territory(viewer, key: str) -> tuple[str, str] | None:
    if not is_key(key):
        return None
    territory = Territory.objects.select_related("level").filter(pk=key).first()
    return territory and (territory.name, territory.get_absolute_url())


def _topic(viewer, key: str) -> tuple[str, str] | None:
    title = topics.titles().get(key)
    return title and (title, reverse("activity:news"))


register_followable("territory", _territory)
register_followable("topic", _topic)
