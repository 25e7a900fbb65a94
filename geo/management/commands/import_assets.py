"""`manage.py import_assets`: the city's equipment (street lights, benches…) from the file its services keep."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from geo.importers import ImportRefused, quoted
from geo.importers.assets import import_assets


class Command(BaseCommand):
    help = _("Create or update the equipment of a kind from any vector file, a CSV with lon and lat, or an address.")

    def add_arguments(self, parser):
        add = parser.add_argument
        add("source", help=_("File (GeoJSON, GeoPackage, Shapefile, CSV, zip…) or http(s) address."))
        add("--kind", required=True, metavar="CODE", help=_("Code of the kind, for example lampadaire."))
        add("--kind-name", default="", help=_("Name of the kind, to make it where it does not exist."))
        add("--id", required=True, dest="id_column", metavar="COLUMN", help=_("Column that holds the code of each."))
        add("--name", default="", dest="name_column", metavar="COLUMN", help=_("Column that holds the name of each."))
        add("--place", action="store_true", help=_("The kind is one of places of interest: schools, libraries."))
        add("--layer", default="", help=_("Layer to read, where the file has several."))
        add(
            "--crs",
            default="",
            help=_("Coordinate system of the file, where it does not say or is wrong (EPSG:2154)."),
        )
        add("--dry-run", action="store_true", help=_("Report what would be done and change nothing."))

    def handle(self, *, dry_run, **options):
        asked = {name: options[name] for name in ("source", "kind", "kind_name", "id_column", "name_column")}
        try:
            report = import_assets(
                **asked,
                is_place=options["place"],
                layer=options["layer"],
                crs=options["crs"],
                dry_run=dry_run,
                progress=self._say if options["verbosity"] else lambda text: None,
            )
        except ImportRefused as refusal:
            raise CommandError(f"{refusal.for_command()}\n" + _("Nothing was changed.")) from refusal
        for line in report.refused.lines():
            self._say(line)
        if report.kind_created:
            self._say(_("New kind of equipment: %(code)s.") % {"code": quoted(options["kind"])})
        self._say(
            _(
                "%(read)s rows read: %(created)s created, %(changed)s changed, %(unchanged)s unchanged, "
                "%(deactivated)s no longer in the file and made inactive."
            )
            % {name: intcomma(getattr(report, name))
               for name in ("read", "created", "changed", "unchanged", "deactivated")}
        )  # fmt: skip
        if dry_run:
            self._say(_("This was a trial (--dry-run): nothing was changed."))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
