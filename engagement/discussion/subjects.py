"""What can be discussed. The app that owns a thing says what it is, whether its discussion is open and who answers."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.gis.geos import Point

from accounts.models import User
from common import opaque

USE = "discussion.subject"


@dataclass(frozen=True)
class Subject:
    """A thing under discussion, as one viewer may see it now.

    `url` is the page that holds `{% discussion %}`. `place` is EPSG:4326. `topic` is that of activity.topics. Where
    `open` is false nothing is written or supported, and `closed_reason` is read in its place. `people` are told of
    each comment, beside followers: who proposed it. `answers(user)` is the name in which that person answers
    officially ("Service voirie"), None for everybody else. `moderates(user)` is asked beside mandates of moderators
    and administrators over one of `territories`.
    """

    title: str
    url: str
    territories: tuple[int, ...] = ()
    place: Point | None = None
    topic: str = ""
    public: bool = True
    open: bool = True
    closed_reason: str = ""
    people: tuple[User, ...] = ()
    answers: Callable[[User], str | None] = lambda user: None
    moderates: Callable[[User], bool] = lambda user: False


# (viewer, key) -> Subject, or None where there is no such thing or the viewer may not see it.
Resolver = Callable[[object, str], Subject | None]

_resolvers: dict[str, Resolver] = {}


def register_subject(subject_type: str, resolver: Resolver) -> None:
    """Let things of that type be discussed; called in an app's `ready()`.

    Type and key are those under which the thing is followed (activity.followables): its followers hear of comments.
    """
    _resolvers[subject_type] = resolver


def find(viewer, subject_type: str, key) -> Subject | None:
    """What that viewer may discuss under this type and key, or None."""
    resolver = _resolvers.get(subject_type)
    return resolver(viewer, str(key)) if resolver else None


def token(subject_type: str, key) -> str:
    """Names a subject in a form or an address; tells nothing of its key."""
    return opaque.sealed(USE, f"{subject_type}:{key}")


def named(text: str) -> tuple[str, str]:
    """(subject_type, key) of such a token. Raises ValueError for anything else."""
    subject_type, _colon, key = opaque.opened(USE, text).partition(":")
    return subject_type, key
