"""What officials' dashboards say of works: which execution pages say something that nobody has signed yet."""

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import mandates
from budget.delivery.models import WON, Signature
from budget.delivery.services import SIGN, url_of
from budget.delivery.snapshots import digest, snapshots
from budget.participatory.models import Envelope
from budget.proposals.models import Proposal
from geo.dashboards.declare import Ask, Asks
from geo.models import Territory

SHOWN = 5


def to_sign(viewer, territory: Territory) -> Asks | None:
    """The pages of that territory's envelopes, or of its budgets', that changed since they were signed."""
    if not mandates(viewer, Role.OFFICIAL):
        return None
    last = Signature.objects.filter(envelope=OuterRef("pk")).order_by("-signed_at", "-pk")
    rows = Envelope.objects.filter(
        Q(territory=territory) | Q(budget__territory=territory),
        Exists(Proposal.objects.public().filter(envelope=OuterRef("pk"), status__in=WON)),
    ).annotate(signed=Subquery(last.values("digest")[:1]), signed_on=Subquery(last.values("signed_at")[:1]))
    rows = rows.select_related("territory__parent__parent", "budget__territory__parent__parent")
    mine = [one for one in rows.order_by("-budget", "position", "pk") if viewer.has_perm(SIGN, one)]
    found = snapshots(mine)
    waiting = [one for one in mine if digest(found[one.pk]) != one.signed]
    items = [
        Ask(
            one.title,
            url_of(one),
            timezone.localdate(one.signed_on or one.budget.published_at),
            _("Changed since it was signed") if one.signed else _("Never signed"),
        )
        for one in waiting[:SHOWN]
    ]
    url = reverse("delivery:budget", args=[waiting[0].budget.slug]) if waiting else ""
    return Asks("works", _("Works to sign"), items, len(waiting), url) if items else None
