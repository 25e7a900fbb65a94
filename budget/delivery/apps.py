from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "budget.delivery"
    label = "delivery"
    verbose_name = _("Works of participatory budgets")

    def ready(self):
        from accounts import sections as account
        from budget.delivery import audience, duties, parts
        from budget.participatory import sections
        from geo.dashboards.duties import register

        audience.register()
        account.register("delivery/_account.html", parts.of_account)
        register(duties.to_sign)
        sections.register("budget", "delivery/_budget.html", parts.of_budget, order=50, phases=("delivering",))
        sections.register("proposal", "delivery/_proposal.html", parts.of_proposal, order=50)
