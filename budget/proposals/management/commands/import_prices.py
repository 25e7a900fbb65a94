"""`manage.py import_prices`: the usual prices of equipment from a CSV file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from budget.proposals.prices import PricesRefused, import_prices


class Command(BaseCommand):
    help = _("Import usual prices (CSV: name, theme, unit, cost in euros, year…): all of them or none.")

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help=_("A CSV file whose first line names the columns."))

    def handle(self, *, file, **options):
        try:
            found = import_prices(file)
        except PricesRefused as refused:
            raise CommandError(f"{refused}\n" + _("Nothing was changed.")) from refused
        self.stdout.write(_("%(new)d new, %(changed)d changed, %(same)d as they were.") % found)
