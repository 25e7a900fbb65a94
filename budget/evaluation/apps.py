from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    name = "budget.evaluation"
    label = "evaluation"
    verbose_name = _("Study of proposals by the services")

    def ready(self):
        from accounts import sections as account
        from budget.evaluation import audience, duties, routing, sections  # noqa: F401
        from budget.participatory.sections import register
        from geo.dashboards import duties as dashboards

        register("proposal", "evaluation/_proposal.html", sections.of_proposal, order=20)
        dashboards.register(duties.to_sign)
        register("budget", "evaluation/_budget.html", sections.of_budget, order=20, phases=("evaluating",))
        account.register("evaluation/_account.html", sections.of_account)
