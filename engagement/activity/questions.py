"""What the addresses of feeds ask for: `territoire=level:code`, `sujet=`, `autour=lon,lat&rayon=metres`, `depuis=`."""

import datetime as dt
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from engagement.activity import topics
from engagement.activity.follows import Area, FollowError, circle
from engagement.activity.models import Activity, Follow
from engagement.activity.querysets import ActivityQuerySet
from geo.models import Territory
from geo.places import PlaceError, point

PARAMETERS = {"territoire", "sujet", "autour", "rayon", "depuis"}


class BadQuestion(ValueError):
    """A parameter that cannot be understood; the message says what is wrong."""

    def __init__(self, parameter: str, message: str):
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True)
class Question:
    """Which public acts somebody asks for."""

    territory: Territory | None = None
    topics: list[str] = field(default_factory=list)
    area: Area | None = None
    since: dt.datetime | None = None

    def select(self) -> ActivityQuerySet:
        """The acts, newest first."""
        rows = Activity.objects.public().on_topics(self.topics)
        if self.territory:
            rows = rows.in_territory(self.territory)
        if self.area:
            rows = rows.in_area(self.area.outline)
        return rows.since(self.since) if self.since else rows


def parse(parameters: QueryDict) -> Question:
    """The question these parameters ask. A mistyped one must not silently give everything: raises BadQuestion."""
    if unknown := set(parameters) - PARAMETERS:
        name = sorted(unknown)[0]
        names = ", ".join(sorted(PARAMETERS))
        raise BadQuestion(name[:60], _("There is no such parameter. There are: %(names)s.") % {"names": names})
    return Question(
        territory=_territory(parameters.get("territoire")),
        topics=_topics(parameters.getlist("sujet")),
        area=_around(parameters.get("autour"), parameters.get("rayon")),
        since=_since(parameters.get("depuis")),
    )


def query_of(follow: Follow) -> str:
    """The parameters by which anybody asks for the news of that follow; empty where there are none (areas, things)."""
    asked: list[tuple[str, str]] = []
    if follow.object_type == "territory":
        territory = Territory.objects.select_related("level").filter(pk=follow.object_key).first()
        if territory is None:
            return ""
        asked = [("territoire", f"{territory.level.code}:{territory.code}")]
    elif follow.object_type == "topic":
        asked = [("sujet", follow.object_key)]
    return urlencode([*asked, *(("sujet", topic) for topic in follow.topics)], safe=":") if asked else ""


def _territory(text: str | None) -> Territory | None:
    if text is None:
        return None
    level, _colon, code = text.partition(":")
    found = Territory.objects.select_related("level").filter(level__code=level, code=code).first()
    if found is None:
        raise BadQuestion("territoire", _("There is no such territory. Give it as level:code, like commune:99001."))
    return found


def _topics(asked: list[str]) -> list[str]:
    if asked and (unknown := set(asked) - set(topics.titles())):
        raise BadQuestion("sujet", _("There is no topic “%(topic)s”.") % {"topic": sorted(unknown)[0][:60]})
    return asked


def _around(place: str | None, radius: str | None) -> Area | None:
    if place is None and radius is None:
        return None
    if place is None or radius is None:
        missing = "autour" if place is None else "rayon"
        raise BadQuestion(missing, _("autour=longitude,latitude and rayon=metres go together."))
    if not (radius.isascii() and radius.isdigit() and len(radius) < 9):
        raise BadQuestion("rayon", _("The radius is a whole number of metres."))
    try:
        center: Point = point(*(place.split(",") if place.count(",") == 1 else (place, "")))
        return circle(center, int(radius))
    except PlaceError as error:
        raise BadQuestion("autour", str(error)) from None
    except FollowError as error:
        raise BadQuestion("rayon", str(error)) from None


def _since(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        moment = parse_datetime(text)
        day = None if moment else parse_date(text)
    except ValueError:
        moment = day = None
    if day:
        moment = dt.datetime.combine(day, dt.time())
    if moment is None or not 1900 <= moment.year <= 9000:
        raise BadQuestion("depuis", _("Give a date like 2026-11-30, or a moment like 2026-11-30T08:00:00Z."))
    return moment if moment.tzinfo else timezone.make_aware(moment)
