"""`manage.py import_pabulib`: real elections from Pabulib files, as a finished budget on the map."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from budget.results.imports import ImportRefused, Known, Report, import_files
from budget.results.outcome import Outcome
from common.money import euros
from geo.models import Level, Territory


class Command(BaseCommand):
    help = _("Import finished elections (.pb): one envelope for each file, all of them or none.")

    def add_arguments(self, parser):
        add = parser.add_argument
        add("files", nargs="+", type=Path, help=_("Files in the format of pabulib.org."))
        add("--territory-level", help=_("Level of the districts that files name, for example quartier."))
        add("--territory", help=_("The budget's own territory, as level:code; by default the town of the files."))
        add("--budget-title", default="", help=_("Title of the budget."))
        add(
            "--if-same",
            choices=("pass", "refuse"),
            default="pass",
            help=_("What to do with files that were imported already: pass over them, or end with an error."),
        )

    def handle(self, *, files, territory_level, territory, budget_title, if_same, verbosity, **options):
        say = self._say if verbosity else str
        try:
            report = import_files(
                paths=files,
                level=self._level(territory_level),
                territory=self._territory(territory),
                title=budget_title,
                say=say,
            )
        except Known as known:
            if known.budget and if_same == "pass":
                say(str(known))
                return
            raise CommandError(f"{known}\n" + _("Nothing was changed.")) from known
        except ImportRefused as refusal:
            raise CommandError(f"{refusal}\n" + _("Nothing was changed.")) from refusal
        for line in lines(report):
            say(line)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _level(self, code: str | None) -> Level | None:
        if not code:
            return None
        if level := Level.objects.filter(code=code).first():
            return level
        known = ", ".join(Level.objects.values_list("code", flat=True))
        raise CommandError(_("There is no level “%(code)s”. Levels: %(known)s.") % {"code": code, "known": known})

    def _territory(self, text: str | None) -> Territory | None:
        if not text:
            return None
        level, _colon, code = text.partition(":")
        if found := Territory.objects.current().filter(level__code=level, code=code).first():
            return found
        raise CommandError(_("There is no territory “%(code)s”.") % {"code": text})


def lines(report: Report):
    """What an import made, for who ran it."""
    for name, sentence in report.remarks:
        yield f"{name}: {sentence}"
    for count in report.counts:
        outcome = Outcome(count)
        words = {"title": count.envelope.title, "number": len(count.winners), "cost": euros(count.cost)}
        line = _("%(title)s: %(number)s projects chosen, for %(cost)s") % words
        if outcome.source.selected:
            different = [one.id for one in outcome.differing()]
            said = _("unlike the organiser about %(ids)s") % {"ids": ", ".join(different)}
            line += ", " + (said if different else _("as the organiser"))
        yield line
    yield settings.BASE_URL + report.budget.get_absolute_url() + "resultats/"
