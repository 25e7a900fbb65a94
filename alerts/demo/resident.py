"""The demo resident: her reports, one in each state she may meet, what she joined and what she follows."""

import datetime as dt
import random

from django.contrib.gis.geos import Point
from django.urls import reverse

from accounts.models import Role, User
from alerts.demo import pairs
from alerts.demo.chronicle import Chronicle
from alerts.demo.texts import KINDS, PLANNED, QUALIFIED, REJECTED
from alerts.models import Alert
from engagement.activity import follows
from engagement.activity.models import Rhythm
from geo.models import Territory

SEED = 1962
KIND = {kind.code: kind for kind in KINDS}
DAY = dt.timedelta(days=1)
QUESTION = "Cette lampe est-elle la seule éteinte, ou toute la rue est-elle dans le noir ?"
# Category, which of its reports, days ago; then the acts: name, days ago, message.
REPORTS = (
    ("fuite", 0, 0.6, ()),
    ("lampadaire", 0, 9.2, (("qualify", 8.4, QUALIFIED[0]), ("ask", 1.5, QUESTION))),
    ("depot-sauvage", 0, 6.3, (("qualify", 5.5, QUALIFIED[0]), ("resolve", 2.4, KIND["depot-sauvage"].answers[0]))),
    ("nid-de-poule", 0, 20.4, (("qualify", 18.5, QUALIFIED[0]), ("plan", 12.6, PLANNED[0]))),
    ("aire-de-jeux", 0, 15.3, (("qualify", 13.4, QUALIFIED[0]), ("start", 4.5, ""))),
    ("arbre", 1, 41.4, (("qualify", 39.5, QUALIFIED[0]), ("reject", 33.6, REJECTED[1]))),
    ("corbeille", 0, 90.4, (("qualify", 89.5, QUALIFIED[0]), ("resolve", 88.4, KIND["corbeille"].answers[0]))),
    ("trottoir", 0, 72.3, (("qualify", 70.5, QUALIFIED[0]), ("resolve", 31.5, KIND["trottoir"].answers[0]))),
)
ABROAD = "Toujours pareil : la dalle bascule encore, juste devant la boulangerie."
JOINS = 3


def tell(chronicle: Chronicle, reports, points, now: dt.datetime) -> None:
    """Her reports at some of these places, those of her quartier; nothing where she is not in the database."""
    user = User.objects.filter(mandates__role=Role.RESIDENT).order_by("pk").first()
    if user is None:
        return
    places = iter([point for point in points if point.quartier_code == user.residence.code])
    made = {}
    for code, text, ago, acts in REPORTS:
        theirs = {"description": KIND[code].reports[text], "reporter": user, "contact_email": user.email}
        alert = reports.make(KIND[code], next(places), now - ago * DAY, **theirs)
        chronicle.report(alert)
        made[code] = alert, None
        for act, then, message in acts:
            day = (now + 6 * DAY).date() if act == "plan" else None
            made[code] = alert, chronicle.act(alert, act, now - then * DAY, message=message, planned_for=day)
    _goes_on(chronicle, made, now)
    _same_as_others(chronicle, user, now)


def _goes_on(chronicle: Chronicle, made: dict, now: dt.datetime) -> None:
    """What she found at the place, and what followed."""
    bin_, emptied = made["corbeille"]
    chronicle.judge(bin_, emptied, now - 87 * DAY, fixed=True, satisfaction=5, comment="Impeccable, merci.")
    slab, laid = made["trottoir"]
    chronicle.judge(slab, laid, now - 29.5 * DAY, fixed=False, satisfaction=2, comment=ABROAD)
    chronicle.act(slab, "contest", now - 29.4 * DAY, message=ABROAD)
    chronicle.act(slab, "qualify", now - 28.5 * DAY, message="Merci de nous l'avoir dit. Nous y retournons.")
    chronicle.act(slab, "start", now - 1.6 * DAY, message="")
    swing, _started = made["aire-de-jeux"]
    chronicle.update(swing, now - 2.6 * DAY, "La planche est commandée, elle arrive vendredi.", voice="service")


def _same_as_others(chronicle: Chronicle, user: User, now: dt.datetime) -> None:
    """She has the problem of others too; and one she reported had been reported before."""
    others = [
        alert
        for alert in sorted(chronicle.alerts, key=lambda one: one.created_at, reverse=True)
        if not alert.state.final
        and alert.reporter is None
        and user.residence_id in alert.territories
        and now - 40 * DAY < alert.created_at
        and alert.updated_at < now - 3 * DAY
        and alert not in chronicle.originals.values()
    ]
    first, *more = others
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    hers = pairs.neighbour(chronicle, rng, first, now, reporter=user, contact_email=user.email)
    chronicle.join(hers, first, hers.created_at + (now - hers.created_at) / 2)
    for alert in more[:JOINS]:
        chronicle.support(alert, alert.created_at + (now - alert.created_at) / 2, user=user)
    chronicle.update(
        more[0], now - 2 * DAY, "Je passe là tous les jours : cela s'aggrave.", voice="resident", author=user
    )


def follow() -> int:
    """Her street, the square she crosses, a kind of problem and her quartier; returns how many."""
    user = User.objects.filter(mandates__role=Role.RESIDENT).order_by("pk").first()
    if user is None:
        return 0
    lamp = Alert.objects.filter(reporter=user, category__code="lampadaire").first()
    hole = Alert.objects.filter(reporter=user, category__code="nid-de-poule").first()
    news, home = reverse("activity:news"), user.residence
    street = lamp.address.split(" ", 1)[-1]
    corners = [
        Point(hole.point.x + dx, hole.point.y + dy, srid=4326)
        for dx, dy in ((-0.004, -0.002), (0.003, -0.0026), (0.0045, 0.0015), (-0.001, 0.003))
    ]
    areas = (
        (f"200 m autour de chez moi, {street}", follows.circle(lamp.point, 200), Rhythm.INSTANT),
        ("Mon trajet jusqu'à l'école", follows.polygon(corners), Rhythm.WEEKLY),
    )
    for number, (title, area, rhythm) in enumerate(areas, 1):
        key = f"{SEED}{number}".zfill(32)
        follows.follow(user=user, object_type="area", object_key=key, title=title, url=news, rhythm=rhythm, area=area)
    follows.follow(user=user, object_type="topic", object_key="alerts:trottoir", title=KIND["trottoir"].name, url=news)
    territory = Territory.objects.select_related("level").get(pk=home.pk)
    follows.follow(
        user=user,
        object_type="territory",
        object_key=territory.pk,
        title=str(territory),
        url=territory.get_absolute_url(),
        rhythm=Rhythm.DAILY,
    )
    return user.follows.count()
