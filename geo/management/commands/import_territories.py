"""`manage.py import_territories`: a town's districts, or a country's communes, from the file its GIS team has."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geo.importers import ImportRefused, quoted
from geo.importers.staging import LISTED
from geo.importers.territories import Fields, Report, consequences, import_territories, over
from geo.models import Level


class Command(BaseCommand):
    help = _("Create or update the territories of a level from any vector file or address.")

    def add_arguments(self, parser):
        add = parser.add_argument
        add("source", help=_("File (GeoJSON, GeoPackage, Shapefile, zip…) or http(s) address."))
        add("--level", required=True, help=_("Code of the level, for example commune."))
        add("--code-field", required=True, help=_("Field that holds the code."))
        add("--code-prefix", default="", help=_("Text to put before every code of the file, for example 75-."))
        add("--name-field", required=True, help=_("Field that holds the name."))
        add("--parent-level", help=_("Level of the parents, found by the area they share."))
        add("--parent-field", default="", help=_("Field that holds the code of the parent, instead of looking."))
        add(
            "--generation", help=_("Day from which the outlines are valid (YYYY-MM-DD); earlier ones stay as history.")
        )
        add("--population-field", default="", help=_("Field that holds the population."))
        add("--population-year", type=int, help=_("Year of the population."))
        add("--electors-field", default="", help=_("Field that holds the number of registered electors."))
        add("--electors-year", type=int, help=_("Year of the electors."))
        add("--layer", default="", help=_("Layer to read, where the file has several."))
        add(
            "--crs",
            default="",
            help=_("Coordinate system of the file, where it does not say or is wrong (EPSG:2154)."),
        )
        add(
            "--displace",
            action="store_true",
            help=_("Import even over territories that stay in force: a place there is then in two."),
        )
        add("--dry-run", action="store_true", help=_("Report what would be done and change nothing."))

    def handle(self, *, source, dry_run, **options):
        try:
            report = import_territories(
                source=source,
                level=self._level(options["level"]),
                parent_level=self._parent_level(options),
                fields=self._fields(options),
                generation=self._date(options["generation"]),
                layer=options["layer"],
                crs=options["crs"],
                code_prefix=options["code_prefix"],
                dry_run=dry_run,
                displace=options["displace"],
                progress=self._say if options["verbosity"] else lambda text: None,
            )
        except ImportRefused as refusal:
            raise CommandError(f"{refusal.for_command()}\n" + _("Nothing was changed.")) from refusal
        for line in lines(report):
            self._say(line)
        if dry_run:
            self._say(_("This was a trial (--dry-run): nothing was changed."))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _level(self, code: str) -> Level:
        if level := Level.objects.filter(code=code).first():
            return level
        known = ", ".join(Level.objects.values_list("code", flat=True))
        raise CommandError(_("There is no level “%(code)s”. Levels: %(known)s.") % {"code": code, "known": known})

    def _parent_level(self, options) -> Level | None:
        if not options["parent_level"]:
            if options["parent_field"]:
                raise CommandError(_("--parent-field needs --parent-level."))
            return None
        level, parent = self._level(options["level"]), self._level(options["parent_level"])
        if parent.rank >= level.rank:
            raise CommandError(
                _("The level “%(parent)s” is not above “%(level)s”.") % {"parent": parent.code, "level": level.code}
            )
        return parent

    def _fields(self, options) -> Fields:
        for count in ("population", "electors"):
            if bool(options[f"{count}_field"]) != bool(options[f"{count}_year"]):
                raise CommandError(_("--%(name)s-field and --%(name)s-year go together.") % {"name": count})
        return Fields(
            code=options["code_field"],
            name=options["name_field"],
            parent=options["parent_field"],
            population=options["population_field"],
            population_year=options["population_year"],
            electors=options["electors_field"],
            electors_year=options["electors_year"],
        )

    def _date(self, text: str | None):
        try:
            date = parse_date(text) if text else None
        except ValueError:
            date = None
        if text and date is None:
            raise CommandError(_("“%(text)s” is not a date: give --generation as YYYY-MM-DD.") % {"text": text})
        return date


def lines(report: Report):
    """The report as lines of text, most important last."""
    if report.crs_assumed:
        yield _("The file does not say its coordinate system: EPSG:4326 (degrees) is assumed, and fits.")
    if report.repaired:
        yield _("Repaired outlines:")
        yield from _listed([f"{code} {name} ({why})" for code, name, why in report.repaired], len(report.repaired))
    pairs, count = report.overlaps
    if count:
        yield ngettext("%(count)d overlap:", "%(count)d overlaps, largest first:", count) % {"count": count}
        yield from _listed([f"{_both(one, other)} · {_area(area)}" for one, other, area, *_place in pairs], count)
    others, count = report.overlaid
    if count:
        yield ngettext(
            "Warning: %(count)d overlap with territories that stay in force:",
            "Warning: %(count)d overlaps with territories that stay in force, largest first:",
            count,
        ) % {"count": count}
        yield from _listed([over(one) for one in others], count)
    holes, count = report.gaps
    if count:
        yield ngettext("%(count)d gap:", "%(count)d gaps, largest first:", count) % {"count": count}
        yield from _listed([f"{lon:.6f}, {lat:.6f} · {_area(area)}" for lon, lat, area in holes], count)
    if report.far:
        yield _(
            "Warning: all these outlines are more than 1,000 km away from those that the level already has. "
            "Check the coordinate system (--crs)."
        )
    if report.astride:
        yield _("Less than half of these lies in the parent found:")
        yield from _listed([f"{name} → {parent} ({share:.0%})" for name, parent, share in report.astride])
    if report.orphans:
        yield _("Warning: no parent found for:")
        yield from _listed(report.orphans)
    if report.renamed:
        yield _("New names:")
        yield from _listed([f"{code} · {old} → {new}" for code, old, new in report.renamed])
    if report.redrawn:
        yield _("New outlines (the earlier ones stay as history):")
        yield from _listed(report.redrawn)
    if report.ended:
        yield _("No longer in the file, ended on that day:")
        yield from _listed(report.ended)
    yield from consequences(report)
    if report.absent:
        yield _("Not in the file, left as they are (give --generation to end them):")
        yield from _listed(report.absent)
    if report.others:
        yield ngettext(
            "%(count)d other territory of the level, outside these outlines, goes on.",
            "%(count)d other territories of the level, outside these outlines, go on.",
            report.others,
        ) % {"count": report.others}
    yield _("%(read)d territories read: %(created)d created, %(changed)d changed, %(unchanged)d unchanged.") % {
        "read": report.read,
        "created": len(report.created),
        "changed": report.changed,
        "unchanged": report.unchanged,
    }


def _listed(values: list[str], count: int | None = None):
    """At most LISTED values, one a line, and how many more there are (`count` where `values` is already cut)."""
    yield from (f"  - {value}" for value in values[:LISTED])
    if (more := (len(values) if count is None else count) - LISTED) > 0:
        yield "  " + _("and %(count)d more") % {"count": more}


def _both(one: str, other: str) -> str:
    return _("%(one)s and %(other)s") % {"one": quoted(one), "other": quoted(other)}


def _area(square_metres: float) -> str:
    return f"{intcomma(round(square_metres))} m²"
