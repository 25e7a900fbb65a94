"""What officials' dashboards say of studies: which proposals wait for their signature."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import mandates
from budget.evaluation.querysets import ready, signed_by
from budget.proposals.models import Proposal
from geo.dashboards.declare import Ask, Asks
from geo.models import Territory

SHOWN = 5


def to_sign(viewer, territory: Territory) -> Asks | None:
    """The proposals there whose services have all handed in, the longest waiting first."""
    if not mandates(viewer, Role.OFFICIAL):
        return None
    rows = ready(Proposal.objects.filter(signed_by(viewer)).in_territory(territory)).select_related("envelope")
    items = [
        Ask(
            one.title,
            reverse("evaluation:decide", args=[one.reference]),
            timezone.localdate(one.updated_at),
            one.envelope.title,
        )
        for one in rows.order_by("updated_at", "pk")[:SHOWN]
    ]
    url = f"{reverse('evaluation:desk')}?vue=signer"
    return Asks("decisions", _("Decisions to sign"), items, rows.count(), url) if items else None
