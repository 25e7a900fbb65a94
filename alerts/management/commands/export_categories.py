"""`manage.py export_categories FILE`: the catalogue as JSON or CSV, by the file's ending."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from alerts import catalogue


class Command(BaseCommand):
    help = _("Write all categories, with their questions and answers, to a .json or .csv file.")

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        writers = {".json": catalogue.to_json, ".csv": catalogue.to_csv}
        if file.suffix not in writers:
            raise CommandError(_("The file must end in .json or .csv."))
        rows = catalogue.dump()
        file.write_text(writers[file.suffix](rows), encoding="utf-8")
        self.stdout.write(_("%(count)d categories written to %(file)s.") % {"count": len(rows), "file": file})
