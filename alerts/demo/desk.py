"""The desks of the demo agents: teams, who has what, what is urgent, filters, a round; and the moderator's day."""

from django.db import transaction

from accounts.models import Role, User
from alerts import services
from alerts.demo.pairs import PERSONAL
from alerts.demo.scenes import PLATE
from alerts.models import Alert, AlertPhoto, Moderation, Priority, Team

# Service: its teams; the agent is in the first one.
TEAMS = {
    "eclairage-public": ("Équipe du centre", "Équipe des faubourgs"),
    "voirie": ("Chaussées", "Trottoirs et signalisation"),
    "parcs-et-jardins": ("Arbres et massifs", "Aires de jeux"),
}
FILTERS = {
    "eclairage-public": (
        ("Urgents", "priority=1"),
        ("À personne", "assignee=personne"),
        ("Des habitants contestent", "view=closed&contested=on"),
    ),
    "voirie": (
        ("Nids-de-poule, les plus suivis", "category=nid-de-poule&sort=supports"),
        ("Questions sans réponse", "etat=waiting"),
        ("En retard", "view=late"),
    ),
    "parcs-et-jardins": (
        ("En retard", "view=late"),
        ("À personne", "assignee=personne"),
    ),
}
GIVEN, ROUND = 14, 7
NOTE = "Nacelle réservée jusqu'à vendredi : passer ici dans la même tournée."
OFF_TOPIC = "La photo montre une autre rue."
NAMES_SOMEBODY = "Le texte nomme un voisin et donne son numéro."


@transaction.atomic
def seed() -> int:
    """Returns the number of reports that were given to somebody."""
    given = 0
    for slug in TEAMS:
        agent = User.objects.filter(mandates__role=Role.AGENT, mandates__body__slug=slug).order_by("pk").first()
        given += _desk(agent, slug) if agent else 0
    if moderator := User.objects.filter(mandates__role=Role.MODERATOR).order_by("pk").first():
        _moderate(moderator)
    return given


def _desk(agent: User, slug: str) -> int:
    body = agent.mandates.get(role=Role.AGENT).body
    first, second = (Team.objects.create(body=body, name=name) for name in TEAMS[slug])
    first.members.add(agent)
    mine = Alert.objects.handled_by(agent).waiting().filter(body=body)
    waiting = list(mine.order_by("-due_on", "id")[:GIVEN])
    for position, alert in enumerate(waiting):
        holder = ({"assignee": agent}, {"team": first}, {"assignee": agent, "team": first}, {"team": second})
        services.assign(alert=alert, actor=agent, **holder[position % 4])
        if position % 5 == 1:
            services.prioritise(alert=alert, actor=agent, priority=Priority.HIGH)
        if position % 7 == 3:
            services.prioritise(alert=alert, actor=agent, priority=Priority.LOW)
    services.note(alert=waiting[0], actor=agent, text=NOTE)
    for alert in _round(mine, waiting[0]):
        services.shortlist(user=agent, alert=alert, on=True)
    for name, query in FILTERS[slug]:
        services.save_filter(user=agent, name=name, query=query)
    return len(waiting)


def _round(rows, first: Alert) -> list[Alert]:
    """Places one can walk to from the first."""
    return list(rows.near(first.point, 2000)[:ROUND])


def _moderate(moderator: User) -> None:
    """A text that names somebody, a photo of elsewhere, and a number plate, each treated as it should be."""
    rows = Alert.objects.moderated_by(moderator).filter(reporter=None).order_by("-created_at", "-pk")
    text = rows.get(description=PERSONAL)
    services.hide(
        alert=text,
        actor=moderator,
        target=Moderation.Target.TEXT,
        reason=Moderation.Reason.PERSONAL,
        note=NAMES_SOMEBODY,
    )
    shown = AlertPhoto.objects.filter(alert__in=rows, step=None, state=AlertPhoto.State.SHOWN).order_by("-pk")
    plate = shown.filter(alert__category__code="stationnement").first()
    services.blur_photo(photo=plate, areas=[PLATE], actor=moderator)
    elsewhere = shown.filter(alert__category__code="depot-sauvage").first()
    services.hide(
        alert=elsewhere.alert,
        actor=moderator,
        target=Moderation.Target.PHOTO,
        reason=Moderation.Reason.OFF_TOPIC,
        note=OFF_TOPIC,
        photo=elsewhere,
    )
