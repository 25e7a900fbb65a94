"""Everything that has a place is declared once, as a layer, in its app's own `layers.py`.

From the declaration come the map, the list beside it, exports, tiles, the OGC API, legends and dashboards. The
queryset is given the viewer: what it hides is hidden in every channel.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.contrib.gis.geos import Polygon
from django.db.models import F, QuerySet, Subquery
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from geo.dashboards.declare import Board
from geo.models import Boundary, Territory

TYPES = ("string", "integer", "number", "boolean", "date", "datetime")


class BadParameter(ValueError):
    """A filter that cannot be understood: names the parameter, says what is wrong."""

    def __init__(self, parameter: str, message: str):
        super().__init__(message)
        self.parameter = parameter


def expression(source):
    """An ORM path or an expression, as an expression."""
    return F(source) if isinstance(source, str) else source


@dataclass(frozen=True)
class Field:
    """A property of each feature. `source` is an ORM path or expression; the name where empty."""

    name: str
    title: str
    type: str = "string"
    source: object = None

    def __post_init__(self):
        if self.type not in TYPES:
            raise ValueError(f"{self.type!r} is not one of {TYPES}")

    @property
    def expression(self):
        """What a query selects for it."""
        return expression(self.source or self.name)


@dataclass(frozen=True)
class Choice:
    """A value one can filter by, with the colour and sign it has on the map."""

    value: str
    title: str
    color: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Filter:
    """A filter by a closed list. `apply(queryset, values)` narrows the queryset to any of the values."""

    name: str
    title: str
    choices: Callable[[], Iterable[Choice]]
    apply: Callable[[QuerySet, list[str]], QuerySet]


@dataclass(frozen=True)
class Layer:
    """One module's objects on the map.

    `queryset(viewer)` gives what that user (or AnonymousUser) may see; to whom `open_to` says no the layer does not
    exist. `explored`: it stands on the map of the town's life (else it is for programs and files); `shape_of` names
    the explored layer whose rows this one gives, for programs and files, in their whole shape. `geometry` is a field
    in EPSG:4326; where its column holds several types, `geometry_type` says which one these rows have. `style` is the
    ORM path or expression of the value in `legend` that decides colour and sign. `moment` is its date, empty where it
    has none; `url(key)` the page of an object, empty where it has none. `tables`
    are the models whose changes change it (geo.changes). `board` is what dashboards say of it. `within` narrows to a
    territory faster than its outline can, where the rows know their territories.
    """

    name: str
    title: str
    queryset: Callable[[object], QuerySet]
    fields: tuple[Field, ...]
    legend: Callable[[], Iterable[Choice]]
    style: object
    label: object
    url: Callable[[str], str]
    key: str = "pk"
    geometry: str = "point"
    geometry_type: str = ""
    moment: str = "created_at"
    description: str = ""
    filters: tuple[Filter, ...] = field(default=())
    within: Callable[[QuerySet, Territory], QuerySet] | None = None
    tables: tuple = ()
    open_to: Callable[[object], bool] = lambda viewer: True
    explored: bool = True
    shape_of: str = ""
    board: Board | None = None

    @property
    def is_of_the_town(self) -> bool:
        """Whether it is of the town's life, on the map or with whole shapes (else it is ground, or work)."""
        return self.explored or bool(self.shape_of)

    def type_of(self, rows: QuerySet) -> str:
        """The type of the geometries of its rows: POINT, MULTIPOLYGON, …; GEOMETRY where mixed."""
        return self.geometry_type or rows.model._meta.get_field(self.geometry).geom_type

    def select(self, viewer, parameters) -> QuerySet:
        """What `viewer` may see, narrowed by a query string (a QueryDict). Raises BadParameter.

        Understands `bbox` (west,south,east,north in degrees), `territory` (level:code), `since` and `until` (dates,
        both included), `days` (the last N of them, or "all"; dates go before it) and the layer's own filters; other
        parameters are the caller's.
        """
        queryset = self.queryset(viewer)
        if bbox := parameters.get("bbox"):
            queryset = queryset.filter(**{f"{self.geometry}__bboverlaps": parse_bbox(bbox)})
        if territory := parameters.get("territory"):
            queryset = self._within(queryset, parse_territory(territory))
        queryset = self._during(queryset, parameters)
        for one in self.filters:
            if values := [value for value in parameters.getlist(one.name) if value]:
                if unknown := set(values) - {choice.value for choice in one.choices()}:
                    raise BadParameter(
                        one.name, _("“%(value)s” is not a value of this filter.") % {"value": min(unknown)}
                    )
                queryset = one.apply(queryset, values)
        return queryset

    def parameters(self) -> set[str]:
        """The names that `select` understands; those of dates where the layer has a moment."""
        dates = {"since", "until", "days"} if self.moment else set()
        return {"bbox", "territory", *dates, *(one.name for one in self.filters)}

    def _during(self, queryset: QuerySet, parameters) -> QuerySet:
        if not self.moment:
            return queryset
        since, until, days = (parameters.get(name, "") for name in ("since", "until", "days"))
        if since:
            queryset = queryset.filter(**{f"{self.moment}__gte": _midnight("since", since)})
        if until:
            queryset = queryset.filter(**{f"{self.moment}__lt": _midnight("until", until, dt.timedelta(days=1))})
        if days and days != "all" and not (since or until):
            if not (days.isascii() and days.isdigit() and len(days) < 5):
                raise BadParameter("days", _("Give a number of days, or “all”."))
            queryset = queryset.filter(**{f"{self.moment}__gte": timezone.now() - dt.timedelta(days=int(days))})
        return queryset

    def _within(self, queryset: QuerySet, territory: Territory) -> QuerySet:
        if self.within:
            return self.within(queryset, territory)
        outline = Boundary.objects.valid().filter(territory=territory).values("geometry")[:1]
        return queryset.filter(**{f"{self.geometry}__coveredby": Subquery(outline)})


