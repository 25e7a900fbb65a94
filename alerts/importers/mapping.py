"""A mapping: which column of another system's file holds what, and what its words mean here. Plain data, in TOML."""

import codecs
import datetime as dt
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common.spreadsheets import meant

SHIPPED = Path(__file__).parent / "mappings"
# What a row can hold; those with a star must be there.
FIELDS = ("key", "description", "address", "created", "closed", "place", "lon", "lat", "category", "status", "answer")
ORDERS = ("lat,lon", "lon,lat")
# What is read as one number or date cannot stand in several columns.
# Before it no town had a file of reports: 0001-01-01 and 1900-01-01 are how programs say that they know no date.
FIRST_YEAR = 1970
SINGLE = ("place", "lon", "lat", "created", "closed")


class MappingError(ValueError):
    """The mapping cannot be used; the message says why."""


class RowRefused(ValueError):
    """A row cannot be taken; the message says why."""


@dataclass(frozen=True)
class Row:
    """One report as the other system tells it: words and numbers, nothing looked up yet. Degrees in EPSG:4326."""

    key: str
    category: str
    description: str
    address: str
    lon: float
    lat: float
    created: dt.datetime
    status: str
    closed: dt.datetime | None
    answer: str


@dataclass(frozen=True)
class Mapping:
    """`fields`: name -> columns, joined with " / ". `categories` and `statuses`: beginnings of words -> our codes."""

    system: str
    fields: dict[str, list[str]]
    categories: dict[str, str]
    statuses: dict[str, str]
    status: str
    order: str = "lat,lon"
    delimiter: str = ";"
    encoding: str = "utf-8-sig"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))

    def columns(self) -> set[str]:
        """The columns the file must have."""
        return {column for columns in self.fields.values() for column in columns}

    def read(self, raw: dict[str, str]) -> Row:
        """One line of the file. Raises RowRefused."""
        if None in raw or None in raw.values():
            raise RowRefused(_("the line has more or fewer columns than the first one"))
        key = self._text(raw, "key")
        if not key or len(key) > 80:
            raise RowRefused(_("no number, or one longer than 80 characters"))
        lon, lat = self._place(raw)
        created = self._moment(raw, "created")
        if created is None:
            raise RowRefused(_("no date of the report"))
        if created > dt.datetime.now(dt.UTC) + dt.timedelta(days=1):
            raise RowRefused(_("the report is dated in the future"))
        status = self._find(self.statuses, self._text(raw, "status")) or self.status
        closed = self._moment(raw, "closed")
        if closed and closed > dt.datetime.now(dt.UTC) + dt.timedelta(days=1):
            raise RowRefused(_("it is dated closed in the future"))
        if closed and closed < created:
            raise RowRefused(_("closed before it was reported"))
        category = self._find(self.categories, self._text(raw, "category")) or self.categories.get("default")
        if not category:
            raise RowRefused(_("no category for “%(text)s”") % {"text": self._text(raw, "category")[:80]})
        return Row(
            key=key,
            category=category,
            description=self._text(raw, "description"),
            address=self._text(raw, "address")[:200],
            lon=lon,
            lat=lat,
            created=created,
            status=status,
            closed=closed,
            answer=self._text(raw, "answer"),
        )

    def _text(self, raw: dict[str, str], name: str) -> str:
        parts = (meant(raw[column].replace("\0", "").strip()) for column in self.fields.get(name, []))
        return " / ".join(part for part in parts if part)

    @staticmethod
    def _find(words: dict[str, str], text: str) -> str | None:
        fitting = [word for word in words if text.casefold().startswith(word.casefold())]
        return words[max(fitting, key=len)] if text and fitting else None

    def _place(self, raw: dict[str, str]) -> tuple[float, float]:
        if self.fields.get("place"):
            first, _comma, second = self._text(raw, "place").partition(",")
            lat, lon = (first, second) if self.order == "lat,lon" else (second, first)
        else:
            lon, lat = self._text(raw, "lon"), self._text(raw, "lat")
        try:
            lon, lat = float(lon.replace(",", ".")), float(lat.replace(",", "."))
        except ValueError:
            raise RowRefused(_("no place, or one that cannot be read")) from None
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise RowRefused(_("the place is not on Earth"))
        return lon, lat

    def _moment(self, raw: dict[str, str], name: str) -> dt.datetime | None:
        text = self._text(raw, name)
        if not text:
            return None
        for form in (None, "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"):
            try:
                moment = dt.datetime.strptime(text, form) if form else dt.datetime.fromisoformat(text)  # noqa: DTZ007
            except ValueError:
                continue
            if moment.year < FIRST_YEAR:
                break
            return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        raise RowRefused(_("“%(text)s” is not a date") % {"text": text[:40]})


