"""A city's dashboard at 1,000,000 alerts, as the page an elected official of the whole city opens, through HTTP.

Warm: the figures were counted within the last minutes, for anybody. Cold: for nobody, as after ten quiet minutes.
"""

import statistics
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import cache

from accounts.models import Mandate, Role, User
from benchmarks import data, server
from benchmarks.report import Report, in_turn, ms, p95
from geo.models import Territory

WARM, COLD = 60, 3
LIMIT = 0.300  # seconds


def run(report: Report) -> None:
    """p95 of the warm page over 300 ms, for the usual period and for everything; the cold page is only told."""
    data.prepare()
    city = Territory.objects.select_related("level").get(code="XA001")
    cookies = {settings.SESSION_COOKIE_NAME: _signed_in(city)}
    address = f"/territoires/{city.level.code}/{city.code}/tableau-de-bord/"
    with server.running() as client:

        def ask(period: str):
            client.get(address, params={"periode": period}, cookies=cookies).raise_for_status()

        for period in ("3-mois", "12-mois", "tout"):
            (cold,) = in_turn(COLD, lambda _n, of=period: (cache.clear(), ask(of)))
            (warm,) = in_turn(WARM, lambda _n, of=period: ask(of))
            told = f"{ms(p95(warm))} / {ms(LIMIT)}"
            report.at_most(f"Dashboard of a city ({period}), warm: p95 / 300 ms", p95(warm) / LIMIT, 1, told)
            told = f"{ms(statistics.median(cold))} / {ms(statistics.median(warm))}"
            report.say(
                f"Dashboard of a city ({period}): cold / warm", statistics.median(cold) / statistics.median(warm), told
            )


def _signed_in(city: Territory) -> str:
    """The key of a session of an official of the whole city."""
    person, _made = User.objects.get_or_create(email="elu-de-la-ville@bench.invalid")
    Mandate.objects.get_or_create(user=person, role=Role.OFFICIAL, territory=city)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return session.session_key
