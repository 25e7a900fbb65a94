"""A team of the street lighting, its shared work, a shortlist, and two reports of one lamp in the demo city."""

import datetime as dt

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from alerts import services
from alerts.models import Alert, Priority, Team


@transaction.atomic
def seed() -> int:
    """Returns the number of reports that were given to somebody."""
    agent = User.objects.filter(mandates__role=Role.AGENT, mandates__body__slug="eclairage-public").first()
    if agent is None:
        return 0
    body = agent.mandates.get(role=Role.AGENT).body
    team = Team.objects.create(body=body, name="Équipe du centre")
    team.members.add(agent)
    waiting = list(Alert.objects.handled_by(agent).waiting().order_by("-due_on", "id")[:9])
    for position, alert in enumerate(waiting):
        holder = {"assignee": agent} if position % 3 == 0 else {"team": team}
        services.assign(alert=alert, actor=agent, **holder)
        if position % 4 == 1:
            services.prioritise(alert=alert, actor=agent, priority=Priority.HIGH)
        if position < 5:
            services.shortlist(user=agent, alert=alert, on=True)
    services.save_filter(user=agent, name="Urgents", query="priority=1")
    services.save_filter(user=agent, name="À personne", query="assignee=personne")
    _second_report(waiting[0])
    return len(waiting)


def _second_report(alert: Alert) -> None:
    """A neighbour reports the same thing 40 m away: agents are shown both."""
    place = Point(alert.point.x + 0.0004, alert.point.y + 0.0002, srid=4326)
    second = services.report(
        category=alert.category, point=place, description="Même panne que chez mes voisins, toute la rue est noire."
    )
    moment = timezone.now() - dt.timedelta(hours=5)
    Alert.objects.filter(pk=second.pk).update(created_at=moment, updated_at=moment, address=alert.address)
