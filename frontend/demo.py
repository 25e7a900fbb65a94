"""The people of the demo city. They exist only in development: see common.checks and the seed_demo command."""

import datetime as dt
from typing import NamedTuple

from django.utils import timezone

from accounts.demo import DOMAIN, create
from accounts.models import Role, User, Verification
from frontend.dashboard.visits import visited
from geo.models import Body, Territory

LAST_VISIT = dt.timedelta(days=6)


class Person(NamedTuple):
    """A demo account: who it is, and what one can try with it."""

    name: str
    email: str
    blurb: str
    role: str
    territory: str
    body: str = ""
    verification: int = Verification.EMAIL


PEOPLE = (
    Person(
        "Inès Belkacem",
        f"habitante{DOMAIN}",
        "habitante de Centre-Halles",
        Role.RESIDENT,
        "XA001-01",
        verification=Verification.ELECTOR,
    ),
    Person(
        "Marc Tessier",
        f"agent-eclairage{DOMAIN}",
        "agent du service de l'éclairage public",
        Role.AGENT,
        "XA001",
        "eclairage-public",
    ),
    Person(
        "Awa Diarra", f"agente-voirie{DOMAIN}", "agente de la direction de la voirie", Role.AGENT, "XA001", "voirie"
    ),
    Person(
        "Yann Le Goff",
        f"agent-parcs{DOMAIN}",
        "agent du service des parcs et jardins",
        Role.AGENT,
        "XA001",
        "parcs-et-jardins",
    ),
    Person("Hélène Corvec", f"elue{DOMAIN}", "élue du quartier Centre-Halles", Role.OFFICIAL, "XA001-01"),
    Person("Rachid Benali", f"maire{DOMAIN}", "maire de Valmore-sur-Lys", Role.OFFICIAL, "XA001"),
    Person("Tomas Nguyen", f"sig{DOMAIN}", "responsable du SIG de Valmore-sur-Lys", Role.GIS_OFFICER, "XA001"),
    Person("Léa Rousset", f"moderation{DOMAIN}", "modératrice", Role.MODERATOR, "XA001"),
    Person("Paul Arnaud", f"administration{DOMAIN}", "administrateur de la ville", Role.ADMINISTRATOR, "XA001"),
)


def seed_people(territories: dict[str, Territory]) -> list[User]:
    """Create the demo accounts with their mandates in these territories (by code)."""
    return [
        create(
            email=person.email,
            display_name=person.name,
            role=person.role,
            territory=territories[person.territory],
            body=Body.objects.get(slug=person.body) if person.body else None,
            verification=person.verification,
            residence=territories[person.territory] if person.role == Role.RESIDENT else None,
        )
        for person in PEOPLE
    ]


def seed_visits(territories: dict[str, Territory]) -> None:
    """The elected officials looked at their dashboards some days ago: there is news since."""
    before = timezone.now() - LAST_VISIT
    for person in PEOPLE:
        if person.role == Role.OFFICIAL:
            user = User.objects.get(email=person.email)
            visited(user=user, territory=territories[person.territory], now=before)
