"""Two reports of one problem: joined, told, counted, separated; and what happens when two agents join crosswise."""

import threading

import pytest
from django.contrib.gis.geos import Point
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.db.utils import OperationalError

from accounts.models import Role
from alerts import services
from alerts.models import Alert, Category, Support
from common.workflow import TransitionError
from engagement.activity.services import hand_on, send_waiting
from tests.alerts.desk import report

pytestmark = pytest.mark.django_db


def merge(alert, into, agent):
    services.merge(alerts=[alert], into=into, actor=agent)
    alert.refresh_from_db()
    into.refresh_from_db()


def unmerge(alert, agent):
    services.unmerge(alert=alert, actor=agent)
    alert.refresh_from_db()


def test_a_duplicate_points_to_its_original_and_both_keep_their_history(town, agent):
    first, second = report(town), report(town)
    merge(second, first, agent)
    assert (second.status, second.duplicate_of, first.status) == ("duplicate", first, "received")
    assert second.events.last().data["duplicate_of"] == first.reference
    assert [one.transition for one in first.events.all()] == ["report", "joined"]
    assert [one.transition for one in second.events.all()] == ["report", "merge"]


def test_who_reported_the_duplicate_is_told_now_and_when_the_original_is_fixed(town, agent):
    first, second = report(town), report(town, contact_email="b@example.org")
    merge(second, first, agent)
    services.apply(alert=first, transition="resolve", actor=agent, message="Ampoule changée.")
    while hand_on():
        pass
    send_waiting()
    told = [one.body for one in mail.outbox if one.to == ["b@example.org"]]
    assert any(first.reference in body for body in told)
    assert any("Ampoule changée." in body for body in told)


def test_each_person_of_the_joined_reports_counts_once(town, agent):
    reporter = town.person("a@example.org")
    first = report(town, reporter=reporter)
    second = report(town, contact_email="b@example.org")
    third = report(town)  # nobody knows who
    Support.objects.create(alert=first, email="c@example.org")
    Support.objects.create(alert=second, email="C@example.org")
    Support.objects.create(alert=second, email="a@example.org")  # the person who reported the first
    services.merge(alerts=[second, third], into=first, actor=agent)
    first.refresh_from_db()
    assert first.supports == 3  # b, c, and the unknown
    unmerge(second, agent)
    first.refresh_from_db()
    assert first.supports == 2
    assert second.supports == 2


def test_joining_an_original_brings_its_duplicates_along_and_back(town, agent):
    a, b, c, d = (report(town) for _number in range(4))
    services.merge(alerts=[c, d], into=a, actor=agent)
    merge(a, b, agent)
    assert set(b.duplicates.all()) == {a, c, d}
    unmerge(d, agent)
    unmerge(a, agent)
    assert set(a.duplicates.all()) == {c}
    b.refresh_from_db()
    assert (b.supports, b.duplicates.count()) == (0, 0)
    a.refresh_from_db()
    assert a.supports == 1


@pytest.mark.parametrize("act", [None, "qualify", "plan", "ask"])
def test_separating_gives_back_the_state_before(town, agent, act):
    first, second = report(town), report(town)
    if act:
        services.apply(alert=second, transition=act, actor=agent, message="!")
    second.refresh_from_db()
    kept = ("status", "due_on", "planned_for", "closed_at", "answered_at", "supports", "priority", "body_id")
    before = [getattr(second, name) for name in kept]
    merge(second, first, agent)
    unmerge(second, agent)
    assert [getattr(second, name) for name in kept] == before
    assert second.duplicate_of is None


def test_what_cannot_be_joined(town, agent):
    first, second, third, closed = (report(town) for _number in range(4))
    merge(second, first, agent)
    services.apply(alert=closed, transition="resolve", actor=agent, message="!")
    erased = report(town)
    Alert.objects.filter(pk=erased.pk).update(erased_at=erased.created_at)
    other = Category.objects.create(code="banc", name="Banc", competence=town.lighting)
    bench = report(town, category=other)
    for alert, into in (
        (third, third),
        (third, second),
        (third, closed),
        (third, erased),
        (erased, third),
        (bench, third),
    ):
        with pytest.raises(services.CannotMerge):
            services.merge(alerts=[alert], into=into, actor=agent)
    for alert in (second, closed):
        with pytest.raises(TransitionError):
            services.merge(alerts=[alert], into=third, actor=agent)
    with pytest.raises(PermissionDenied):
        services.merge(alerts=[third], into=report(town, category=town.pothole), actor=agent)
    with pytest.raises(TransitionError):
        services.unmerge(alert=third, actor=agent)
    assert Alert.objects.filter(status="duplicate").count() == 1


