"""Territories of one level from a file: everything or nothing."""

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geo import services
from geo.importers import ImportRefused, present, quoted, reach, sources, staging
from geo.models import Level, Territory
from geo.models.territories import CODE, CODE_SAID

NO_COUNT = -1
# Zero, and what turns the direction of the text around it (UAX #9).
UNSEEN = "[\x00\u202a-\u202e\u2066-\u2069]"


@dataclass(frozen=True)
class Fields:
    """Names of the file's fields; "" where it has none. A population or a number of electors comes with its year."""

    code: str
    name: str
    parent: str = ""
    population: str = ""
    population_year: int | None = None
    electors: str = ""
    electors_year: int | None = None

    def names(self) -> list[str]:
        return list(dict.fromkeys(filter(None, (self.code, self.name, self.parent, self.population, self.electors))))


@dataclass
class Report:
    """What an import found and did. Names and codes are those of the file; areas are in m²."""

    read: int = 0
    crs: str = ""
    crs_assumed: bool = False
    created: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    redrawn: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    mandates: list[tuple[str, int]] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    others: int = 0
    far: bool = False
    changed: int = 0
    unchanged: int = 0
    repaired: list[tuple[str, str, str]] = field(default_factory=list)
    overlaps: tuple[list[tuple[str, str, float, float, float]], int] = ((), 0)
    gaps: tuple[list[tuple[float, float, float]], int] = ((), 0)
    overlaid: tuple[list[present.Overlaid], int] = ((), 0)
    orphans: list[str] = field(default_factory=list)
    astride: list[tuple[str, str, float]] = field(default_factory=list)

    @property
    def displaces(self) -> bool:
        """Whether it lies over territories that stay in force: a point there would have two answers."""
        return any(one.displaces for one in self.overlaid[0])


@transaction.atomic
def import_territories(
    *,
    source: str,
    level: Level,
    fields: Fields,
    parent_level: Level | None = None,
    generation: dt.date | None = None,
    layer: str = "",
    crs: str = "",
    code_prefix: str = "",
    dry_run: bool = False,
    displace: bool = False,
    within: list[int] | None = None,
    read: Callable[..., sources.Table] = sources.read,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """Create and update the territories of `level` from a vector file or address.

    Outlines that changed are valid from `generation` on and the earlier ones stay as history. A territory that the
    file does not have ends on that day where the file's outlines cover its middle, or where its parent is the parent
    of one in the file; any other goes on, for a file of one town says nothing about another. `code_prefix` goes
    before every code of the file. A file that lies over territories which go on (`Report.displaces`) is refused
    unless `displace`. `within` are the ids of territories inside which all must lie (geo.importers.reach);
    `read` opens the source. Raises ImportRefused, and then nothing was changed.
    """
    progress(_("Reading %(source)s…") % {"source": source})
    table = read(source, fields=fields.names(), layer=layer)
    rows, wrong = _rows(table, fields, code_prefix)
    report = Report(read=len(rows), crs=crs or table.crs or "EPSG:4326", crs_assumed=not (crs or table.crs))
    progress(_("Checking the outlines…"))
    options = ()
    try:
        staging.fill(table, [row["code"] for row in rows], [row["name"] for row in rows], crs or table.crs)
        report.repaired = staging.repair()
    except ImportRefused as refusal:
        wrong, options = [*wrong, str(refusal)], refusal.options
    if wrong:
        raise ImportRefused("\n".join(wrong), *options)
    progress(_("Looking for overlaps and gaps…"))
    # Comparing each pair of neighbours takes far longer than the union, which often shows that there is no need.
    if staging.unite():
        report.overlaps = staging.overlaps()
    report.gaps = staging.gaps()
    if parent_level:
        progress(_("Looking for the parents…"))
        _find_parents(rows, fields, parent_level, generation, report)
    progress(_("Comparing with the territories in place…"))
    _refuse_elsewhere(level)
    if within is not None:
        reach.check_outlines(within, level, {row["parent_id"] for row in rows if row.get("parent_id")})
    report.far = present.is_far(level)
    changed = _save(rows, level, report) | _redraw(level, generation, report)
    _end(level, generation, report, within)
    report.overlaid = present.overlaid(level, report.created + report.redrawn)
    if report.displaces and not displace:
        raise ImportRefused(_over_others(report, generation), *([] if generation else ["generation"]), "displace")
    report.changed = len(changed)
    report.unchanged = report.read - len(report.created) - report.changed
    transaction.set_rollback(dry_run)
    return report


def _rows(table: sources.Table, fields: Fields, code_prefix: str) -> tuple[list[dict], list[str]]:
    """One dict per territory: code, name and the other fields given; and what of them cannot be taken, in words."""
    columns = {"code": [code and code_prefix + code for code in map(as_text, table.columns[fields.code])]}
    columns["name"] = [as_text(v) for v in table.columns[fields.name]]
    wrong = _wrong_texts(table.lines(), columns["code"], columns["name"])
    if fields.parent:
        columns["parent_code"] = [as_text(v) for v in table.columns[fields.parent]]
    for count in ("population", "electors"):
        if name := getattr(fields, count):
            read = [_as_count(v) for v in table.columns[name]]
            bad = zip(table.lines(), table.columns[name], read, strict=True)
            if found := [staging.in_row(line, quoted(as_text(v)[:60])) for line, v, n in bad if n == NO_COUNT]:
                said = _("In the field %(field)s these are no number of people: %(values)s")
                wrong.append(said % {"field": name, "values": staging.shortened(found)})
            columns[count] = read
            year = getattr(fields, f"{count}_year")
            columns[f"{count}_year"] = [None if v is None else year for v in read]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)], wrong


