"""What a layer declares for dashboards: which rows, which figures of them, and what of them asks for somebody."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils import timezone

from geo.dashboards.periods import Span
from geo.models import Territory

KINDS = ("count", "median", "share")
FEWEST = 5  # a median or share of fewer says more of single people than of a town


@dataclass(frozen=True)
class Indicator:
    """A figure of the rows whose `moment` lies in a span and that fulfil `where`; or of `rows(span)`, where given.

    `kind`: "count" of the rows; "median" of `value`, a duration expression; "share" of the rows that are `part`.
    `compared` says that neighbours are compared by it; `rated`, that it makes sense per 1,000 inhabitants. `order` is
    the field its list begins with the smallest of (with "-" the largest); where empty, with the latest `moment`.
    `public` says which rows it is about: those everybody may see, or where false those of the service alone. No figure
    is of both: the public ones can be counted on the map, and the difference would say how many others there are.
    """

    name: str
    title: str
    explained: str
    kind: str = "count"
    moment: str = "created_at"
    where: Q = field(default_factory=Q)
    rows: Callable[[Span], Q] | None = None
    value: object = None
    part: Q | None = None
    compared: bool = False
    rated: bool = False
    order: str = ""
    public: bool = True

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is not one of {KINDS}")

    def during(self, span: Span) -> Q:
        """The rows it is about in that span, whoever may see them."""
        if self.rows:
            return self.rows(span)
        ends = Q(**{f"{self.moment}__lt": midnight(span.until)})
        if not span.is_everything:
            ends &= Q(**{f"{self.moment}__gte": midnight(span.since)})
        return self.where & ends


def midnight(day: dt.date) -> dt.datetime:
    """The start of that day here (settings.TIME_ZONE)."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min), timezone.get_default_timezone())


@dataclass(frozen=True)
class Ask:
    """Something that waits: its page, in words, since when."""

    title: str
    url: str
    since: dt.date
    detail: str = ""


@dataclass(frozen=True)
class Asks:
    """Things that wait for the same reason, the most pressing first; `count` is that of all, `url` their list."""

    name: str
    title: str
    items: list[Ask]
    count: int
    url: str = ""


@dataclass(frozen=True)
class Board:
    """What a layer shows of a territory to those with `permission` over it.

    `rows(territory)` are all there (anywhere where None), `public` which of them everybody may see, `seen_by(viewer)`
    those that this person may. `territories` is the array of ids of territories each row lies in. `breakdown` is the
    filter of the layer by whose values figures are split, `kind` the expression that gives that value. `trend` names
    two public counts, drawn over time. `news` are the counts that tell who comes back what happened meanwhile;
    `happened(name, count)` says one in words, `counted(count)` so many objects of the layer.
    `asks(viewer, territory)` is what waits, for that person first; `wanted(territory)` what residents
    ask for most; `lists` are indicators of which there is a list and no figure. `behind(name, keys)` says of each of
    these rows, by primary key, what makes that figure.
    """

    permission: str
    rows: Callable[[Territory | None], QuerySet]
    public: Q
    seen_by: Callable[[object], QuerySet]
    indicators: tuple[Indicator, ...]
    breakdown: str
    kind: str
    trend: tuple[str, str]
    asks: Callable[[object, Territory], list[Asks]]
    wanted: Callable[[Territory], list[Asks]]
    behind: Callable[[str, list], dict[object, str]] | None = None
    news: tuple[Indicator, ...] = ()
    lists: tuple[Indicator, ...] = ()
    happened: Callable[[str, int], str] | None = None
    counted: Callable[[int], str] | None = None
    territories: str = "territories"

    def during(self, one: Indicator, span: Span) -> Q:
        """The rows that indicator is about in that span."""
        return one.during(span) & (self.public if one.public else ~self.public)

    def indicator(self, name: str) -> Indicator | None:
        """The indicator of that name, be it shown or only told as news or listed, or None."""
        return next((one for one in (*self.indicators, *self.news, *self.lists) if one.name == name), None)