def test_neighbours_of_the_same_heading_are_proposed_nearest_first(town, desk, agent):
    heading = Category.objects.create(code="eclairage", name="Éclairage")
    lamp = Category.objects.create(code="lampe", name="Lampe", competence=town.lighting, parent=heading)
    Category.objects.filter(pk=town.street_light.pk).update(parent=heading)
    alert = report(town)
    # One degree of longitude is about 75,950 m at 47.05° north.
    near = report(town, category=lamp, point=Point(2.02 + 100 / 75_950, 47.05, srid=4326))
    nearer = report(town, point=Point(2.02 + 50 / 75_950, 47.05, srid=4326))
    report(town, point=Point(2.02 + 260 / 75_950, 47.05, srid=4326))
    closed = report(town)
    services.apply(
        alert=closed, transition="resolve", actor=town.person("x@y.example", Role.ADMINISTRATOR), message="!"
    )
    found = desk.get(alert.get_handle_url()).context["near"]
    assert found == [nearer, near]
    assert [round(one.distance, -1) for one in found] == [50, 100]


def test_one_click_joins_and_another_separates(town, desk):
    first, second = report(town), report(town)
    page = desk.post(
        f"{second.get_handle_url()}joindre/", {"other": first.reference.lower(), "liste": "sort=age"}, follow=True
    )
    assert page.context["alert"] == first
    assert page.context["liste"] == "sort=age"
    desk.post(f"{second.get_handle_url()}separer/")
    second.refresh_from_db()
    assert second.status == "received"
    desk.post(f"{second.get_handle_url()}joindre/", {"other": first.reference, "original": "1"})
    first.refresh_from_db()
    assert first.duplicate_of == second


@pytest.mark.parametrize("other", ["", "ZZZZZZZZ", "\0", "a" * 5000, "self", "theirs"])
def test_a_reference_that_cannot_be_is_said(town, desk, other):
    alert = report(town)
    if other == "self":
        other = alert.reference
    if other == "theirs":
        other = report(town, category=town.pothole).reference
    page = desk.post(f"{alert.get_handle_url()}joindre/", {"other": other}, follow=True)
    assert page.status_code == 200
    assert "notice--error" in page.content.decode()
    alert.refresh_from_db()
    assert alert.status == "received"


def test_other_people_neither_join_nor_separate(town, phone, agent):
    first, second = report(town), report(town)
    phone.force_login(town.person("voirie@ville.example", Role.AGENT, body=town.road_service))
    assert phone.post(f"{second.get_handle_url()}joindre/", {"other": first.reference}).status_code == 403
    merge(second, first, agent)
    assert phone.post(f"{second.get_handle_url()}separer/").status_code == 403
    second.refresh_from_db()
    assert second.status == "duplicate"


def crosswise(agent, pairs, act) -> list[str]:
    """What became of each act, all started at the same moment."""
    start, outcomes = threading.Barrier(len(pairs)), []

    def run(one, into):
        try:
            start.wait()
            act(one, into)
            outcomes.append("done")
        except (services.CannotMerge, TransitionError):
            outcomes.append("refused")
        except OperationalError:
            outcomes.append("deadlock")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_joins_that_cross_one_is_done_and_the_other_refused(town, agent):
    for _round in range(5):
        a, b, c = report(town), report(town), report(town)
        services.merge(alerts=[c], into=a, actor=agent)
        outcomes = crosswise(
            agent, [(a, b), (b, a)], lambda one, into: services.merge(alerts=[one], into=into, actor=agent)
        )
        assert outcomes == ["done", "refused"]
        originals = Alert.objects.filter(pk__in=[a.pk, b.pk], duplicate_of=None)
        assert originals.count() == 1
        c.refresh_from_db()
        assert c.duplicate_of == originals.get()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_the_order_of_the_locks_joins_that_cross_wait_for_each_other(town, agent):
    """The negative control of the test above: each takes its own report first, then the other one's."""
    a, b = report(town), report(town)
    both = threading.Barrier(2)

    def in_the_wrong_order(one, into):
        with transaction.atomic():
            Alert.objects.select_for_update().get(pk=one.pk)
            both.wait()
            services.merge(alerts=[one], into=into, actor=agent)

    assert "deadlock" in crosswise(agent, [(a, b), (b, a)], in_the_wrong_order)
    connection.close()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_separating_a_duplicate_while_its_original_is_joined_ends_well(town, agent):
    for _round in range(5):
        a, b, c = report(town), report(town), report(town)
        services.merge(alerts=[a], into=c, actor=agent)  # the duplicate has the smaller key

        def act(one, into):
            if into is None:
                services.unmerge(alert=one, actor=agent)
            else:
                services.merge(alerts=[one], into=into, actor=agent)

        assert "deadlock" not in crosswise(agent, [(a, None), (c, b)], act)
        for alert in Alert.objects.exclude(duplicate_of=None).select_related("duplicate_of"):
            assert alert.duplicate_of.duplicate_of_id is None
