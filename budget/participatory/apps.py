from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParticipatoryConfig(AppConfig):
    name = "budget.participatory"
    label = "participatory"
    verbose_name = _("Participatory budgets")
