"""`manage.py import_alerts FILE --mapping MAPPING`: the reports of another system."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from alerts.importers.mapping import MappingError, load
from alerts.importers.reports import import_reports
from alerts.models import Category
from alerts.workflow import WORKFLOW


class Command(BaseCommand):
    help = _("Import reports of another system from CSV; a second run changes only what changed in the file.")

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping", required=True, help=_("A .toml file, or the name of a shipped one: dansmarue.")
        )
        parser.add_argument("--refused", type=Path, help=_("Where to write the refused lines with the reason (CSV)."))
        parser.add_argument("--dry-run", action="store_true", help=_("Report what would be done and change nothing."))

    def handle(self, *, file, mapping, refused, dry_run, **options):
        states = [state.name for state in WORKFLOW.states if state.name != "duplicate"]
        try:
            report = import_reports(
                path=file,
                mapping=load(mapping, states, Category.objects.offered().values_list("code", flat=True)),
                refused_path=refused,
                dry_run=dry_run,
                progress=self._progress if options["verbosity"] > 1 else lambda count: None,
            )
        except MappingError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(_("This file cannot be read: %(error)s.") % {"error": error}) from error
        self.stdout.write(
            _("Created: %(created)d. Updated: %(updated)d. Unchanged: %(unchanged)d. Refused: %(refused)d.")
            % {
                "created": report.created,
                "updated": report.updated,
                "unchanged": report.unchanged,
                "refused": report.refused.total(),
            }
        )
        for reason, count in report.refused.most_common():
            self.stdout.write(f"  {count} × {reason}")
        for line, reason in report.examples:
            self.stdout.write(_("  line %(line)d: %(reason)s") % {"line": line, "reason": reason})
        if dry_run:
            self.stdout.write(_("This was a trial (--dry-run): nothing was changed."))

    def _progress(self, count: int) -> None:
        self.stdout.write(_("%(count)d lines read") % {"count": count})
