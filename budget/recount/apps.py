from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecountConfig(AppConfig):
    """Counting a file again, for anybody: knows no database, so that it starts at once and asks for nothing."""

    name = "budget.recount"
    label = "recount"
    verbose_name = _("Counting again")
