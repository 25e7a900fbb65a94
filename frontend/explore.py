"""What the home map and the list beside it show: layers, filters and pages of objects, from the layer registry."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import CharField, F, FloatField, Func, Q, QuerySet
from django.db.models.functions import Cast
from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geo import layers
from geo.layers import BadParameter, Choice, Layer
from geo.models import Level, Territory

PAGE = 20
# More than this are found by their own page, not in a drop-down.
MAX_TERRITORIES = 400
# A map of everything ever reported says little: it opens on what is recent.
DEFAULT_DAYS = "90"
PERIODS = (
    ("30", gettext_lazy("Last 30 days")),
    ("90", gettext_lazy("Last 3 months")),
    ("365", gettext_lazy("Last 12 months")),
    ("all", gettext_lazy("Since the beginning")),
)
# Stands for an object's key in the address that JavaScript completes; any URL converter takes digits.
KEY = "0" * 12


@dataclass(frozen=True)
class Item:
    """One object of a layer as a row of the list; lon and lat in degrees."""

    key: str
    title: str
    url: str
    moment: dt.datetime
    state: Choice | None
    lon: float
    lat: float
    address: str = ""


@dataclass(frozen=True)
class Page:
    """Objects, newest first; `older` is the query string of the next page, or ""."""

    layer: Layer
    items: list[Item] = field(default_factory=list)
    older: str = ""
    problem: BadParameter | None = None


def with_period(parameters: QueryDict) -> QueryDict:
    """The parameters, with the usual period where they name none."""
    if any(parameters.get(name) for name in ("days", "since", "until")):
        return parameters
    completed = parameters.copy()
    completed["days"] = DEFAULT_DAYS
    return completed


def chosen_layers(parameters: QueryDict) -> list[Layer]:
    """The layers switched on by `layer`; all where none is named."""
    wanted = parameters.getlist("layer")
    return [layer for layer in layers.explored() if not wanted or layer.name in wanted]


def page(layer: Layer, viewer, parameters: QueryDict) -> Page:
    """A page of the layer for that viewer; a parameter that cannot be understood is the page's `problem`.

    Pages follow each other by moment and public key (`before`), so the hundredth costs what the first does.
    """
    try:
        rows = layer.select(viewer, parameters)
        if before := parameters.get("before"):
            rows = rows.filter(_older_than(layer, before))
    except BadParameter as problem:
        return Page(layer, problem=problem)
    found = list(columns(layer, rows).order_by(f"-{layer.moment}", f"-{layer.key}")[: PAGE + 1])
    older = ""
    if len(found) > PAGE:
        last = found[PAGE - 1]
        following = parameters.copy()
        following["before"] = f"{last['row_moment'].isoformat()}~{last['row_key']}"
        older = following.urlencode()
    return Page(layer, items(layer, found[:PAGE]), older)


def _older_than(layer: Layer, text: str) -> Q:
    moment, _separator, key = text.partition("~")
    try:
        moment, key = parse_datetime(moment), typed_key(layer, key)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadParameter("before", _("This page of the list does not exist. Start again from the newest."))
    return Q(**{f"{layer.moment}__lt": moment}) | Q(**{layer.moment: moment, f"{layer.key}__lt": key})


def typed_key(layer: Layer, text: str):
    """A key of the layer as the database compares it. Raises ValueError."""
    if layer.key != "pk":
        return text.replace("\0", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError(text)
    return int(text)


def columns(layer: Layer, rows: QuerySet) -> QuerySet:
    """What `items` needs of each row."""
    place = Func(F(layer.geometry), function="ST_PointOnSurface")
    named = {one.name: one.expression for one in layer.fields}
    columns = {
        "row_key": Cast(layer.key, CharField()),
        "row_moment": F(layer.moment),
        "row_state": layers.expression(layer.style),
        "row_label": layers.expression(layer.label),
        "row_lon": Func(place, function="ST_X", output_field=FloatField()),
        "row_lat": Func(place, function="ST_Y", output_field=FloatField()),
    }
    if "address" in named:
        columns["row_address"] = named["address"]
    return rows.annotate(**columns).values("pk", *columns)


def items(layer: Layer, rows: list[dict]) -> list[Item]:
    """Rows of `columns` as the list shows them."""
    legend = {choice.value: choice for choice in layer.legend()}
    return [
        Item(
            key=row["row_key"],
            title=row["row_label"],
            url=layer.url(row["row_key"]),
            moment=row["row_moment"],
            state=legend.get(row["row_state"]),
            lon=row["row_lon"],
            lat=row["row_lat"],
            address=row.get("row_address") or "",
        )
        for row in rows
    ]


@dataclass(frozen=True)
class FilterForm:
    """A filter with what is chosen of it. Filters whose values have colours are the map's legend too."""

    name: str
    title: str
    choices: list[Choice]
    chosen: list[str]

    @property
    def is_legend(self) -> bool:
        return any(choice.color for choice in self.choices)


def filters(shown: list[Layer], parameters: QueryDict) -> list[FilterForm]:
    """The filters of these layers, each name once."""
    found = {one.name: one for layer in shown for one in layer.filters}
    return [
        FilterForm(one.name, one.title, list(one.choices()), parameters.getlist(one.name)) for one in found.values()
    ]


def territory_choices() -> list[tuple[str, list[Territory]]]:
    """(level's plural name, its current territories) from the home level down; none where they are too many."""
    home = Level.objects.filter(is_home=True).first()
    rows = Territory.objects.current().select_related("level").order_by("level__rank", "name")
    if home:
        rows = rows.filter(level__rank__gte=home.rank)
    groups: dict[str, list[Territory]] = {}
    found = list(rows[: MAX_TERRITORIES + 1])
    for one in found if len(found) <= MAX_TERRITORIES else []:
        groups.setdefault(one.level.name_plural, []).append(one)
    return list(groups.items())


def for_script(shown: list[Layer]) -> list[dict]:
    """What the map's script needs of these layers, ready for JSON."""
    return [
        {
            "name": layer.name,
            "title": str(layer.title),
            "viewport": reverse("geo:viewport", args=[layer.name]),
            "link": layer.url(KEY),
            "legend": {
                one.value: {"title": str(one.title), "color": one.color, "icon": one.icon} for one in layer.legend()
            },
        }
        for layer in shown
    ]
