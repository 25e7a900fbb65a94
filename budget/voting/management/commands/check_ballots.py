"""manage.py check_ballots SLUG: are the ballots of a vote those of its chain, and the chain that of its paper?"""

from django.core.management.base import BaseCommand, CommandError

from budget.participatory.models import Budget, Envelope
from budget.voting import published


class Command(BaseCommand):
    help = "Compares the ballots of a budget with their chain and, once closed, with the record of the closing."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="the budget's address")

    def handle(self, *args, slug, verbosity=1, **options):
        budget = Budget.objects.filter(slug=slug).first()
        if budget is None:
            raise CommandError(f"There is no budget {slug}.")
        bad = 0
        for envelope in Envelope.objects.filter(budget=budget, paper__isnull=False).distinct():
            envelope.budget = budget
            problems = published.verify(envelope)
            bad += bool(problems)
            if verbosity:
                self.stdout.write(f"{envelope.slug}: {'; '.join(problems) or 'all is well'}")
        if bad:
            raise CommandError(f"{bad} envelope(s) are not as their chain says.")