def parse_bbox(text: str) -> Polygon:
    """West, south, east, north in degrees. Raises BadParameter."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise BadParameter("bbox", _("Give four numbers: west,south,east,north.")) from None
    # A map may show more than the world. NaN fails each comparison.
    west, south, east, north = max(west, -180), max(south, -90), min(east, 180), min(north, 90)
    if not (west < east and south < north):
        raise BadParameter("bbox", _("West must be below east and south below north."))
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    return box


def parse_territory(text: str) -> Territory:
    """The territory named `level:code`. Raises BadParameter."""
    # The database takes no zero byte.
    level, _separator, code = text.replace("\0", "").partition(":")
    territory = Territory.objects.filter(level__code=level, code=code).select_related("level").first()
    if territory is None:
        raise BadParameter("territory", _("No such territory; give level:code, for example commune:99001."))
    return territory


def _midnight(name: str, text: str, later: dt.timedelta = dt.timedelta()) -> dt.datetime:
    """The start of that day here, `later` on."""
    try:
        # As an open end many write the last day there is, which has no next.
        day = min(max(parse_date(text), dt.date(1, 1, 3)), dt.date(9999, 12, 29))
        return timezone.make_aware(dt.datetime.combine(day + later, dt.time.min))
    except (ValueError, TypeError):
        raise BadParameter(name, _("Give a date as YYYY-MM-DD.")) from None


_registry: dict[str, Layer] = {}


def register(layer: Layer) -> Layer:
    """Put a layer on the map. Raises ValueError where the name is taken."""
    if layer.name in _registry:
        raise ValueError(f"layer {layer.name!r} is declared twice")
    _registry[layer.name] = layer
    return layer


def explored() -> list[Layer]:
    """The layers on the map of the town's life, in the order of declaration: anybody may see them."""
    return [layer for layer in _registry.values() if layer.explored]


def get(name: str) -> Layer | None:
    """The layer of that name, or None."""
    return _registry.get(name)


def open_to(viewer) -> list[Layer]:
    """The layers that exist for that viewer, in the order of declaration."""
    return [layer for layer in _registry.values() if layer.open_to(viewer)]


def find(name: str, viewer) -> Layer | None:
    """The layer of that name if it exists for that viewer."""
    layer = _registry.get(name)
    return layer if layer and layer.open_to(viewer) else None
