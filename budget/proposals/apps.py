from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

SHOWN = 4


class ProposalsConfig(AppConfig):
    name = "budget.proposals"
    label = "proposals"
    verbose_name = _("Proposals")

    def ready(self):
        from accounts import sections as account
        from budget.participatory import sections
        from budget.proposals import audience  # noqa: F401

        account.register("proposals/_mine.html", lambda request: {"proposals": request.user.proposals.newest()})
        sections.register("budget", "proposals/_of_budget.html", lambda request, budget: _of(budget), order=40)
        sections.register("envelope", "proposals/_of_budget.html", lambda request, one: _of(one.budget, one), order=10)


def _of(budget, envelope=None) -> dict:
    """The most supported proposals of a budget or of one of its envelopes."""
    from budget.proposals.models import Proposal

    rows = Proposal.objects.public().living().filter(**{"envelope": envelope} if envelope else {"budget": budget})
    most = rows.with_photo().with_price().select_related("envelope", "theme").order_by("-supports", "-pk")
    return {
        "count": rows.count(),
        "proposals": most[:SHOWN],
        "may_propose": budget.allows("propose"),
        "envelope": envelope.slug if envelope else "",
    }
