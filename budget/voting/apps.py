from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VotingConfig(AppConfig):
    name = "budget.voting"
    label = "voting"
    verbose_name = _("Votes of participatory budgets")

    def ready(self):
        from budget.participatory import sections as pages
        from budget.proposals.services.steps import when_changed
        from budget.voting import sections
        from budget.voting.services.paper import leave_paper
        from engagement.activity.sentences import register_sentences

        when_changed(leave_paper)
        pages.register("budget", "voting/_budget.html", sections.of_budget, order=30, phases=("publishing", "voting"))
        pages.register("envelope", "voting/_envelope.html", sections.of_envelope, order=30)
        pages.register("proposal", "voting/_proposal.html", sections.of_proposal, order=30)
        register_sentences({"voting.closed": _("Vote closed: its ballots are public")})
