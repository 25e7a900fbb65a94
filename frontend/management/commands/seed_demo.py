"""Fill an empty database with the fictional demo city, its people and their acts."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from alerts.demo.desk import seed as seed_desk
from alerts.demo.photos import cleaned
from alerts.demo.seed import seed as seed_alerts
from budget.demo.seed import seed as seed_budgets
from frontend.demo import PEOPLE, seed_people, seed_visits
from geo.demo.seed import seed as seed_places
from geo.models import Territory
from geo.opendata.snapshot import make_due


class Command(BaseCommand):
    help = "Remplit une base vide avec la ville fictive de démonstration."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="ne rien faire si la base contient un territoire")
        parser.add_argument("--list-accounts", action="store_true", help="dire les comptes de démonstration")

    def handle(self, *args, if_empty, list_accounts, **options):
        if not settings.DEVELOPMENT:
            raise CommandError("La ville de démonstration n'existe pas avec des réglages de production.")
        if list_accounts:
            return self._list_accounts()
        if if_empty and (Territory.objects.exists() or not settings.DEMO_CITY):
            return
        if Territory.objects.exists():
            raise CommandError("La base contient déjà des territoires : la démonstration ne s'y mêle pas.")
        with transaction.atomic():
            territories = self._step("Territoires, plan et services", seed_places)
            self._step("Comptes de démonstration", lambda: seed_people(territories))
            self._step("2 000 signalements sur deux ans, leurs photos et leurs suites", seed_alerts)
            self._step("Bureaux des agents et modération", seed_desk)
            self._step("Budgets participatifs : travaux, vote, idées", lambda: seed_budgets(cleaned))
            seed_visits(territories)
        self._step("Fichiers de données ouvertes", make_due)

    def _list_accounts(self):
        """Say nothing of accounts that are not there."""
        there = set(User.objects.filter(email__in=[person.email for person in PEOPLE]).values_list("email", flat=True))
        for person in PEOPLE if settings.DEMO_CITY else ():
            if person.email in there:
                self.stdout.write(f"{person.email}  {person.name}, {person.blurb}")

    def _step(self, name, act):
        self.stdout.write(f"{name}… ", ending="")
        self.stdout.flush()
        started = time.monotonic()
        result = act()
        self.stdout.write(f"{time.monotonic() - started:.1f} s")
        return result
