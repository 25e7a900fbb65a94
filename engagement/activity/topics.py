"""What acts can be about: "alerts:lampadaire". The app that owns a topic gives its title."""

from collections.abc import Callable, Iterable

# () -> [(title of a group, [(key, title), …]), …]; a key is without the prefix.
Choices = Callable[[], Iterable[tuple[str, Iterable[tuple[str, str]]]]]

_registry: dict[str, Choices] = {}


def register_topics(prefix: str, choices: Choices) -> None:
    """Let topics "<prefix>:<key>" be followed; called in an app's `ready()`. `choices` is asked each time."""
    _registry[prefix] = choices


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """(title of the group, [(topic, its title), …]) of all that can be followed now."""
    return [
        (str(group), [(f"{prefix}:{key}", str(title)) for key, title in pairs])
        for prefix, choices in _registry.items()
        for group, pairs in choices()
    ]


def titles() -> dict[str, str]:
    """Topic -> title, in the order of the groups."""
    return {topic: title for _group, pairs in groups() for topic, title in pairs}
