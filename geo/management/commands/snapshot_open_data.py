"""`manage.py snapshot_open_data`: the nightly files of open data, now."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from geo.opendata import snapshot


class Command(BaseCommand):
    help = _("Write the files of the public layers and their catalogue now, without waiting for the night.")

    def handle(self, **options):
        folder = snapshot.make()
        self.stdout.write(_("Written: %(folder)s") % {"folder": folder})