def _wrong_texts(lines: range, codes: list[str], names: list[str]) -> list[str]:
    found = []
    if empty := [str(line) for line, code in zip(lines, codes, strict=True) if not code]:
        said = ngettext("The code is empty in row %(rows)s", "The code is empty in rows %(rows)s", len(empty))
        found.append(said % {"rows": staging.shortened(empty)})
    many = {code for code, count in Counter(codes).items() if count > 1 and code}
    if twice := [staging.in_row(line, code) for line, code in zip(lines, codes, strict=True) if code in many]:
        said = _("These codes come more than once: %(codes)s A code names one territory of its level.")
        found.append(said % {"codes": staging.shortened(twice)})
    if unfit := [
        staging.in_row(n, quoted(c)) for n, c in zip(lines, codes, strict=True) if c and not re.match(CODE, c)
    ]:
        said = _("These codes cannot be part of an address: %(codes)s %(why)s")
        found.append(said % {"codes": staging.shortened(unfit), "why": CODE_SAID})
    rows = list(zip(lines, codes, names, strict=True))
    if nameless := [staging.in_row(line, code) for line, code, name in rows if not name]:
        found.append(_("These territories have no name: %(codes)s") % {"codes": staging.shortened(nameless)})
    return found + _too_long(lines, codes, names)


def _too_long(lines: range, codes: list[str], names: list[str]) -> list[str]:
    found = []
    for values, column in ((codes, "code"), (names, "name")):
        longest = Territory._meta.get_field(column).max_length
        long = [(line, value) for line, value in zip(lines, values, strict=True) if len(value) > longest]
        if long:
            shown = [staging.in_row(line, value[:60] + "…") for line, value in long]
            said = _("Longer than %(length)d characters: %(values)s")
            found.append(said % {"length": longest, "values": staging.shortened(shown)})
    return found


def as_text(value) -> str:
    """A code or name as people write it: 1.0 becomes "1", nothing becomes ""."""
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return ""
    if isinstance(value, float | np.floating) and value.is_integer():
        value = int(value)
    return " ".join(re.sub(UNSEEN, "", unicodedata.normalize("NFC", str(value))).split())


