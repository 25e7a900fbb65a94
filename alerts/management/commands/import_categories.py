"""`manage.py import_categories FILE`: create and update the catalogue from JSON or CSV."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alerts import catalogue


class Command(BaseCommand):
    help = _("Create and update categories from a .json or .csv file, all or nothing.")

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--withdraw-others", action="store_true", help=_("No longer offer what the file lacks."))
        parser.add_argument("--dry-run", action="store_true", help=_("Report what would be done and change nothing."))

    def handle(self, *, file, withdraw_others, dry_run, **options):
        if file.suffix not in (".json", ".csv"):
            raise CommandError(_("The file must end in .json or .csv."))
        try:
            rows = catalogue.parse(file.read_text(encoding="utf-8"), file.suffix[1:])
            report = catalogue.load(rows=rows, withdraw_others=withdraw_others, dry_run=dry_run)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(_("This file cannot be read: %(error)s.") % {"error": error}) from error
        except catalogue.Refused as refusal:
            raise CommandError(f"{refusal}\n" + _("Nothing was changed.")) from refusal
        for title, codes in (
            (_("Created"), report.created),
            (_("Updated"), report.updated),
            (_("Unchanged"), report.unchanged),
            (_("Withdrawn"), report.withdrawn),
        ):
            named = f" ({', '.join(codes[:20])})" if codes else ""
            self.stdout.write(title + pgettext("before a list", ": ") + f"{len(codes)}{named}")
        if dry_run:
            self.stdout.write(_("This was a trial (--dry-run): nothing was changed."))
