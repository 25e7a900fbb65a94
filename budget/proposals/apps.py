from django.apps import AppConfig
from django.db.models import Case, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

SHOWN = 4
OUT = Case(When(status__in=("unfeasible", "not_elected", "abandoned"), then=1), default=0)


class ProposalsConfig(AppConfig):
    name = "budget.proposals"
    label = "proposals"
    verbose_name = _("Proposals")

    def ready(self):
        from accounts import sections as account
        from budget.participatory import sections
        from budget.proposals import audience  # noqa: F401

        account.register("proposals/_mine.html", lambda request: {"proposals": request.user.proposals.newest()})
        part = "proposals/_of_budget.html"
        sections.register("budget", part, _of_budget, order=10, phases=("collecting", "supporting"))
        sections.register("envelope", part, lambda request, one: _of(one.budget, one), order=10)


def _of_budget(request, budget) -> dict:
    if budget.allows("propose"):
        action = {"url": reverse("proposals:propose", args=[budget.slug]), "words": _("Propose equipment")}
    else:
        action = {"url": reverse("proposals:list", args=[budget.slug]), "words": _("See the proposals")}
    return _of(budget) | {"action": action}


def _of(budget, envelope=None) -> dict:
    """The most supported proposals of a budget or of one of its envelopes, those that are out of it last."""
    from budget.proposals.models import Proposal

    rows = Proposal.objects.public().living().filter(**{"envelope": envelope} if envelope else {"budget": budget})
    most = rows.with_photo().with_price().select_related("envelope", "theme").order_by(OUT, "-supports", "-pk")
    place = (envelope and envelope.territory) or budget.territory
    return {
        "count": rows.count(),
        "territory": f"{place.level.code}:{place.code}",
        "proposals": most[:SHOWN],
        "may_propose": budget.allows("propose"),
        "envelope": envelope.slug if envelope else "",
    }
