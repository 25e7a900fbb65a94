"""What an import found, as lines to read, each with its weight and its place where it has one."""

from collections.abc import Mapping
from types import MappingProxyType

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geo.importers import assets, quoted, territories
from geo.importers.staging import shortened
from geo.imports.picture import Finding, said


def of_territories(report: territories.Report, lines: Mapping[str, int] = MappingProxyType({})) -> list[Finding]:
    """Overlaps, gaps, parents, what is renamed, redrawn and ended. `lines` are those of the codes, where known."""
    found = []
    pairs, count = report.overlaps
    for one, other, area, lon, lat in pairs:
        text = _("%(one)s and %(other)s overlap by %(area)s m².")
        words = {"one": quoted(one), "other": quoted(other), "area": _area(area)}
        found.append(Finding("warning", text % words, at=(lon, lat)))
    more = count - len(pairs)
    found += _more(more, ngettext("%(count)d more overlap.", "%(count)d more overlaps.", more))
    others, count = report.overlaid
    found += [
        Finding(
            "error" if one.displaces else "warning", territories.over(one), lines.get(one.code), (one.lon, one.lat)
        )
        for one in others
    ]
    more = count - len(others)
    text = ngettext(
        "%(count)d more overlap with territories in force.", "%(count)d more overlaps with territories in force.", more
    )
    found += _more(more, text)
    holes, count = report.gaps
    for lon, lat, area in holes:
        found.append(
            Finding("warning", _("A gap of %(area)s m² between them.") % {"area": _area(area)}, at=(lon, lat))
        )
    more = count - len(holes)
    found += _more(more, ngettext("%(count)d more gap.", "%(count)d more gaps.", more))
    if report.far:
        said = _("All of them lie more than 1,000 km away from those of this level: check the coordinate system.")
        found.append(Finding("warning", said))
    for weight, values, text in (
        ("warning", report.orphans, _("Without a parent: %(names)s")),
        ("warning", [f"{name} → {parent} ({share:.0%})" for name, parent, share in report.astride],
         _("Less than half of it lies in its parent: %(names)s")),
        ("warning", report.ended, _("No longer in the file, ended on that day: %(names)s")),
        ("info", report.absent, _("Not in the file, left as they are; give a day to end them: %(names)s")),
        ("info", [f"{code} · {old} → {new}" for code, old, new in report.renamed], _("New names: %(names)s")),
        ("info", report.redrawn, _("New outlines, the earlier ones stay as history: %(names)s")),
    ):  # fmt: skip
        if values:
            found.append(Finding(weight, text % {"names": shortened(list(map(str, values)))}))
    found += [Finding("warning", text) for text in territories.consequences(report)]
    if report.others:
        said = ngettext(
            "%(count)d other territory of the level, outside these outlines, goes on.",
            "%(count)d other territories of the level, outside these outlines, go on.",
            report.others,
        )
        found.append(Finding("info", said % {"count": report.others}))
    return found


def of_assets(report: assets.Report, kind_name: str, names: Mapping[int, str]) -> list[Finding]:
    """Rows left out, what becomes inactive, a kind that is made. `names` are those of the lines, where known."""
    found = [
        Finding("error", said(line, names.get(line, ""), _("left out, %(why)s") % {"why": why}), line)
        for line, why in sorted(report.refused.listed)
    ]
    left = report.refused.count - len(report.refused.listed)
    found += _more(left, ngettext("%(count)d more row is left out.", "%(count)d more rows are left out.", left))
    if report.deactivated:
        text = ngettext(
            "%(count)d that the file no longer has becomes inactive.",
            "%(count)d that the file no longer has become inactive.",
            report.deactivated,
        )
        found.append(Finding("warning", text % {"count": report.deactivated}))
    if report.kind_created:
        found.append(Finding("info", _("The kind %(name)s is made.") % {"name": quoted(kind_name)}))
    return found


def of_crs(used: str, assumed: bool) -> list[Finding]:
    """In which system the coordinates were read, where the file does not say."""
    text = _("The file does not say its coordinate system: %(crs)s is assumed, and fits.")
    return [Finding("info", text % {"crs": used})] if assumed else []


def _more(count: int, text: str) -> list[Finding]:
    return [Finding("info", text % {"count": count})] if count > 0 else []


def _area(square_metres: float) -> str:
    return intcomma(round(square_metres))
