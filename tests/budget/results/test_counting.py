"""Votes are counted once, by the published rule, in one go: what follows is there, or nothing of it."""

import os

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from accounts.models import Role
from budget.counting import count as kernel
from budget.proposals.models import Proposal
from budget.results import services, tasks
from budget.results.elections import options_of, vote_of
from budget.results.models import Count, CountOrder
from engagement.activity.models import Activity
from tests.budget.results.voted import finished, west_of
from tests.engagement.posting import wait_for, worker

pytestmark = pytest.mark.django_db


def states(envelope) -> dict[str, str]:
    return dict(Proposal.objects.filter(envelope=envelope).values_list("title", "status"))


def test_an_administrator_asks_and_the_projects_are_chosen_by_the_rule(town):
    budget = finished(town)
    boss = town.person("chef@ville.example", Role.ADMINISTRATOR)
    assert services.order(budget=budget, user=boss) == 2
    tasks.count_waiting()
    envelope = west_of(budget)
    made = Count.objects.get(envelope=envelope, official=True)
    # 45 for benches, 40 for the playground, 30 for the lane, which no longer fits, 20 for the fountain, which does.
    assert (made.cost, made.left) == (80_000_00, 20_000_00)
    assert states(envelope) == {
        "Aire de jeux": "elected",
        "Bancs": "elected",
        "Piste cyclable": "not_elected",
        "Fontaine": "elected",
    }
    assert made.figures["voters"] == 85
    assert made.figures["blank"] == 2
    assert made.figures["satisfied"] == 60
    assert made.figures["channels"] == {"internet": 87}
    assert made.ballots_hash == budget.closing.envelopes[envelope.slug]["file"]
    assert Activity.objects.filter(verb="results.counted").count() == 2
    assert Activity.objects.filter(verb="proposals.elected").count() == 3 + 3
    # Again: the same.
    assert services.order(budget=budget, user=boss) == 0
    tasks.sweep()
    assert Count.objects.filter(envelope=envelope, official=True).get().hash == made.hash
    assert Count.objects.filter(envelope=envelope, official=False).count() == len(services.OTHERS) - 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Count.objects.filter(pk=made.pk).update(winners=[])


def test_nothing_is_counted_before_its_time_or_by_anybody(town):
    boss = town.person("chef@ville.example", Role.ADMINISTRATOR)
    still_open = finished(town, closed=False, slug="a")
    with pytest.raises(services.CountError):
        services.order(budget=still_open, user=boss)
    with pytest.raises(DatabaseError), transaction.atomic():
        Count.objects.create(envelope=west_of(still_open), official=True, rule="greedy", cost=0, hash="x")
    too_early = finished(town, counting=False, slug="b")
    with pytest.raises(services.CountError):
        services.order(budget=too_early, user=boss)
    budget = finished(town, slug="c")
    with pytest.raises(PermissionDenied):
        services.order(budget=budget, user=town.person("voisine@example.org"))
    # An official of the west orders the west alone.
    assert services.order(budget=budget, user=town.official()) == 1
    assert CountOrder.objects.get().envelope == west_of(budget)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_counting_leaves_nothing_and_the_next_gives_the_same(town):
    budget = finished(town)
    envelope = west_of(budget)
    expected = kernel(vote_of(envelope).election, envelope.rule, **options_of(envelope)).hash
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.engagement.worker_settings",
        "TEST_DATABASE": connection.settings_dict["NAME"],
        "TEST_SMTP_PORT": "1",
    }
    services.order(budget=budget, user=town.official())
    # The activities are held, so that it is caught after the winners were written and before the end.
    with worker(env, "count") as kill, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE activity_activity IN EXCLUSIVE MODE")
        wait_for(lambda: blocked("activity_activity"), 60)
        kill()
    wait_for(free, 60)
    assert not Count.objects.exists()
    assert set(states(envelope).values()) == {"feasible"}
    with worker(env, "count"):
        tasks.count_waiting.delay()
        wait_for(lambda: Count.objects.filter(official=True).exists(), 60)
    assert Count.objects.get(envelope=envelope, official=True).hash == expected
    assert Activity.objects.filter(verb="results.counted").count() == 1


def blocked(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
        return cursor.fetchone()[0] > 0


def free() -> bool:
    """Whether the database has noticed that the worker is gone, and undone its work."""
    with transaction.atomic():
        return CountOrder.objects.select_for_update(skip_locked=True).exists()
