"""The participatory budgets of the demo city: proposed, studied, voted, counted, built."""

import datetime as dt

from django.db.models import Count, Q
from django.utils import timezone
from playwright.sync_api import expect

from accounts.demo import people
from accounts.models import Mandate, Role
from budget.evaluation.models import Assignment
from budget.evaluation.services import assign
from budget.participatory.models import Budget, Envelope
from budget.proposals.models import Proposal
from budget.results import tasks
from budget.voting.models import CountedBallot
from docs.guides.screenshots.album import DESKTOP, PHONE, Album
from docs.guides.screenshots.residents import somebody


def residents(album: Album) -> None:
    """On a phone: the ideas on the map, a proposal, the ballot, the receipt, and why a project lost."""
    page = album.page(PHONE, as_=somebody(Role.RESIDENT))
    collecting = _edition("propose")
    page.goto(collecting.get_absolute_url())
    expect(page.locator(".leaflet-container").first).to_be_visible()
    album.take(page, "habitants-budget", height=1250)
    page.goto(_discussed(collecting).get_absolute_url())
    album.take(page, "habitants-proposition", height=1000)
    _ballot(album, page)
    envelope = _with_losers()
    ballot = CountedBallot.objects.filter(envelope=envelope).exclude(choices="").order_by("receipt").first()
    page.goto(f"{envelope.budget.get_absolute_url()}scrutin/")
    page.locator("[name=recu]").fill(ballot.receipt)
    page.get_by_role("button", name="Chercher").click()
    page.wait_for_load_state("networkidle")
    album.take(page, "habitants-recu", at=page.locator("[name=recu]").locator("xpath=ancestor::section"), height=560)
    page.goto(f"{envelope.budget.get_absolute_url()}resultats/{envelope.slug}/")
    lost = page.get_by_role("heading", name="Projets non choisis")
    album.take(page, "habitants-pourquoi", at=lost, height=560)


def desks(album: Album) -> None:
    """A service studies, the vote is run, officials count and sign."""
    page = album.page(DESKTOP, as_=_agent())
    page.goto(_asked().get_absolute_url())
    page.get_by_label("Réalisable", exact=True).check()
    page.get_by_role("button", name="Partir de l'estimation").click()
    page.wait_for_load_state("networkidle")
    page.get_by_role("textbox", name="Motif public").fill(
        "Réalisable, en laissant trois mètres aux véhicules de secours."
    )
    album.take(page, "agents-etude", height=1000)
    page = album.page(DESKTOP, as_=somebody(Role.ADMINISTRATOR))
    page.goto(f"/agents/scrutins/{_edition('vote').slug}/")
    album.take(page, "agents-scrutin", height=1000)
    tasks.sweep()
    envelope = _with_losers()
    page.goto(f"{envelope.budget.get_absolute_url()}resultats/{envelope.slug}/")
    album.take(page, "elus-resultat", height=1000)
    official = somebody(Role.OFFICIAL)
    mandate = official.mandates.filter(role=Role.OFFICIAL).order_by("pk").first()
    page = album.page(DESKTOP, as_=official)
    page.goto(_works_of(mandate))
    album.take(page, "elus-travaux", at=page.locator("article, .card").first, height=660)


def _ballot(album: Album, page) -> None:
    """Two projects in the cart; the ballot is not cast."""
    home = somebody(Role.RESIDENT).residence
    envelope = Envelope.objects.get(budget=_edition("vote"), territory=home)
    page.goto(f"{envelope.budget.get_absolute_url()}voter/{envelope.slug}/")
    boxes = page.locator("input[name=projet]")
    for box in boxes.all():
        box.uncheck()
    for box in boxes.all()[:2]:
        box.check()
    expect(page.locator("[data-left]")).to_contain_text("Il vous reste")
    album.take(page, "habitants-voter", height=900)


def _edition(act: str) -> Budget:
    """The edition in which that is open now."""
    return next(one for one in Budget.objects.published().prefetch_related("phases") if one.allows(act))


def _discussed(budget: Budget) -> Proposal:
    """One whose place is a point, supported by many."""
    return Proposal.objects.filter(budget=budget, hidden_at=None).exclude(shape=None).order_by("-supports").first()


def _with_losers() -> Envelope:
    """The district of the edition being built in which the most projects lost."""
    lost = Count("proposals", filter=Q(proposals__status="not_elected"))
    rows = Envelope.objects.filter(budget=_edition("deliver"), scope="territory").select_related("budget")
    return rows.annotate(lost=lost).order_by("-lost", "pk").first()


def _agent():
    """An agent of a service that studies proposals."""
    return people().filter(mandates__role=Role.AGENT, mandates__body__slug="voirie").first()


def _asked() -> Assignment:
    """A study asked of that agent's service, and not begun."""
    agent = _agent()
    known = Assignment.objects.handled_by(agent).waiting().first()
    if known:
        return known
    body = agent.mandates.get(role=Role.AGENT).body
    budget = _edition("evaluate")
    proposal = Proposal.objects.filter(budget=budget, theme__code="mobilites", status="posted").order_by("pk").first()
    deadline = timezone.localdate() + dt.timedelta(days=28)
    return assign(proposal=proposal, body=body, deadline=deadline, actor=somebody(Role.ADMINISTRATOR))


def _works_of(mandate: Mandate) -> str:
    """The execution page of that official's district."""
    envelope = Envelope.objects.select_related("budget").get(budget=_edition("deliver"), territory=mandate.territory)
    return f"{envelope.budget.get_absolute_url()}realisation/{envelope.slug}/"
