"""Casting a ballot through HTTP, each by another signed-in resident, against a view that inserts one row."""

import datetime as dt
import secrets
import statistics

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User, Verification
from benchmarks import server
from benchmarks.report import Report, in_turn, ms
from budget.participatory import services as budgets
from budget.participatory.models import Budget
from budget.participatory.phases import Window
from budget.proposals.models import Proposal
from budget.voting import services
from geo.models import Territory

ROUNDS = 200
HOUR = dt.timedelta(hours=1)
PROJECTS = 30
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def run(report: Report) -> None:
    """Ballots per second of one sender, and as a share of a view that inserts one row."""
    if not Territory.objects.filter(code="XA001").exists():
        call_command("seed_demo")
    budget = open_vote()
    path = f"/budgets/{budget.slug}/voter/{budget.envelopes.get(scope='territory').slug}/relire/"
    sessions = iter(residents(budget, ROUNDS + 10))
    with server.running() as client:
        client.get("/signaler/").raise_for_status()
        token = client.cookies["csrftoken"]

        def cast(number):
            form = {"csrfmiddlewaretoken": token, "choix": str(1 + number % PROJECTS)}
            answer = client.post(path, data=form, headers={"Cookie": f"csrftoken={token}; sessionid={next(sessions)}"})
            if answer.status_code != 302 or not answer.headers["location"].endswith("/recu/"):
                raise RuntimeError(f"the ballot was not taken: {answer.status_code} {answer.text[:500]}")

        def insert(_number):
            client.post("/bench/insert", data={"description": "x"}).raise_for_status()

        took, inserted = map(statistics.median, in_turn(ROUNDS, cast, insert))
    report.at_least(
        f"casting a ballot: {1 / took:.0f} a second of one sender, as a share of a view that inserts one row",
        inserted / took,
        0.5,
        f"{ms(took)} / {ms(inserted)}",
    )


def open_vote() -> Budget:
    """A vote that is open, in one district."""
    district = Territory.objects.filter(level__code="quartier").order_by("code").first()
    fields = {"total": 100_000_00, "territory": district.parent}
    budget = Budget.objects.create(slug=f"banc-{secrets.token_hex(4)}", title="Banc d’essai", **fields)
    envelope = budgets.add_envelope(budget=budget, scope="territory", territory=district, amount=100_000_00)
    now = timezone.now()
    Proposal.objects.bulk_create(
        Proposal(
            budget=budget,
            envelope=envelope,
            title=f"Projet {number}",
            status="feasible",
            cost=1000_00 * number,
            created_at=now,
            updated_at=now,
        )
        for number in range(1, PROJECTS + 1)
    )
    services.print_paper(budget=budget)
    windows = [Window("voting", now - HOUR, now + 24 * HOUR)]
    budgets.set_phases(budget=budget, windows=windows)
    budgets.publish(budget=budget)
    return budget


def residents(budget: Budget, count: int) -> list[str]:
    """Session keys of so many people who live in the district."""
    home = budget.envelopes.get(scope="territory").territory
    people = User.objects.bulk_create(
        User(email=f"{secrets.token_hex(8)}@example.org", verification=Verification.RESIDENCE, residence=home)
        for _number in range(count)
    )
    keys = []
    for person in people:
        session = SessionStore()
        session.update(
            {
                SESSION_KEY: str(person.pk),
                BACKEND_SESSION_KEY: BACKEND,
                HASH_SESSION_KEY: person.get_session_auth_hash(),
            }
        )
        session.create()
        keys.append(session.session_key)
    return keys
