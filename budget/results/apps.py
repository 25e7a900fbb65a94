from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResultsConfig(AppConfig):
    name = "budget.results"
    label = "results"
    verbose_name = _("Results of participatory budgets")

    def ready(self):
        from budget.participatory import sections
        from budget.results import parts
        from engagement.activity.sentences import register_sentences

        phases = ("counting", "delivering")
        sections.register("budget", "results/_budget.html", parts.of_budget, order=40, phases=phases)
        sections.register("envelope", "results/_envelope.html", parts.of_envelope, order=40)
        sections.register("proposal", "results/_proposal.html", parts.of_proposal, order=40)
        register_sentences({"results.counted": _("Votes counted: the result is here")})