def _as_count(value) -> int | None:
    """A number of people, None where there is none, NO_COUNT where it is something else."""
    text = as_text(value).replace(" ", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and int(text) < 2**31 else NO_COUNT


# The parent shares the largest area; `share` is the part of the territory that it covers.
PARENTS = """
SELECT DISTINCT ON (s.code) s.code, b.territory_id, t.name, shared / ST_Area(s.geometry)
FROM staged_territory s
JOIN geo_boundary b ON b.geometry && s.geometry AND b.validity @> %(on)s::date
JOIN geo_territory t ON t.id = b.territory_id AND t.level_id = %(level)s
CROSS JOIN LATERAL (
    SELECT CASE WHEN ST_Covers(b.geometry, s.geometry) THEN ST_Area(s.geometry)
        ELSE ST_Area(ST_Intersection(b.geometry, s.geometry)) END AS shared
) AS area
WHERE shared > 0
ORDER BY s.code, shared DESC, t.code
"""


def _find_parents(rows: list[dict], fields: Fields, level: Level, on: dt.date | None, report: Report) -> None:
    """Give each row its `parent_id`: by the code in the file where a field names it, else by the largest overlap."""
    if fields.parent:
        ids = dict(level.territories.values_list("code", "pk"))
        found = {row["code"]: ids.get(row.pop("parent_code")) for row in rows}
    else:
        with connection.cursor() as cursor:
            cursor.execute(PARENTS, {"on": on or timezone.localdate(), "level": level.pk})
            answers = cursor.fetchall()
        found = {code: pk for code, pk, _name, _share in answers}
        names = {row["code"]: row["name"] for row in rows}
        report.astride = [(names[code], name, share) for code, _pk, name, share in answers if share < 0.5]
    for row in rows:
        row["parent_id"] = found.get(row["code"])
    report.orphans = [row["name"] for row in rows if row["parent_id"] is None]


def _refuse_elsewhere(level: Level) -> None:
    """A code stays with its territory: writing another place over it would lose the first one."""
    if found := present.elsewhere(level):
        raise ImportRefused(
            _(
                "These codes already belong to territories elsewhere: %(territories)s If the file is of another "
                "place, put something before its codes, for example 75-. If it is of the same place, check its "
                "coordinate system."
            )
            % {"territories": staging.shortened([f"{code} ({quoted(name)})" for code, name in found], listed=3)},
            "code-prefix",
            "crs",
        )


def _save(rows: list[dict], level: Level, report: Report) -> set[str]:
    """Create the new territories, update those whose name, parent or figures changed; returns the codes of these."""
    known = {territory.code: territory for territory in level.territories.all()}
    new, changed = [], []
    for row in rows:
        territory = known.get(row["code"])
        if territory is None:
            new.append(Territory(level=level, **row))
            continue
        different = {name: value for name, value in row.items() if getattr(territory, name) != value}
        if "name" in different:
            report.renamed.append((territory.code, territory.name, row["name"]))
        for name, value in different.items():
            setattr(territory, name, value)
        if different:
            changed.append(territory)
    Territory.objects.bulk_create(new)
    Territory.objects.bulk_update(changed, [name for name in rows[0] if name != "code"], batch_size=1000)
    report.created = [territory.code for territory in new]
    return {territory.code for territory in changed}


def _redraw(level: Level, generation: dt.date | None, report: Report) -> set[str]:
    """Give the territories their outlines; returns the codes of those that got another one."""
    try:
        drawn = services.set_boundaries(level=level, table="staged_territory", since=generation)
    except services.OutlinesInPlace as conflict:
        said = _("%(count)d outlines differ from those in place: %(codes)s") % {
            "count": len(conflict.codes),
            "codes": staging.shortened(conflict.codes),
        }
        advice = (
            _later_day(generation)
            if generation
            else _("Give the day from which the new ones are valid; the earlier ones stay as history.")
        )
        raise ImportRefused(f"{said} {advice}", "generation") from conflict
    report.redrawn = sorted(drawn - set(report.created))
    return set(report.redrawn)


def _end(level: Level, generation: dt.date | None, report: Report, within: list[int] | None) -> None:
    """End the territories that the file replaces without naming them; without a generation only name them."""
    replaced, report.others = present.absent(level)
    names = [name for name, _boundary in replaced]
    if generation is None:
        report.absent = names
        return
    if within is not None:
        reach.check_ended([boundary for _name, boundary in replaced])
    try:
        services.close_boundaries(boundaries=[boundary for _name, boundary in replaced], on=generation)
    except services.OutlinesInPlace as conflict:
        said = _("These territories, which the file does not have, cannot end on that day: %(codes)s") % {
            "codes": staging.shortened(conflict.codes)
        }
        raise ImportRefused(f"{said} {_later_day(generation)}", "generation") from conflict
    report.ended = names
    report.mandates = present.mandates([boundary for _name, boundary in replaced], generation)


def _over_others(report: Report, generation: dt.date | None) -> str:
    found, count = report.overlaid
    shown = [over(one) for one in found if one.displaces][:3]
    said = _("It lies over territories that stay in force, and a place there would be in two: %(pairs)s") % {
        "pairs": " ".join(shown) + (" …" if count > len(shown) else "")
    }
    way = "" if generation else _("Give the day from which the new ones are valid, so that the old ones end.")
    return f"{said} {way}".strip()


def consequences(report: Report) -> list[str]:
    """What a new division leaves to people, in words: mandates to give anew, a past that stays with the old one."""
    if not report.ended:
        return []
    said = [
        _(
            "What was reported until that day stays with the territories that end: the new ones begin without a past, "
            "and comparisons with an earlier time show nothing for them."
        )
    ]
    if report.mandates:
        count = sum(number for _role, number in report.mandates)
        text = ngettext(
            "%(count)d mandate stays on territories that end (%(roles)s): give a new one on the new territories.",
            "%(count)d mandates stay on territories that end (%(roles)s): give new ones on the new territories.",
            count,
        )
        roles = ", ".join(_("%(role)s: %(number)d") % {"role": r, "number": n} for r, n in report.mandates)
        said.insert(0, text % {"count": count, "roles": roles})
    return said


def over(one: present.Overlaid) -> str:
    """An overlap with a territory in force, in words."""
    return _("%(one)s lies over %(other)s, in force, by %(area)s m² (%(share)s%% of the smaller).") % {
        "one": quoted(one.name),
        "other": quoted(one.other),
        "area": intcomma(round(one.area)),
        "share": round(100 * one.share) if one.displaces else _("less than 1"),
    }


def _later_day(generation: dt.date) -> str:
    return _("They have outlines valid on %(date)s or after: give a later day.") % {"date": generation.isoformat()}
