"""The file of a finished election: other people's checks take it, and counting it again gives the same fingerprint."""

import io

import pytest
from pabulib.checker import Checker

from budget.counting import count as kernel
from budget.counting import pabulib
from budget.results import pb, services
from budget.results.models import Count, CountOrder
from tests.budget.results.voted import finished, west_of

pytestmark = pytest.mark.django_db

KINDS = {
    "money": {"1,2": 30, "1": 10, "2,4": 15, "3": 25, "": 2},
    "one": {"1": 30, "2": 20, "3": 20, "": 1},
    "points": {"1:3,2:2": 20, "3:5": 10, "4:1": 2},
    "ranking": {"1,2,3": 20, "4": 10, "3,1": 8},
    "grades": {"1:4,2:3,3:0,4:1": 20, "1:1,3:4": 18},
}
RULES = ("greedy", "greedy-no-skip", "equal-shares", "equal-shares-add1", "phragmen", "majority-judgment")


def counted(envelope) -> Count:
    CountOrder.objects.create(envelope=envelope)
    return services.count_official(envelope_id=envelope.pk)


def errors(text: str) -> dict:
    found = Checker().process_files([text])
    return [value["results"]["errors"] for value in found.values() if "results" in value]


@pytest.mark.parametrize("ballot", KINDS)
def test_other_peoples_checker_takes_the_file_of_each_way_to_vote(town, client, ballot):
    fields = {"points": {"max_points": 5}, "ranking": {"max_choices": 3}}.get(ballot, {})
    envelope = west_of(finished(town, ballot=ballot, ballots=KINDS[ballot], **fields))
    made = counted(envelope)
    answer = client.get(f"/budgets/edition-finie/resultats/{envelope.slug}.pb")
    text = b"".join(answer.streaming_content).decode()
    assert errors(text) == [{}]
    found = pabulib.read(io.BytesIO(text.encode()))
    assert kernel(found.election, made.rule, **made.options).hash == made.hash
    assert found.projects[0]["longitude"].startswith("2.0")
    assert {own for own, chosen in found.selected.items() if chosen} == set(made.winners)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_can_be_counted_again_from_its_file(town, rule):
    # Two pairs of equals, so that ties are in it.
    projects = (("A", 20_000), ("B", 20_000), ("C", 50_000), ("D", 50_000), ("E; “F”", 70_000))
    ballots = {"1,3": 10, "2,4": 10, "5": 12, "1,2": 4, "3,4,5": 3}
    envelope = west_of(finished(town, rule=rule, projects=projects, ballots=ballots, ballot="approval"))
    made = counted(envelope)
    text = "".join(pb.lines(made))
    assert errors(text) == [{}]
    found = pabulib.read(io.BytesIO(text.encode()))
    assert kernel(found.election, made.rule, **made.options).hash == made.hash


def test_no_file_before_the_count(town, client):
    envelope = west_of(finished(town))
    assert client.get(f"/budgets/edition-finie/resultats/{envelope.slug}.pb").status_code == 404
