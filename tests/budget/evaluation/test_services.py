"""Who studies what, what is handed in, what is signed, and when nothing can be any more."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from accounts.privacy import erase, export
from budget.evaluation import services
from budget.evaluation.models import Assignment, Decision, Study
from budget.evaluation.routing import plan, to_plan
from budget.proposals.models import Proposal
from budget.proposals.services import Changed, Closed, ProposalError
from common.workflow import TransitionError
from engagement.activity.models import Activity
from geo.models import Jurisdiction
from geo.routing import explain, resolve, resolve_many
from tests.budget.evaluation.making import LINES, REASON, phases


def test_many_places_at_once_get_the_answers_each_gets_alone(town):
    Jurisdiction.objects.create(body=town.triage, competence=town.roads, territory=town.west, priority=3)
    asked = [
        (place, competence)
        for place in (town.IN_WEST, town.IN_EAST, town.ON_BORDER, town.IN_VILLAGE)
        for competence in (town.lighting, town.roads, town.waste, None)
    ]
    assert resolve_many(asked) == [resolve(*one) for one in asked]
    assert resolve_many([(town.OUTSIDE, town.roads)]) == [None]


def test_competence_gives_all_to_their_services_with_the_reasons(study):
    town = study.town
    Jurisdiction.objects.create(body=town.triage, competence=town.lighting, territory=town.commune)
    bench, lamp = study.propose(), study.propose("Un lampadaire", study.light, town.IN_EAST, quantities={})
    study.begin()
    done = services.assign_all(budget=study.budget, deadline=study.deadline, actor=study.admin, note="Merci.")
    assert {one.proposal: {body.slug for body in one.bodies} for one in done} == {
        bench: {"voirie-ville"},
        lamp: {"eclairage-ville", "accueil-ville"},
    }
    why = explain(bench.assignments.get().reasons)
    assert "Service voirie" in why[-1]
    assert "CGCT L2212-2" in why[-1]
    bench.refresh_from_db()
    assert bench.status == "study"
    assert [event.act for event in bench.events.all()] == ["post", "study"]
    assert Activity.objects.filter(verb="proposals.study", public=True).count() == 2
    told = Activity.objects.filter(verb="evaluation.assigned")
    assert told.count() == 3
    assert not told.filter(public=True).exists()
    # Asked again there is nothing left to give.
    assert services.assign_all(budget=study.budget, deadline=study.deadline, actor=study.admin) == []


def test_assigning_all_takes_the_same_statements_for_three_and_for_thirty(study):
    def statements(count: int) -> int:
        for number in range(count):
            study.propose(f"Banc {number}", point=study.town.IN_EAST if number % 2 else study.town.IN_WEST)
        study.begin()
        actor = User.objects.get(pk=study.admin.pk)  # who has been asked nothing yet
        given = {"budget": study.budget, "deadline": study.deadline, "actor": actor}
        with CaptureQueriesContext(connection) as queries:
            assert len(services.assign_all(**given)) == count
        phases(study.budget, 5)
        return len(queries)

    assert statements(3) == statements(30)


def test_what_has_no_place_is_given_by_hand(study):
    proposal = study.propose()
    type(proposal).objects.filter(pk=proposal.pk).update(shape=None, point=None)
    study.begin()
    (planned,) = plan(list(to_plan(study.budget)))
    assert planned.services == ()
    proposal.refresh_from_db()
    (made,) = study.asked(study.town.triage, proposal=proposal)
    assert explain(made.reasons) == ["L'administration a saisi\u00a0: Accueil de la mairie."]
    later = study.deadline + dt.timedelta(days=3)
    again = services.assign(proposal=proposal, body=made.body, deadline=later, actor=study.admin)
    assert (again.pk, again.deadline) == (made.pk, later)
    services.take_back(assignment=made, actor=study.admin)
    assert not Assignment.objects.exists()


def test_a_draft_keeps_all_and_handing_in_asks_for_what_is_missing(study):
    (asked,) = study.asked()
    draft = study.hand_in(asked, verdict="", reason="", answers={}, submit=False)
    assert (draft.version, draft.cost, draft.submitted) == (1, 2_034_57, False)
    with pytest.raises(services.Incomplete) as refused:
        study.hand_in(asked, verdict="", reason="", answers={})
    assert set(refused.value.errors) == {"verdict", "reason", study.item.code}
    with pytest.raises(services.Incomplete) as refused:
        study.hand_in(asked, verdict="unfeasible", reason="Trop cher.")
    assert set(refused.value.errors) == {"reason"}
    study.hand_in(asked)
    with pytest.raises(ProposalError):
        study.hand_in(asked)
    assert list(Study.objects.values_list("version", "submitted")) == [(1, False), (2, True)]
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE evaluation_study SET reason = 'autre'")


def test_two_colleagues_at_once_lose_nothing(study):
    (asked,) = study.asked()
    study.hand_in(asked, submit=False, reason="De la première.")
    with pytest.raises(Changed):
        study.hand_in(asked, submit=False, reason="Du second.", seen=0)
    study.hand_in(asked, submit=False, reason="Du second.")
    assert list(Study.objects.values_list("reason", flat=True)) == ["De la première.", "Du second."]


@pytest.mark.django_db(transaction=True)
def test_of_two_signatures_at_the_same_moment_one_counts(study):
    (asked,) = study.asked()
    study.hand_in(asked)
    start = Barrier(2)

    def sign(feasible: bool) -> bool:
        given = {"actor": User.objects.get(pk=study.official.pk), "reason": REASON, "lines": LINES, "yearly": 40_00}
        proposal = Proposal.objects.get(pk=asked.proposal_id)
        start.wait()
        try:
            services.sign(proposal=proposal, feasible=feasible, **given)
        except TransitionError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(sign, (True, False))) == [False, True]
    decision = Decision.objects.get()
    assert Proposal.objects.get().status == ("feasible" if decision.feasible else "unfeasible")


def test_the_official_signs_once_all_have_handed_in(study):
    town = study.town
    roads, light = study.asked(town.road_service, town.light_service)
    proposal = roads.proposal
    given = {"proposal": proposal, "actor": study.official, "feasible": True, "reason": REASON}
    study.hand_in(roads)
    with pytest.raises(ProposalError):
        services.sign(**given, lines=LINES)
    study.hand_in(light, study.light_agent, lines=[{"name": "Câble", "amount": 3}], yearly=None)
    every = [*LINES, {"name": "Câble", "amount": 3}]
    with pytest.raises(services.Incomplete) as refused:
        services.sign(**given, lines=LINES, yearly=40_00)
    assert set(refused.value.errors) == {"correction"}
    with pytest.raises(services.Incomplete) as refused:
        services.sign(**given | {"feasible": False, "reason": "Non."}, lines=[], correction="Rien à payer.")
    assert set(refused.value.errors) == {"reason"}
    with pytest.raises(Changed):
        services.sign(**given, lines=every, yearly=40_00, seen="autre chose")
    decision = services.sign(**given, lines=every, yearly=40_00)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.cost, proposal.yearly) == ("feasible", 2_034_60, 40_00)
    assert proposal.cost_lines == every
    assert sum(line["amount"] for line in decision.lines) == decision.cost
    assert decision.studies.count() == 2
    assert decision.signed_name.startswith("Claire M., ")
    assert proposal.events.last().data["decision"] == 1
    with pytest.raises(TransitionError):
        services.sign(**given, lines=every, yearly=40_00)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE evaluation_decision SET cost = 1")


def test_studied_again_the_service_finds_its_text_and_it_is_signed_again(study):
    (asked,) = study.asked()
    study.hand_in(asked)
    given = {"proposal": asked.proposal, "actor": study.official}
    services.sign(**given, feasible=True, reason=REASON, lines=LINES, yearly=40_00)
    services.answer(proposal=asked.proposal, author=study.author, message="Merci, et à l'ombre ?")
    with pytest.raises(ProposalError):
        services.answer(proposal=asked.proposal, author=study.author, message="Encore.")
    services.reopen(**given, assignments=[asked], message="Et l'ombre ?")
    asked.refresh_from_db()
    proposal = asked.proposal
    proposal.refresh_from_db()
    assert (proposal.status, proposal.cost, asked.version, asked.submitted_at) == ("study", None, 2, None)
    assert asked.studies.last().reason == REASON
    study.hand_in(asked, verdict="unfeasible", reason="Les racines des tilleuls ne le supportent pas.")
    given |= {"feasible": False, "lines": LINES, "yearly": 40_00}
    services.sign(**given, reason="Les racines des tilleuls ne le supportent pas.")
    assert list(Decision.objects.values_list("number", "feasible")) == [(2, False), (1, True)]
    services.answer(proposal=asked.proposal, author=study.author, message="Dommage.")
    verbs = Activity.objects.filter(verb__startswith="evaluation.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [f"evaluation.{one}" for one in ("assigned", "answered", "reopened", "answered")]


def test_who_may_not(study):
    town = study.town
    (asked,) = study.asked()
    east = town.person("elu-est@ville.example", Role.OFFICIAL, territory=town.east)
    away = town.person("agent-est@ville.example", Role.AGENT, territory=town.east, body=town.road_service)
    for author in (study.light_agent, away, study.official, study.author):
        with pytest.raises(PermissionDenied):
            study.hand_in(asked, author)
    study.hand_in(asked, study.admin)
    given = {"feasible": True, "reason": REASON, "lines": LINES, "yearly": 40_00}
    for actor in (east, study.agent, study.author):
        with pytest.raises(PermissionDenied):
            services.sign(proposal=asked.proposal, actor=actor, **given)
        with pytest.raises(PermissionDenied):
            services.reopen(proposal=asked.proposal, assignments=[asked], actor=actor, message="Encore.")
        with pytest.raises(PermissionDenied):
            services.assign(proposal=asked.proposal, body=town.triage, deadline=study.deadline, actor=actor)
        with pytest.raises(PermissionDenied):
            services.assign_all(budget=study.budget, deadline=study.deadline, actor=actor)
    services.sign(proposal=asked.proposal, actor=study.official, **given)
    with pytest.raises(PermissionDenied):
        services.answer(proposal=asked.proposal, author=study.admin, message="À sa place.")


def test_outside_the_phase_nothing_is_given_written_or_signed(study):
    proposal = study.propose()
    given = {"deadline": study.deadline, "actor": study.admin}
    with pytest.raises(Closed):
        services.assign(proposal=proposal, body=study.town.road_service, **given)
    (asked,) = study.asked(proposal=proposal)
    study.hand_in(asked)
    study.end()
    signed = {"actor": study.official, "feasible": True, "reason": REASON, "lines": LINES, "yearly": 40_00}
    with pytest.raises(Closed):
        services.assign_all(budget=study.budget, **given)
    with pytest.raises(Closed):
        services.sign(proposal=proposal, **signed)
    with pytest.raises(Closed):
        services.reopen(proposal=proposal, assignments=[asked], actor=study.official, message="Encore.")
    asked.submitted_at = None
    with pytest.raises(Closed):
        study.hand_in(asked)
    # A moment within the phase, as a demo gives it.
    past = timezone.now() - dt.timedelta(days=3)
    decision = services.sign(proposal=proposal, now=past, **signed)
    assert decision.signed_at == past
    with pytest.raises(Closed):
        services.answer(proposal=proposal, author=study.author, message="Trop tard.")


def test_services_are_reminded_once_and_told_once_that_it_is_late(study):
    first, second = study.propose(), study.propose("Un autre banc")
    study.begin()
    for proposal in (first, second):
        study.asked(proposal=proposal)
    assert services.remind() == 0
    day = dt.timedelta(days=1)
    before = timezone.now() + 7 * day
    assert [services.remind(now=before), services.remind(now=before)] == [2, 0]
    study.hand_in(second.assignments.get())
    late = timezone.now() + 11 * day
    assert [services.remind(now=late), services.remind(now=late + day)] == [1, 0]
    told = Activity.objects.filter(verb="evaluation.reminded").order_by("pk")
    assert [(one.data["late"], one.data["titles"]) for one in told] == [
        (False, [first.title, second.title]),
        (True, [first.title]),
    ]


def test_a_person_gets_what_is_kept_of_them_and_leaves_the_acts(study):
    (asked,) = study.asked()
    study.hand_in(asked)
    services.sign(
        proposal=asked.proposal, actor=study.official, feasible=True, reason=REASON, lines=LINES, yearly=40_00
    )
    assert export(study.agent)["evaluation"][0]["reason"] == REASON
    assert erase(user=study.agent)["evaluation"] == 1
    assert erase(user=study.official)["evaluation"] == 1
    assert erase(user=study.admin)["evaluation"] == 1
    assert Study.objects.get().reason == REASON
    assert Decision.objects.get().signed_name.startswith("Claire M.")
