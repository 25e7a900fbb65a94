"""Neighbours who report the same thing: some of the pairs were joined, the others wait for an agent to see them."""

import datetime as dt
import random

from alerts.demo.chronicle import Chronicle, new_alert
from alerts.models import Alert
from alerts.screening import screen

SEED = 48
JOINED, SIDE_BY_SIDE = 14, 6
AWAY = 0.00018  # degrees, about 15 to 20 m
WORDS = (
    "Même problème que mes voisins, toute la rue en parle.",
    "Je ne sais pas si quelqu'un l'a déjà signalé : c'est toujours là ce matin.",
    "Bonjour, c'est juste devant chez moi, pouvez-vous faire quelque chose ?",
)
# What a moderator hides: nobody of that name lives in the demo city, and the number is one that nobody gets.
PERSONAL = "C'est monsieur Lantier, au 14, qui laisse tout dehors. Appelez-le au 06 39 98 00 00."


def tell(chronicle: Chronicle, now: dt.datetime) -> None:
    """Second reports beside some that wait; the service has joined most of them with the first."""
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    lately = now - dt.timedelta(days=60)
    waiting = [
        alert
        for alert in sorted(chronicle.alerts, key=lambda one: one.created_at, reverse=True)
        if not alert.state.final and lately < alert.created_at and alert.updated_at < now - dt.timedelta(days=2)
    ]
    served = [alert for alert in waiting if alert.body_id in chronicle.agents]
    others = [alert for alert in waiting if alert.body_id not in chronicle.agents]
    for alert in (served[:8] + others)[:JOINED]:
        second = neighbour(chronicle, rng, alert, now)
        chronicle.join(second, alert, second.created_at + (now - second.created_at) * 0.6)
    dumped = next(alert for alert in others[JOINED:] if alert.category.code == "depot-sauvage")
    neighbour(chronicle, rng, dumped, now, description=PERSONAL)
    for alert in (served[8:])[:SIDE_BY_SIDE]:
        neighbour(chronicle, rng, alert, now)


def neighbour(chronicle: Chronicle, rng: random.Random, alert: Alert, now: dt.datetime, **fields) -> Alert:
    """Another report of the same thing a few metres away, since the last that happened to the first."""
    at = alert.updated_at + (now - alert.updated_at) * rng.uniform(0.2, 0.6)
    place = alert.point.clone()
    place.x, place.y = place.x + rng.uniform(-AWAY, AWAY), place.y + rng.uniform(-AWAY, AWAY) / 2
    given = {"description": rng.choice(WORDS)} | fields
    second = new_alert(
        rng,
        at=at,
        category=alert.category,
        public_text=screen(given["description"]),
        point=place,
        address=alert.address,
        public_address=alert.public_address,
        answers={},
        territories=alert.territories,
        body=alert.body,
        also=alert.also,
        reasons=alert.reasons,
        **given,
    )
    chronicle.report(second)
    return second
