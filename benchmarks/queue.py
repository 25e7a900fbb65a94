"""The agents' queue of a service with more than 100,000 reports, among 1,000,000: its page beside its own SQL."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Mandate, Role, User
from alerts.models import Alert
from benchmarks import data, server
from benchmarks.report import Report, in_turn, ms, p95

ROUNDS = 60
REPORTS = 100_000
PAGES = {
    "to do": "view=",
    "late": "view=late",
    "closed": "view=closed",
    "one category": "category={category}",
    "a search": "text=Jules+Verne",
    "a search with a wrong letter": "text=lampadiare",
}
QUEUE = "/agents/signalements/"


def run(report: Report) -> None:
    """p95 of each page over p95 of the statements it sends; and how many there are, for 3 reports and for 25."""
    data.prepare()
    agent, key = _agent()
    alert = Alert.objects.handled_by(agent).waiting().select_related("category").first()
    total = Alert.objects.handled_by(agent).count()
    counts = {}
    with server.running() as client:
        client.cookies.set(settings.SESSION_COOKIE_NAME, key)
        for name, query in PAGES.items():
            address = f"{QUEUE}?{query.format(category=alert.category.code)}"
            statements = _statements(key, address)
            counts[name] = len(statements)

            def ask(_number, address=address):
                client.get(address).raise_for_status()

            def bare(_number, statements=statements):
                with connection.cursor() as cursor:
                    for sql in statements:
                        cursor.execute(sql)
                        cursor.fetchall()

            asked, queried = in_turn(ROUNDS, ask, bare)
            report.at_most(
                f"queue of {total:,} reports, {name}: p95 / p95 of its {counts[name]} statements",
                p95(asked) / p95(queried),
                3,
                f"{ms(p95(asked))} / {ms(p95(queried))}",
            )
    few = len(_statements(key, f"{QUEUE}?text={alert.reference}"))
    report.at_most("queue: statements for 25 reports / for 1", counts["to do"] / few, 1, f"{counts['to do']} / {few}")


def _agent() -> tuple[User, str]:
    """An agent of the smallest service with enough reports, and the key of a session of theirs."""
    sizes = Alert.objects.order_by().values("body").annotate(n=Count("pk")).filter(n__gte=REPORTS).order_by("n")
    body = sizes.values_list("body", flat=True)[0]
    agent, _created = User.objects.get_or_create(email="agent@bench.example", defaults={"verification": 1})
    territory = Alert.objects.filter(body=body).select_related("body__territory").first().body.territory
    Mandate.objects.get_or_create(user=agent, role=Role.AGENT, body_id=body, territory=territory)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.save()
    return agent, session.session_key


def _statements(key: str, address: str) -> list[str]:
    """What the page sends to the database, as it was sent."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, headers={"host": "localhost"})
    if answer.status_code != 200:
        raise RuntimeError(f"the queue did not open: {answer.status_code}")
    return [one["sql"] for one in captured if one["sql"].startswith("SELECT")]
