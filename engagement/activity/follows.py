"""Following and stopping to; how often; the secret address of a follow's feed; and the links mails carry."""

from dataclasses import dataclass

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common import opaque
from engagement.activity.models import Follow, Notification, Rhythm, new_token
from engagement.activity.querysets import WIDE
from geo import drawn as drawing

MAX_FOLLOWS = 50
MAX_AREA = 100_000_000  # square metres
# Metres. The largest circle is that of MAX_AREA.
MIN_RADIUS, MAX_RADIUS = 10, 5_600

_signer = opaque.Signer(salt="activity.unsubscribe")
_signer_of_all = opaque.Signer(salt="activity.unsubscribe.all")
# Sixteen straight pieces a quarter: at most half a percent of the radius off.
CIRCLE = "SELECT ST_AsEWKB(ST_Multi(ST_Buffer(ST_GeomFromEWKB(%s)::geography, %s, 'quad_segs=16')::geometry))"


class FollowError(ValueError):
    """This cannot be followed; the message says why, and what to do."""


class TooMany(FollowError):
    """That person follows as much as one person may."""


@dataclass(frozen=True)
class Area:
    """What an area follow is about (EPSG:4326). A circle also keeps its centre and its radius in metres."""

    outline: MultiPolygon
    center: Point | None = None
    radius: int | None = None


def circle(center: Point, radius: int) -> Area:
    """All within `radius` metres of `center` (EPSG:4326), measured on the ellipsoid. Raises FollowError."""
    if not MIN_RADIUS <= radius <= MAX_RADIUS:
        raise FollowError(
            _("Choose a radius from %(least)d to %(most)d metres.") % {"least": MIN_RADIUS, "most": MAX_RADIUS}
        )
    with connection.cursor() as cursor:
        cursor.execute(CIRCLE, [bytes(center.ewkb), radius])
        return Area(_geometry(cursor.fetchone()[0]), center, radius)


def polygon(corners: list[Point]) -> Area:
    """The area inside these corners (EPSG:4326), in order; an outline that crosses itself is put right.

    Raises FollowError where there are too few or too many corners, or they enclose nothing or too much.
    """
    try:
        drawn = drawing.area(corners)
    except drawing.DrawnError as error:
        raise FollowError(str(error)) from None
    if drawn.size > MAX_AREA:
        raise FollowError(
            _("This area measures %(size)d km²; one can follow at most %(most)d km². For more, follow a territory.")
            % {"size": drawn.size // 1_000_000, "most": MAX_AREA // 1_000_000}
        )
    return Area(drawn.shape)


def _geometry(ewkb) -> MultiPolygon:
    return GEOSGeometry(memoryview(ewkb))


@transaction.atomic
def follow(
    *,
    user: User,
    object_type: str,
    object_key,
    title: str,
    url: str,
    rhythm: str | None = None,
    topics: list[str] | None = None,
    area: Area | None = None,
) -> Follow:
    """Follow a thing, a territory, a topic or an area; twice is once, with what the second time says otherwise.

    Without `rhythm` news of a thing comes at once, that of what is wider once a day. `topics` narrows a territory or
    an area. For an area `object_key` is any key the caller makes up for it. Raises TooMany.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = Follow.objects.filter(user=user, object_type=object_type, object_key=str(object_key)).first()
    if known:
        changes = {"rhythm": rhythm, "topics": topics}
        return change(follow=known, **{name: value for name, value in changes.items() if value is not None})
    if user.follows.count() >= MAX_FOLLOWS:
        raise TooMany(
            _("You already follow %(most)d things, as many as one can. Stop following one first.")
            % {"most": MAX_FOLLOWS}
        )
    return Follow.objects.create(
        user=user,
        object_type=object_type,
        object_key=str(object_key),
        title=title[:300],
        url=url,
        rhythm=rhythm or (Rhythm.DAILY if object_type in WIDE else Rhythm.INSTANT),
        topics=topics or [],
        token=new_token() if area else None,
        **_columns(area),
    )


def _columns(area: Area | None) -> dict:
    return {"area": area.outline, "center": area.center, "radius": area.radius} if area else {}


@transaction.atomic
def change(
    *,
    follow: Follow,
    title: str | None = None,
    rhythm: str | None = None,
    topics: list[str] | None = None,
    area: Area | None = None,
) -> Follow:
    """Change what is given of a follow. What waited for a slower rhythm leaves in a digest now."""
    given = {"title": title and title[:300], "rhythm": rhythm, "topics": topics}
    changes = {name: value for name, value in given.items() if value is not None} | _columns(area)
    if rhythm and Rhythm.values.index(rhythm) < Rhythm.values.index(follow.rhythm):
        waiting = Notification.objects.filter(email=follow.user.email, sent_at=None, due_at__isnull=False)
        waiting.filter(follows__contains=[follow.pk]).update(due_at=timezone.now())
    for name, value in changes.items():
        setattr(follow, name, value)
    if changes:
        follow.save(update_fields=list(changes))
    return follow


@transaction.atomic
def unfollow(*, user: User, object_type: str, object_key) -> bool:
    """Stop following; False where it was not followed. What waits for a digest only because of it does not leave."""
    deleted, _rows = Follow.objects.filter(user=user, object_type=object_type, object_key=str(object_key)).delete()
    return bool(deleted)


@transaction.atomic
def pause(*, user: User, paused: bool = True) -> int:
    """Stop all mails of that person's follows without losing them, or let them come again; returns how many."""
    return user.follows.exclude(paused=paused).update(paused=paused)


@transaction.atomic
def change_address(*, follow: Follow, token: bool = True) -> Follow:
    """Give the feed of a follow another secret address, or none: the one known until now ends."""
    follow.token = new_token() if token else None
    follow.save(update_fields=["token"])
    return follow


def unsubscribe_token(follow: Follow) -> str:
    """Names one follow in a mail's link. It never expires: an old mail must still be able to stop the next one."""
    return _signer.sign(follow.pk)


def follow_of(token: str) -> Follow | None:
    """The follow a token names; None where it has already ended. Raises django.core.signing.BadSignature."""
    return Follow.objects.filter(pk=_signer.unsign(token)).first()


def unsubscribe_all_token(user_id: int) -> str:
    """Names a person in the link that stops all mails of what they follow. It never expires either."""
    return _signer_of_all.sign(user_id)


def person_of(token: str) -> User | None:
    """Whom such a token names; None where the account is closed. Raises django.core.signing.BadSignature."""
    return User.objects.filter(pk=_signer_of_all.unsign(token)).first()
