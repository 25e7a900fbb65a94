"""A budget of the test town, for tests of every room of budget/."""

import datetime as dt

from django.utils import timezone

from budget.participatory import services
from budget.participatory.models import Budget, Theme
from budget.participatory.phases import ORDER, Window
from geo.models import Level

DAY = dt.timedelta(days=1)


def make_budget(town, *, now: tuple[str, ...] = ("collecting", "supporting"), published=True, **fields) -> Budget:
    """A published edition of `town` with an envelope for the city and one for each of its two districts.

    The phases named in `now` are open; those before them in the order of a budget are over, the others to come.
    """
    fields = {"slug": "edition-1", "title": "Budget participatif", "total": 1_000_000_00} | fields
    budget = Budget.objects.create(territory=town.commune, **fields)
    services.add_envelope(budget=budget, scope="city", title="Toute la ville", amount=400_000_00)
    services.add_districts(budget=budget, level=Level.objects.get(code="quartier"), amount=300_000_00)
    services.set_phases(budget=budget, windows=windows(now))
    if published:
        services.publish(budget=budget)
        budget.refresh_from_db()
    return budget


def windows(now: tuple[str, ...]) -> list[Window]:
    """A week for each phase; those in `now` are open together, those before them are over."""
    today, first, last = timezone.now(), ORDER.index(now[0]), ORDER.index(now[-1])
    found = []
    for at, kind in enumerate(ORDER):
        if kind in now:
            opens, closes = today - DAY, today + DAY
        elif at < first:
            opens, closes = today - (first - at + 1) * 7 * DAY, today - (first - at) * 7 * DAY
        else:
            opens, closes = today + (at - last) * 7 * DAY, today + (at - last + 1) * 7 * DAY
        found.append(Window(kind, opens, None if kind == "delivering" else closes))
    return found


def make_theme(town, code="sport", name="Sport") -> Theme:
    return Theme.objects.create(code=code, name=name, icon="⚽", competence=town.roads)
