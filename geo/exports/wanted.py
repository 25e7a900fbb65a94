"""What somebody asks for: which layers, in which format and system, narrowed how; and its one address."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from geo import layers
from geo.exports import package, writers
from geo.exports.formats import FORMATS, SRIDS, Format
from geo.layers import BadParameter, Layer

# The name that stands for several layers in one file.
ALL = "tout"
# What each layer understands.
SHARED = {"bbox", "territory", "since", "until", "days"}
# How a file is written, and who asks: they choose no rows.
OTHERS = {"crs", "layer", "api_key"}
MAX_QUERY = 4000  # characters


class NotThere(LookupError):
    """No such layer for that viewer, or no such format; the message says which."""


@dataclass(frozen=True)
class Wanted:
    """An export that makes sense: `name` is a layer's or ALL, `parameters` what narrows the rows, in order."""

    name: str
    layers: tuple[Layer, ...]
    form: Format
    srid: int
    parameters: str

    @property
    def query(self) -> str:
        """The query string of its address."""
        chosen = QueryDict(mutable=True)
        chosen["crs"] = f"EPSG:{self.srid}"
        if self.name == ALL:
            chosen.setlist("layer", [layer.name for layer in self.layers])
        return "&".join(part for part in (chosen.urlencode(safe=":"), self.parameters) if part)

    @property
    def path(self) -> str:
        """The path and query that always give this."""
        return f"{reverse('geo:export', args=[self.name, self.form.name])}?{self.query}"

    @property
    def title(self) -> str:
        """The layers in words."""
        return ", ".join(str(layer.title) for layer in self.layers)

    @property
    def filename(self) -> str:
        """What the file is called, with the day and the system."""
        return f"{self.name}-{timezone.localdate():%Y%m%d}-{self.srid}.{self.form.file_ending}"

    def digest(self, viewer) -> str:
        """Names this for that person with the rights they have today; for anybody where they have no account."""
        return hashlib.sha256(f"{viewer.pk} {self.path} {self._rights(viewer)}".encode()).hexdigest()

    def _rights(self, viewer) -> list:
        """For each layer, which rows are that viewer's beyond what everybody sees: the conditions in SQL."""
        return [
            mine if layer.open_to(viewer) and (mine := _conditions(layer, viewer)) != _everybodys(layer) else ""
            for layer in self.layers
        ]

    def select(self, viewer) -> list[tuple[Layer, QuerySet]]:
        """The rows of each layer that the viewer may see. Raises BadParameter, and NotThere for a layer not theirs."""
        given = QueryDict(self.parameters)
        for layer in self.layers:
            if not layer.open_to(viewer):
                raise NotThere(_("There is no such layer."))
        return [(layer, layer.select(viewer, given)) for layer in self.layers]

    def write(self, selected: list[tuple[Layer, QuerySet]], path: Path, progress=lambda count: None) -> int:
        """Write what `select` gave to `path`; returns the number of rows. `progress(count)`: rows read so far."""
        total = 0
        for layer, rows in selected:
            before = total
            told = lambda count, before=before: progress(before + count)  # noqa: E731
            total += writers.write(layer, rows, path, self.form.name, self.srid, progress=told)
        if self.form.many:
            package.complete(path, selected, self.srid)
        return total


def _conditions(layer: Layer, viewer) -> str:
    try:
        return repr(layer.queryset(viewer).order_by().values("pk").query.sql_with_params())
    except EmptyResultSet:
        return "nothing"


def _everybodys(layer: Layer) -> str:
    nobody = AnonymousUser()
    return _conditions(layer, nobody) if layer.open_to(nobody) else ""


def count(selected: list[tuple[Layer, QuerySet]], limit: int = 0) -> int:
    """How many rows; at most about `limit` of each layer are looked at where it is given."""
    return sum((rows.order_by()[:limit] if limit else rows.order_by()).count() for _layer, rows in selected)


def wanted(viewer, name: str, format_name: str, given: QueryDict) -> Wanted:
    """What an address asks for. Raises NotThere, and BadParameter naming the parameter."""
    form = FORMATS.get(format_name)
    if form is None:
        raise NotThere(_("There is no such format."))
    if name == ALL and not form.many:
        raise NotThere(_("Only a GeoPackage holds several layers."))
    chosen = _several(viewer, given) if name == ALL else _one(viewer, name)
    understood = SHARED if name == ALL else chosen[0].parameters()
    # A mistyped filter must not silently give everything.
    if unknown := set(given) - understood - (OTHERS if name == ALL else OTHERS - {"layer"}):
        raise BadParameter(min(unknown), _("This parameter does not exist."))
    kept = QueryDict(mutable=True)
    for one in sorted(set(given) & understood):
        kept.setlist(one, sorted(value for value in set(given.getlist(one)) if value))
    parameters = kept.urlencode(safe=":,")
    if len(parameters) > MAX_QUERY:
        raise BadParameter(max(kept, key=lambda one: len(str(kept.getlist(one)))), _("This is too long."))
    return Wanted(name, chosen, form, _srid(given.get("crs") or "EPSG:4326", form), parameters)


def again(names: list[str], format_name: str, srid: int, parameters: str) -> Wanted:
    """What was asked for before, from what was kept of it. Raises NotThere where a layer or format is gone."""
    found = [layers.get(name) for name in names]
    if not found or None in found or format_name not in FORMATS or srid not in SRIDS:
        raise NotThere(_("There is no such layer."))
    name = names[0] if len(names) == 1 else ALL
    return Wanted(name, tuple(found), FORMATS[format_name], srid, parameters)


def _one(viewer, name: str) -> tuple[Layer, ...]:
    layer = layers.find(name, viewer)
    if layer is None:
        raise NotThere(_("There is no such layer."))
    return (layer,)


def _several(viewer, given: QueryDict) -> tuple[Layer, ...]:
    mine = {layer.name: layer for layer in layers.open_to(viewer)}
    names = [name for name in given.getlist("layer") if name]
    if unknown := set(names) - set(mine):
        raise BadParameter("layer", _("There is no layer “%(name)s”.") % {"name": min(unknown)[:80]})
    return tuple(layer for layer in mine.values() if not names or layer.name in names)


def _srid(text: str, form: Format) -> int:
    authority, _colon, code = text.upper().rpartition(":")
    srid = int(code) if authority in ("", "EPSG") and code.isascii() and code.isdigit() and len(code) < 10 else None
    if srid not in form.systems:
        known = ", ".join(f"EPSG:{one}" for one in form.systems)
        raise BadParameter("crs", _("Give one of: %(systems)s.") % {"systems": known})
    return srid


def root() -> Path:
    """The folder of files that wait to be fetched, which no web server serves."""
    settings.EXPORTS_ROOT.mkdir(parents=True, exist_ok=True)
    return settings.EXPORTS_ROOT