def load(name: str, known_states, known_categories) -> Mapping:
    """The mapping in that file, or the shipped one of that name. Raises MappingError."""
    path = Path(name) if name.endswith(".toml") else SHIPPED / f"{name}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        shipped = ", ".join(sorted(one.stem for one in SHIPPED.glob("*.toml")))
        raise MappingError(
            _("There is no mapping %(name)s. Shipped ones: %(shipped)s.") % {"name": name, "shipped": shipped}
        ) from None
    except (OSError, ValueError) as error:
        raise MappingError(_("The mapping cannot be read: %(error)s.") % {"error": error}) from error
    try:
        mapping = _mapping(data)
    except (AttributeError, TypeError, ValueError, LookupError) as error:
        raise MappingError(
            _("The mapping cannot be used; something has a wrong shape, or a zone or encoding is unknown: %(error)s.")
            % {"error": error}
        ) from error
    _check(mapping, set(known_states), set(known_categories))
    return mapping


def _mapping(data: dict) -> Mapping:
    statuses = dict(data.get("status", {}))
    codecs.lookup(data.get("encoding", "utf-8"))
    return Mapping(
        system=str(data.get("system", ""))[:40],
        fields={
            key: columns if isinstance(columns, list) else [columns] for key, columns in data.get("fields", {}).items()
        },
        categories=dict(data.get("categories", {})),
        status=statuses.pop("default", "received"),
        statuses=statuses,
        order=data.get("place", {}).get("order", "lat,lon"),
        delimiter=data.get("delimiter", ";"),
        encoding=data.get("encoding", "utf-8-sig"),
        zone=ZoneInfo(data.get("time_zone", "Europe/Paris")),
    )


def _check(mapping: Mapping, states: set[str], categories: set[str]) -> None:
    if not mapping.system:
        raise MappingError(_("The mapping must name its system."))
    if unknown := set(mapping.fields) - set(FIELDS):
        raise MappingError(_("The mapping names an unknown field “%(name)s”.") % {"name": min(unknown)})
    if wrong := [name for name, columns in mapping.fields.items() if not all(isinstance(one, str) for one in columns)]:
        raise MappingError(_("In the mapping, “%(name)s” must be the name of a column.") % {"name": min(wrong)})
    if len(mapping.fields.get("place", [])) > 1:
        raise MappingError(
            _("“place” is one column that holds both numbers. Where there are two columns, name them “lon” and “lat”.")
        )
    if several := [name for name in SINGLE if len(mapping.fields.get(name, [])) > 1]:
        raise MappingError(_("In the mapping, “%(name)s” is read from one column: name one.") % {"name": several[0]})
    if mapping.fields.get("place") and (mapping.fields.get("lon") or mapping.fields.get("lat")):
        raise MappingError(_("The mapping gives the place twice: as “place”, or as “lon” and “lat”, not both."))
    if not isinstance(mapping.delimiter, str) or len(mapping.delimiter) != 1:
        raise MappingError(_("The delimiter of a mapping is one character."))
    needed = {"key", "created", "category"} | ({"place"} if mapping.fields.get("place") else {"lon", "lat"})
    if missing := {name for name in needed if not mapping.fields.get(name)}:
        raise MappingError(_("The mapping must say which column holds “%(name)s”.") % {"name": min(missing)})
    if mapping.order not in ORDERS:
        raise MappingError(_("The order of a place is “lat,lon” or “lon,lat”."))
    if unknown := {mapping.status, *mapping.statuses.values()} - states:
        raise MappingError(_("There is no state “%(name)s”.") % {"name": min(unknown)})
    if unknown := set(mapping.categories.values()) - categories:
        raise MappingError(
            _("There is no category “%(name)s”: import the catalogue first, or change the mapping.")
            % {"name": min(unknown)}
        )
