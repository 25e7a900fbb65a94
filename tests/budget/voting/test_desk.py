"""The desk of a vote: paper typed by two people and reconciled, the counter, the closing; and who may."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import privacy
from accounts.models import Role
from budget.proposals.models import Proposal
from budget.proposals.services import hide, merge, show
from budget.voting import published
from budget.voting.models import Ballot, Booth, Bundle, Closing, ClosingCall, PaperEntry, PaperLine
from budget.voting.tasks import print_papers
from engagement.activity.models import Activity
from engagement.activity.sentences import say
from tests.budget.voting.town import HOUR, Vote

pytestmark = pytest.mark.django_db
DESK = "/agents/scrutins/bp/"


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def vote(town):
    return Vote(town, ballot="approval")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(client, path, *ballots, first=1):
    """Type ballots one after the other; the status of the last answer."""
    for position, ballot in enumerate(ballots, first):
        answer = client.post(path, {"position": position, "bulletin": ballot})
    return answer.status_code


def test_paper_is_typed_by_two_settled_reconciled_and_counted_apart(vote):
    one, two, three = (signed_in(vote.agent(f"a{n}@ville.example")) for n in range(3))
    vote.cast(1, [1])
    vote.end()
    one.post(f"{DESK}bureaux/", {"name": "Mairie annexe"})
    booth = f"/agents/bureaux/{Booth.objects.get().reference}/"
    assert one.post(f"{DESK}bureaux/", {"name": "Mairie annexe"}).status_code == 422
    for size in ("0", "501", "x", "9" * 30):
        assert one.post(booth, {"ajouter": "1", "envelope": "ouest", "size": size}).status_code == 422
    one.post(booth, {"ajouter": "1", "envelope": "ouest", "size": "4"})
    bundle = f"/agents/paquets/{Bundle.objects.get().reference}/"
    assert typed(one, bundle, "3, 1", "b", "n") == 302
    # What the paper does not allow is no ballot: it is asked again, nothing is kept of it, and what was typed stays.
    for wrong in ("99", "", "1 1", "drei", "1:1", "9" * 600):
        answer = one.post(bundle, {"position": "4", "bulletin": wrong})
        assert answer.status_code == 422
        assert wrong[:500] in text(answer)
    assert one.post(bundle, {"position": "5", "bulletin": "1"}).status_code == 422
    assert typed(one, bundle, "2", first=4) == 302
    # The second does not see what the first typed.
    assert "1 3" not in text(two.get(bundle))
    assert typed(two, bundle, "1 3", "b", "4", "2") == 302
    assert typed(three, bundle, "1") == 422
    assert one.post(booth, {"accepter": "1"}).status_code == 422
    one.post(booth, {"signer": "1", "signatures": "3"})
    assert one.post(booth, {"accepter": "1"}).status_code == 422  # a difference is left
    assert three.post(bundle, {"position": "1", "bulletin": "1", "trancher": "1"}).status_code == 422
    assert three.post(bundle, {"position": "3", "bulletin": "4", "trancher": "1"}).status_code == 302
    assert one.post(booth, {"accepter": "1"}).status_code == 422  # more ballots than signatures
    assert not Ballot.objects.filter(channel="paper").exists()
    one.post(booth, {"signer": "1", "signatures": "5"})
    assert one.post(booth, {"accepter": "1"}).status_code == 422  # fewer, and no word why
    assert one.post(booth, {"accepter": "1", "explanation": "Une personne est repartie avec."}).status_code == 302
    assert one.post(booth, {"accepter": "1", "explanation": "Encore."}).status_code == 422
    assert sorted(Ballot.objects.filter(channel="paper").values_list("choices", flat=True)) == ["", "1,3", "2", "4"]
    assert typed(one, bundle, "1") == 422
    assert PaperEntry.objects.filter(typing__turn=1, position=1).get().choices == "1,3"
    vote.close()
    found = {(tuple(given), channel) for given, _times, channel in published.votes(vote.envelopes["ouest"])}
    assert ((1,), "internet") in found
    assert ((1, 3), "paper") in found
    assert published.turnout(vote.budget)[vote.envelopes["ouest"].pk] == {"internet": 1, "paper": 4}


def test_a_vote_with_paper_waiting_is_not_closed(vote):
    agent = signed_in(vote.agent())
    agent.post(f"{DESK}bureaux/", {"name": "Mairie annexe"})
    vote.end()
    official = signed_in(vote.official())
    answer = official.post(f"{DESK}cloture/", {"appeler": "1"})
    assert answer.status_code == 422
    assert "Mairie annexe" in text(answer)


def test_two_people_close_on_the_page(vote):
    vote.cast(1, [1])
    official, other = signed_in(vote.official()), signed_in(vote.administrator())
    assert official.post(f"{DESK}cloture/", {"appeler": "1"}).status_code == 422
    vote.end()
    assert other.post(f"{DESK}cloture/", {"confirmer": "1", "verifie": "1"}).status_code == 422
    official.post(f"{DESK}cloture/", {"appeler": "1", "witnesses": "Mme Roux"})
    assert official.post(f"{DESK}cloture/", {"confirmer": "1", "verifie": "1"}).status_code == 422
    other.post(f"{DESK}cloture/", {"retirer": "1"})
    assert not ClosingCall.objects.exists()
    official.post(f"{DESK}cloture/", {"appeler": "1", "witnesses": "Mme Roux"})
    assert "Mme Roux" in text(other.get(f"{DESK}cloture/"))
    assert other.post(f"{DESK}cloture/", {"confirmer": "1", "verifie": "1"}).url == "/budgets/bp/scrutin/"
    assert Closing.objects.get().witnesses == "Mme Roux"
    news = Activity.objects.get(verb="voting.closed")
    assert (news.url, say(news)) == ("/budgets/bp/scrutin/", "Scrutin clos\xa0: ses bulletins sont publics")


def test_at_the_counter_a_code_opens_the_vote_of_one_person(vote):
    agent, tablet = signed_in(vote.agent()), Client()
    vote.settle(votes_proof="level")
    page = text(agent.post(f"{DESK}guichet/", {"territory": "T1001-1"}))
    (code,) = re.findall(r'class="receipt">([0-9A-Z-]{14})<', page)
    assert code not in text(agent.get(f"{DESK}guichet/"))
    tablet.post("/budgets/bp/voter/", {"code": code})
    tablet.post("/budgets/bp/voter/ouest/relire/", {"choix": "2"})
    assert Ballot.objects.get().channel == "internet", "a ballot of the counter is as the others"
    assert not Session.objects.exclude(pk=agent.session.session_key).exists(), "nothing on the server says who came"
    assert tablet.get("/budgets/bp/voter/est/").status_code == 409


def test_the_paper_is_printed_by_who_runs_the_budget(town):
    vote = Vote(town, opens=HOUR, paper=False)
    runs, agent = signed_in(vote.administrator()), signed_in(vote.agent())
    assert agent.post(f"{DESK}papier/").status_code == 403
    dear = vote.propose(vote.envelopes["est"], "Trop cher", 900_000_00)
    answer = runs.post(f"{DESK}papier/")
    assert answer.status_code == 422
    assert dear.reference in text(answer)
    dear.delete()
    assert runs.post(f"{DESK}papier/").status_code == 302
    assert published.start_of(vote.envelopes["est"]) in text(runs.get("/budgets/bp/scrutin/"))


def test_mandates_elsewhere_open_nothing(vote):
    elsewhere = signed_in(vote.town.person("autre@village.example", Role.ADMINISTRATOR, territory=vote.town.village))
    agent = signed_in(vote.agent())
    assert elsewhere.get(DESK).status_code == 403
    assert agent.get(DESK).status_code == 200
    for path in ("papier", "codes", "lot", "cloture"):
        assert agent.post(f"{DESK}{path}/").status_code == 403
    assert signed_in(vote.official()).post(f"{DESK}codes/").status_code == 403


def test_who_typed_can_leave_and_the_typing_stays(vote):
    user = vote.agent()
    agent = signed_in(user)
    agent.post(f"{DESK}bureaux/", {"name": "Annexe"})
    booth = Booth.objects.get()
    agent.post(f"/agents/bureaux/{booth.reference}/", {"ajouter": "1", "envelope": "ouest", "size": "1"})
    typed(agent, f"/agents/paquets/{Bundle.objects.get().reference}/", "1")
    assert "Annexe" in str(privacy.export(user)["votes-work"])
    privacy.erase(user=user)
    assert PaperEntry.objects.get().choices == "1"


def test_a_paper_that_nobody_printed_is_printed_before_the_vote_opens(town, caplog):
    vote = Vote(town, opens=HOUR / 10, paper=False)
    vote.propose(vote.envelopes["est"], "Trop cher", 900_000_00)
    print_papers()
    assert PaperLine.objects.count() == 12, "what could not win is left out"
    assert "Trop cher" in caplog.text
    other = Vote(town, slug="bp-2", opens=2 * HOUR, paper=False).budget
    print_papers()
    assert not PaperLine.objects.filter(envelope__budget=other).exists()


def test_what_is_no_longer_feasible_leaves_a_paper_that_is_not_frozen(town):
    vote = Vote(town, opens=HOUR)
    runs, moderates = vote.administrator(), town.person("modo@ville.example", Role.MODERATOR)
    into, joined, hidden = Proposal.objects.filter(envelope=vote.envelopes["est"]).order_by("pk")[:3]
    merge(into=into, others=[joined], actor=runs, message="C'est la même idée.")
    hide(proposal=hidden, moderator=moderates, reason="Hors sujet.")
    assert not PaperLine.objects.filter(proposal__in=[joined, hidden]).exists()
    show(proposal=hidden, moderator=moderates, reason="Erreur.")
    desk = signed_in(runs)
    assert "ne sont plus celles du bulletin" in text(desk.get(DESK))
    desk.post(f"{DESK}papier/")
    assert "ne sont plus celles du bulletin" not in text(desk.get(DESK))
    assert PaperLine.objects.filter(proposal=hidden).exists()
