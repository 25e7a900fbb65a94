"""To whom a report can be given."""

from django.db.models import Q

from accounts.models import Mandate, Role, User
from alerts.models import Alert, ResponseTemplate, Team


def agents(bodies, territories=None) -> list[User]:
    """Agents of these bodies (ids or a query), whose mandate covers one of these territories where they are given."""
    mandates = Mandate.objects.in_force().filter(role=Role.AGENT, body__in=bodies)
    if territories is not None:
        mandates = mandates.filter(territory__in=territories)
    return list(User.objects.filter(pk__in=mandates.values("user"), is_active=True).order_by("display_name", "email"))


def teams(bodies) -> list[Team]:
    """Teams of these bodies (ids or a query)."""
    return list(Team.objects.filter(body__in=bodies))


def templates(alert: Alert) -> list[ResponseTemplate]:
    """The answers usually given to such a report: of its services, of its category and what that is inside."""
    lineage, category = [], alert.category
    while category and category.pk not in lineage:
        lineage.append(category.pk)
        category = category.parent
    return list(
        ResponseTemplate.objects.filter(
            Q(body=None) | Q(body__in=alert.bodies), Q(category=None) | Q(category__in=lineage)
        )
    )
