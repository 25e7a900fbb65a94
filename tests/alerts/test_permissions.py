"""Who may do what in which state: each role, each state, each act, against one table written by hand."""

from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from alerts import services
from alerts.judges import author_of, closing_of
from alerts.models import Alert, AlertEvent
from alerts.workflow import WORKFLOW
from common.workflow import TransitionError
from geo.models import Body

pytestmark = pytest.mark.django_db

OPEN = {"received", "qualified", "planned", "in_progress", "waiting"}
CLOSED = {"resolved", "rejected", "not_found"}
STATES = OPEN | CLOSED | {"duplicate"}

HANDLERS = {"agent of the service", "agent of a service beside it", "administrator", "superuser"}
# A superuser passes each permission there is.
OWNERS = {"holder of the link", "reporter", "superuser"}
OFFICE = {
    "agent of another service",
    "agent of another territory",
    "moderator",
    "official",
    "GIS officer",
    "administrator elsewhere",
}
RESIDENTS = {"supporter", "resident"}
SIGNED_IN = HANDLERS | OFFICE | RESIDENTS | {"reporter"}
ROLES = SIGNED_IN | {"stranger", "holder of the link"}

# Act: (in which states, by whom).
TABLE = {
    "qualify": ({"received", "waiting"}, HANDLERS),
    "plan": (OPEN, HANDLERS),
    "start": ({"qualified", "planned", "waiting"}, HANDLERS),
    "resolve": (OPEN, HANDLERS),
    "ask": (OPEN, HANDLERS),
    "not_found": (OPEN, HANDLERS),
    "reject": (OPEN, HANDLERS),
    "transfer": (OPEN, HANDLERS),
    "reopen": (CLOSED, HANDLERS),
    # Each names another report, and has a function of its own.
    "merge": (set(), set()),
    "unmerge": (set(), set()),
    "reply": ({"waiting"}, OWNERS),
    "withdraw": (OPEN, OWNERS),
    "contest": (CLOSED, OWNERS),
    "update": (OPEN | CLOSED, SIGNED_IN | {"holder of the link"}),
    "judge": ({"resolved"}, {"holder of the link", "reporter", "supporter"}),
    # Of a duplicate it goes to the report it was joined with.
    "support": (OPEN | {"duplicate"}, SIGNED_IN - {"reporter"}),
}
# Who is turned away before the state is looked at.
FIRST = {"update": ROLES - TABLE["update"][1], "support": {"stranger"}}


def expected(role: str, state: str, act: str) -> str:
    states, roles = TABLE[act]
    if role in FIRST.get(act, ()):
        return "refused"
    if state not in states:
        return "closed"
    return "done" if role in roles else "refused"


def test_the_table_knows_each_state_and_each_act_of_the_workflow():
    assert set(WORKFLOW.by_state) == STATES
    assert set(WORKFLOW.by_name) | {"update", "judge", "support"} == set(TABLE)


def people(town, beside: Body) -> dict[str, User]:
    """One person of each role; the holder of the link and the stranger are nobody known."""
    at_village = {"territory": town.village}
    return {
        "stranger": AnonymousUser(),
        "holder of the link": AnonymousUser(),
        "reporter": town.person("reporter@example.org"),
        "supporter": town.person("supporter@example.org"),
        "resident": town.person("resident@example.org"),
        "agent of the service": town.light_agent(),
        "agent of a service beside it": town.person("b@ville.example", Role.AGENT, body=beside),
        "agent of another service": town.person("v@ville.example", Role.AGENT, body=town.road_service),
        "agent of another territory": town.person(
            "e@village.example", Role.AGENT, body=town.light_service, **at_village
        ),
        "moderator": town.person("m@ville.example", Role.MODERATOR),
        "official": town.official(),
        "GIS officer": town.person("sig@ville.example", Role.GIS_OFFICER),
        "administrator": town.person("admin@ville.example", Role.ADMINISTRATOR),
        "administrator elsewhere": town.person("admin@village.example", Role.ADMINISTRATOR, **at_village),
        "superuser": User.objects.create_superuser("root@ville.example"),
    }


def in_each_state(town, reporter, supporter, beside: Body) -> dict[str, Alert]:
    """One report for each state, with the step that brought it there where it was closed."""

    def report():
        alert = services.report(
            category=town.street_light, point=town.IN_WEST, description="Éteint.", reporter=reporter
        )
        services.support(alert=alert, user=supporter)
        return alert

    original, made = report(), {}
    for state in sorted(STATES):
        alert = report()
        alert.also, alert.status = [beside.pk], state
        alert.closed_at = timezone.now() if alert.state.final else None
        alert.duplicate_of = original if state == "duplicate" else None
        alert.save()
        if state == "resolved":
            AlertEvent.objects.create(alert=alert, transition="resolve", from_status="received", to_status=state)
        made[state] = Alert.objects.select_related("category", "body", "reporter").get(pk=alert.pk)
    return made


def try_it(act: str, alert: Alert, person, *, holds_key: bool, body: Body) -> None:
    known = person if person.is_authenticated else None
    if act == "update":
        services.add_update(alert=alert, author=person, text="Voilà.", holds_key=holds_key)
    elif act == "judge":
        closing = closing_of(alert) or alert.events.last()
        services.judge(closing=closing, user=person, by=author_of(alert) if holds_key else None, fixed=True)
    elif act == "support":
        services.support(alert=alert, user=known, email=alert.contact_email if holds_key else "")
    else:
        services.apply(alert=alert, transition=act, actor=known, message="Voilà.", body=body, holds_key=holds_key)


def outcome(act: str, alert: Alert, person, **more) -> str:
    """What happens, undone again."""
    try:
        with transaction.atomic():
            try_it(act, alert, person, **more)
            transaction.set_rollback(True)
        return "done"
    except (PermissionDenied, TransitionError, ValueError) as error:
        closed = isinstance(error, TransitionError) or str(error) == str(services.CLOSED)
        return "closed" if closed else "refused"


def test_each_role_in_each_state_may_do_exactly_what_the_table_says(town):
    beside = Body.objects.create(slug="proprete", name="Propreté", territory=town.commune)
    everybody = people(town, beside)
    assert set(everybody) == ROLES
    alerts = in_each_state(town, everybody["reporter"], everybody["supporter"], beside)
    found = {
        (role, state, act): outcome(
            act, alerts[state], everybody[role], holds_key=role == "holder of the link", body=town.road_service
        )
        for role, state, act in product(sorted(ROLES), sorted(STATES), TABLE)
    }
    wrong = {case: f"{got}, not {expected(*case)}" for case, got in found.items() if got != expected(*case)}
    assert not wrong
    assert set(found.values()) == {"done", "closed", "refused"}


def test_what_is_not_public_is_added_to_only_by_those_who_may_see_it(town):
    beside = Body.objects.create(slug="proprete", name="Propreté", territory=town.commune)
    everybody = people(town, beside)
    alerts = in_each_state(town, everybody["reporter"], everybody["supporter"], beside)
    alert = alerts["qualified"]
    Alert.objects.filter(pk=alert.pk).update(is_public=False)
    may = {
        role
        for role, person in everybody.items()
        if outcome("update", alert, person, holds_key=role == "holder of the link", body=beside) == "done"
    }
    assert may == HANDLERS | {"reporter", "holder of the link", "moderator"}
