"""The people of the test of a budget's whole life, each in a browser of their own."""

import pgtrigger
from django.conf import settings
from django.test import Client

from accounts.models import Role, Verification
from budget.participatory.models import Budget, Phase
from budget.proposals.models import Price, Proposal
from budget.voting.eligibility import ACCOUNT, Facts
from budget.voting.polls import Poll, Voter
from budget.voting.services import cast
from tests.budget.edition import make_budget, make_theme, windows

PHONE = 360
LANE, PITCH, FOUNTAIN = "Piste cyclable de l'école au stade", "Terrain multisport", "Fontaine à eau"


class Life:
    """A budget of the test town and the people who make it; each has a browser of their own, a phone."""

    def __init__(self, town, open_page, axe, live_server):
        self.town, self.open_page, self.axe, self.url = town, open_page, axe, live_server.url
        self.pages = {}
        self.ines = self.resident("ines@example.org", "Inès")
        self.karim = self.resident("karim@example.org", "Karim")
        self.boss = town.person("dgs@ville.example", Role.ADMINISTRATOR, display_name="Paul Arnaud")
        self.mayor = town.person("elue@ville.example", Role.OFFICIAL, display_name="Hélène Corvec")
        self.agent = town.person("rue@ville.example", Role.AGENT, body=town.road_service, display_name="Awa Diarra")
        self.theme = make_theme(town)
        Price.objects.create(code="piste", name="Piste cyclable", theme=self.theme, unit="m", cost=480_00, year=2026)
        self.budget = make_budget(town, votes_age=16)
        self.west = self.budget.envelopes.get(territory=town.west)
        self.at = f"/budgets/{self.budget.slug}/"

    def resident(self, email, name):
        fields = {"verification": Verification.RESIDENCE, "residence": self.town.west, "display_name": name}
        return self.town.person(email, **fields)

    def page(self, person, path=None):
        """Their page, at `path` if one is given."""
        if person not in self.pages:
            page = self.open_page("/a-propos/", PHONE)
            client = Client()
            client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
            name = settings.SESSION_COOKIE_NAME
            page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.url}])
            self.pages[person] = page
        if path:
            self.pages[person].goto(path)
        return self.pages[person]

    def sound(self, page) -> None:
        """Nothing that axe finds, nothing that stands out on the right."""
        assert self.axe(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, page.url

    def move(self, *now: str) -> None:
        """These phases are open: time has passed."""
        with pgtrigger.ignore("participatory.Phase:vote_stays"):
            for window in windows(now):
                rows = Phase.objects.filter(budget=self.budget, kind=window.kind)
                rows.update(opens_at=window.opens_at, closes_at=window.closes_at)
        self.budget = Budget.objects.whole().get()

    def proposal(self, title) -> Proposal:
        return Proposal.objects.get(title=title)


def neighbours_vote(life: Life) -> None:
    """Nine others vote on the site."""
    numbers = {row.title: row.number for row in life.west.paper.all()}
    given = [[LANE, FOUNTAIN]] * 3 + [[LANE]] * 2 + [[PITCH]] * 4
    places = (life.town.west.pk, life.town.commune.pk)
    for at, titles in enumerate(given, 1):
        facts = Facts(ACCOUNT, Verification.RESIDENCE, places, of_age_on_honour=True)
        chosen = dict.fromkeys((numbers[one] for one in titles), 1)
        cast(poll=Poll(life.budget), voter=Voter(f"account:{-at}", facts), envelope=life.west, given=chosen)
