"""The demo city's budgets are what the services would have left, and there is something to see in each."""

import pytest
from django.core.management import call_command
from django.db.models import Count, F, Q

from budget.delivery.models import Signature
from budget.delivery.works import works
from budget.demo.seed import seed
from budget.evaluation.models import Assignment, Decision
from budget.participatory.models import Budget, Envelope
from budget.proposals.models import Proposal
from budget.proposals.workflow import WORKFLOW
from budget.results.models import Count as Counted
from budget.results.outcome import Outcome
from budget.voting.models import Booth, CodeBatch
from engagement.activity.models import Outbox
from engagement.discussion.models import Comment
from frontend.demo import seed_people
from geo.demo.seed import seed as seed_places

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


def test_the_budgets_of_the_demo_are_sound_and_alive():
    seed_people(seed_places())
    seed()
    editions = list(Budget.objects.whole().order_by("slug"))
    every_cache_and_chain_is_what_its_rows_say(editions)
    a_newcomer_finds_every_feature_at_work(editions)


def every_cache_and_chain_is_what_its_rows_say(editions):
    for budget in editions[:2]:
        call_command("check_ballots", budget.slug, verbosity=0)
    counted = Proposal.objects.annotate(rows=Count("supporters"))
    assert not counted.exclude(supports=F("rows")).exists()
    assert not Comment.objects.annotate(rows=Count("supporters")).exclude(supports=F("rows")).exists()
    assert not Comment.objects.filter(author=F("supporters__user")).exists()
    assert not Comment.objects.annotate(rows=Count("replies")).filter(rows__gt=1).exists()
    assert not Outbox.objects.exists()
    for proposal in Proposal.objects.prefetch_related("events"):
        state, moment = "", proposal.created_at
        for event in sorted(proposal.events.all(), key=lambda one: (one.created_at, one.pk)):
            assert event.from_status == state
            assert event.created_at >= moment
            if event.act in WORKFLOW.by_name:
                assert event.to_status == WORKFLOW.step(event.act, state).target
            state, moment = event.to_status, event.created_at
        assert state == proposal.status


def a_newcomer_finds_every_feature_at_work(editions):
    done, voting, collecting = editions
    assert [budget.allows("deliver") for budget in editions] == [True, False, False]
    assert voting.allows("vote")
    assert collecting.allows("propose")
    outcomes = [Outcome(one) for one in Counted.objects.filter(official=True, envelope__budget=done)]
    assert len(outcomes) == Envelope.objects.filter(budget=done).count()
    assert all(one.winners for one in outcomes)
    assert sum(bool(one.losers) for one in outcomes) > len(outcomes) / 2
    assert any(line.step["tie_broken"] for one in outcomes for line in one.lines)
    rows = works(Proposal.objects.filter(budget=done))
    assert {"delivered", "underway", "late", "abandoned"} <= {one.stage.name for one in rows}
    assert Signature.objects.count() == 1
    booths = Booth.objects.filter(budget=voting)
    assert booths.filter(accepted_at=None).count() == booths.exclude(accepted_at=None).count() == 1
    assert CodeBatch.objects.filter(budget=voting).exists()
    asked = Assignment.objects.filter(proposal__budget=collecting)
    assert asked.filter(submitted_at=None).exists()
    assert set(Decision.objects.values_list("feasible", flat=True)) == {True, False}
    for budget in editions:
        keys = map(str, Proposal.objects.filter(budget=budget).values_list("pk", flat=True))
        said = Comment.objects.filter(subject_type="proposal", subject_key__in=list(keys))
        assert said.filter(stance="against").exists()
        assert said.filter(~Q(parent=None)).exists()
