"""`manage.py import_addresses`: the addresses of a département, from the national address base (BAN)."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from geo.importers import ImportRefused
from geo.importers.addresses import import_addresses, settle


class Command(BaseCommand):
    help = _("Bring the addresses of the national address base (BAN): adresses-XX.csv, also .gz, or its address.")

    def add_arguments(self, parser):
        add = parser.add_argument
        add("source", help=_("File adresses-XX.csv or .csv.gz, or its http(s) address."))
        add(
            "--commune",
            nargs="+",
            default=[],
            metavar="CODE",
            help=_("INSEE codes of the communes to take; all those of the file where none is given."),
        )
        add("--dry-run", action="store_true", help=_("Report what would be done and change nothing."))

    def handle(self, *, source, commune, dry_run, **options):
        progress = self._say if options["verbosity"] else lambda text: None
        try:
            report = import_addresses(source=source, communes=commune, dry_run=dry_run, progress=progress)
        except ImportRefused as refusal:
            raise CommandError(f"{refusal}\n" + _("Nothing was changed.")) from refusal
        for line in report.refused.lines():
            self._say(line)
        self._say(
            _(
                "%(cities)s communes, %(streets)s streets. Addresses: %(created)s created, %(changed)s changed, "
                "%(unchanged)s unchanged, %(removed)s removed."
            )
            % {name: intcomma(getattr(report, name))
               for name in ("cities", "streets", "created", "changed", "unchanged", "removed")}
        )  # fmt: skip
        if dry_run:
            self._say(_("This was a trial (--dry-run): nothing was changed."))
        else:
            settle()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
