"""The pages of those who assign, study and sign; what the public reads and when."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from budget.evaluation import services
from budget.evaluation.models import Assignment, Decision, Study
from budget.proposals.models import Proposal
from engagement.activity.services import hand_on, send_waiting
from geo import layers
from tests.budget.evaluation.making import DESK, LINES, REASON, phases


def text(response) -> str:
    return response.content.decode()


def titles(response) -> list[str]:
    return [proposal.title for proposal, _assignment in response.context["items"]]


def signing(asked, **changes) -> dict:
    asked.refresh_from_db()
    return {
        "feasible": "yes",
        "reason": REASON,
        "ligne_nom": ["Deux bancs", "Pose"],
        "ligne_montant": ["1234,56", "800,01"],
        "yearly": "40",
        "correction": "",
        "seen": services.seen_of([asked]),
    } | changes


def test_a_service_drafts_adds_lines_and_hands_in(study, browser_of):
    (asked,) = study.asked()
    agent = browser_of(study.agent)
    page = agent.get(asked.get_absolute_url())
    assert "in charge of “Voirie”" in text(page)
    # Without scripts a line more is asked of the server, which checks nothing and keeps all.
    page = agent.post(asked.get_absolute_url(), study.form(ajouter="1", yearly="beaucoup"))
    assert page.status_code == 200
    assert text(page).count('name="ligne_nom"') == 4
    assert "beaucoup" in text(page)
    page = agent.post(asked.get_absolute_url(), {"seen": 0, "reprendre": "1"})
    assert 'value="1800"' in text(page)
    wrong = study.form(ligne_montant=["12 e", "1e9", "5"], ligne_nom=["Banc", "Pose", ""], garder="1")
    page = agent.post(asked.get_absolute_url(), wrong)
    assert page.status_code == 422
    assert [bool(row.error) for row in page.context["rows"].rows] == [True, True, True]
    assert "12 e" in text(page)
    assert not Study.objects.exists()
    assert agent.post(asked.get_absolute_url(), study.form(garder="1")).status_code == 302
    page = agent.post(asked.get_absolute_url(), study.form(seen=1, reason="", rendre="1"))
    assert page.status_code == 422
    assert "reason" in page.context["form"].errors
    assert agent.post(asked.get_absolute_url(), study.form(seen=1, rendre="1")).status_code == 302
    found = Study.objects.last()
    assert (found.cost, found.submitted, found.author) == (2_034_57, True, study.agent)
    assert titles(agent.get(f"{DESK}?vue=rendues")) == [asked.proposal.title]


IMPOSSIBLE = [
    {"seen": "x"},
    {"seen": "-1"},
    {"seen": "9" * 30},
    {"verdict": "peut-être"},
    {"yearly": "-3"},
    {"yearly": "9" * 39},
    {"reason": "x" * 7000},
    {"ligne_nom": ["x"] * 60, "ligne_montant": ["1"] * 60},
    {"ligne_nom": ["x" * 200], "ligne_montant": ["1"]},
    {"ligne_nom": [], "ligne_montant": ["99999999999999", "1\0"]},
]


def test_what_cannot_be_is_refused_beside_what_was_typed(study, browser_of):
    (asked,) = study.asked()
    agent = browser_of(study.agent)
    for changes in IMPOSSIBLE:
        assert agent.post(asked.get_absolute_url(), study.form(garder="1", **changes)).status_code == 422, changes
    assert not Study.objects.exists()


def test_two_at_once_both_read_what_the_other_wrote(study, browser_of):
    (asked,) = study.asked()
    second = study.town.person("voirie2@ville.example", Role.AGENT, body=study.town.road_service)
    assert (
        browser_of(study.agent).post(asked.get_absolute_url(), study.form(reason="De la première.")).status_code == 302
    )
    other = browser_of(second)
    page = other.post(asked.get_absolute_url(), study.form(reason="Du second."))
    assert page.status_code == 422
    assert "De la première." in text(page)
    assert "Du second." in text(page)
    again = study.form(reason="Du second.", seen=page.context["form"].data["seen"])
    assert other.post(asked.get_absolute_url(), again).status_code == 302
    assert Study.objects.last().reason == "Du second."


def test_the_public_reads_nothing_before_it_is_signed_and_all_that_is_public_after(study, browser_of, client):
    (asked,) = study.asked()
    study.hand_in(asked)
    path = asked.proposal.get_absolute_url()
    before = text(client.get(path))
    assert "Service voirie" in before
    assert not any(one in before for one in (REASON, "Cadastre", "Réalisable", "2 034", study.item.question))
    official = browser_of(study.official)
    decide = reverse("evaluation:decide", args=[asked.proposal.reference])
    assert REASON in text(official.get(decide))
    page = official.post(decide, signing(asked, ligne_montant=["1234,56", "900"]))
    assert page.status_code == 422
    assert "correction" in page.context["form"].errors
    page = official.post(decide, signing(asked, seen="autre"))
    assert page.status_code == 422
    assert not Decision.objects.exists()
    assert official.post(decide, signing(asked)).status_code == 302
    after = text(client.get(path))
    assert all(one in after for one in (REASON, "Cadastre AB 12", "2\u202f034,57\xa0€", "Claire M.", "estimation de"))
    assert not any(one in after for one in ("espaces verts", "Gaz à 40 cm", "Marc"))
    author = browser_of(study.author)
    assert (
        author.post(reverse("evaluation:answer", args=[asked.proposal.reference]), {"message": ""}).status_code == 422
    )
    author.post(reverse("evaluation:answer", args=[asked.proposal.reference]), {"message": "Merci à vous."})
    assert "Merci à vous." in text(client.get(path))
    # Given back, what is written anew stays inside again.
    page = official.post(decide, {"rendre": "1", "services": [asked.reference], "message": "Et les racines ?"})
    assert page.status_code == 302
    study.hand_in(asked, reason="Une nouvelle étude encore interne.")
    again = text(client.get(path))
    assert "Une nouvelle étude" not in again
    assert "Merci à vous." in again


def test_the_desk_shows_each_their_work_and_marks_what_is_late(study, browser_of):
    proposals = [study.propose(f"Banc {number}") for number in range(3)]
    lamp = study.propose("Lampadaire", study.light)
    study.begin()
    given = {"deadline": study.deadline, "actor": study.admin}
    services.assign_all(budget=study.budget, **given)
    Assignment.objects.filter(proposal=proposals[2]).update(deadline="2026-01-02")
    study.hand_in(Assignment.objects.get(proposal=proposals[1]))
    agent, official, admin = (browser_of(one) for one in (study.agent, study.official, study.admin))
    assert titles(agent.get(DESK)) == ["Banc 2", "Banc 0"]
    assert titles(agent.get(f"{DESK}?retard=1&budget=bp-2026")) == ["Banc 2"]
    assert titles(agent.get(f"{DESK}?budget=autre")) == []
    assert "Late since" in text(agent.get(DESK))
    assert titles(browser_of(study.light_agent).get(DESK)) == [lamp.title]
    assert titles(official.get(DESK)) == ["Banc 1"]
    assert titles(admin.get(f"{DESK}?vue=etudier")) == ["Banc 2", "Banc 0", "Lampadaire"]
    assert "2 studies to hand in" in text(agent.get("/compte/"))
    work = layers.find("proposals_work", study.agent)
    assert layers.find("proposals_work", study.author) is None
    items = agent.get("/ogc/collections/proposals_work/items?f=json").json()["features"]
    assert {one["properties"]["title"] for one in items} == {one.title for one in proposals}
    assert "proposals_work" not in text(browser_of(study.author).get("/ogc/collections?f=json"))
    rows = {row.title: row for row in work.queryset(study.agent)}
    assert set(rows) == {one.title for one in proposals}
    assert (rows["Banc 2"].late, rows["Banc 1"].verdicts) == (True, "feasible")


@pytest.mark.parametrize("view", ["etudier", "signer", "confier"])
def test_the_desk_asks_as_much_for_three_as_for_thirty(study, browser_of, view):
    def fill(first: int, count: int):
        made = [study.propose(f"Banc {number}") for number in range(first, first + count)]
        if view != "confier":
            study.begin()
            services.assign_all(budget=study.budget, deadline=study.deadline, actor=study.admin)
        if view == "signer":
            for asked in Assignment.objects.filter(proposal__in=made):
                study.hand_in(asked)

    def queries() -> int:
        client = browser_of(study.admin)
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"{DESK}?vue={view}").status_code == 200
        return len(found)

    fill(0, 3)
    study.begin()
    few = queries()
    phases(study.budget, 5)
    fill(3, 12)
    study.begin()
    assert queries() == few


def test_all_are_given_after_a_look(study, browser_of):
    bench, lamp = study.propose(), study.propose("Lampadaire", study.light)
    nowhere = study.propose("Partout", point=study.town.IN_EAST)
    Proposal.objects.filter(pk=nowhere.pk).update(shape=None, point=None)
    study.begin()
    path = reverse("evaluation:assign_all", args=[study.budget.slug])
    admin = browser_of(study.admin)
    page = admin.get(path)
    assert {body.slug: len(rows) for body, rows in page.context["groups"]} == {
        "voirie-ville": 1,
        "eclairage-ville": 1,
    }
    assert page.context["alone"] == [nowhere]
    assert not Assignment.objects.exists()
    for day in ("2001-01-01", "9999-12-31", "hier"):
        assert admin.post(path, {"deadline": day}).status_code == 422, day
    study.budget.check_items.all().delete()
    assert admin.post(path, {"grille": "1"}).status_code == 302
    assert study.budget.check_items.count() == 6
    assert admin.post(path, {"deadline": study.deadline.isoformat(), "note": "Merci."}).status_code == 302
    assert Assignment.objects.count() == 2
    while hand_on():
        pass
    send_waiting()
    told = {one.to[0]: one for one in mail.outbox if one.to[0].endswith("ville.example")}
    assert set(told) == {"voirie@ville.example", "eclairage@ville.example"}
    assert bench.assignments.get().reference in told["voirie@ville.example"].body
    assert "Merci." in told["voirie@ville.example"].body
    # One by hand: asked, then asked no longer.
    path = reverse("evaluation:assign", args=[nowhere.reference])
    given = {"body": "voirie-ville", "deadline": study.deadline.isoformat()}
    assert admin.post(path, given | {"body": "nulle-part"}).status_code == 422
    assert admin.post(path, given).status_code == 302
    assert admin.post(path, {"retirer": nowhere.assignments.get().reference}).status_code == 302
    assert not nowhere.assignments.exists()
    assert lamp.assignments.get().body == study.town.light_service


def test_strangers_residents_and_others_are_refused(study, browser_of, client):
    (asked,) = study.asked()
    proposal = asked.proposal
    paths = {
        "desk": DESK,
        "study": asked.get_absolute_url(),
        "assign": reverse("evaluation:assign", args=[proposal.reference]),
        "decide": reverse("evaluation:decide", args=[proposal.reference]),
        "all": reverse("evaluation:assign_all", args=[study.budget.slug]),
    }
    town = study.town
    east = town.person("elu-est@ville.example", Role.OFFICIAL, territory=town.east)
    away = town.person("admin-village@ville.example", Role.ADMINISTRATOR, territory=town.village)
    opened = {
        study.author: set(),
        study.agent: {"desk", "study"},
        study.light_agent: {"desk"},
        study.official: {"desk", "decide"},
        east: {"desk"},
        away: {"desk"},
        study.admin: set(paths),
    }
    assert all(client.get(path).status_code == 302 for path in paths.values())
    for user, allowed in opened.items():
        page = browser_of(user)
        for name, path in paths.items():
            assert page.get(path).status_code == (200 if name in allowed else 403), (user.email, name)
            if name not in allowed:
                assert page.post(path).status_code in (403, 405)
    answer = reverse("evaluation:answer", args=[proposal.reference])
    assert client.get(answer).status_code == 302
    assert browser_of(study.admin).post(answer, {"message": "À sa place."}).status_code == 403


def test_after_the_phase_the_page_says_so_and_keeps_the_text(study, browser_of):
    (asked,) = study.asked()
    study.hand_in(asked)
    study.end()
    official = browser_of(study.official)
    path = reverse("evaluation:decide", args=[asked.proposal.reference])
    page = official.get(path)
    assert "nothing can be signed now" in text(page)
    assert not page.context["may_sign"]
    page = official.post(path, signing(asked))
    assert page.status_code == 422
    assert "is not open" in text(page)
    assert asked.proposal.decisions.count() == 0
    assert LINES[0]["name"] in text(page)


def test_the_dashboard_of_an_official_says_how_many_decisions_wait_for_them(client, town, study):
    proposals = [study.propose(), study.propose("Un abri à vélos")]
    first = study.asked(town.road_service, proposal=proposals[0])
    second = study.asked(town.road_service, town.light_service, proposal=proposals[1])
    client.force_login(study.official)
    board = "/territoires/quartier/T1001-1/tableau-de-bord/"
    assert client.get(board).context["page"].duties == [], "no service has handed in yet"
    for one in (*first, second[0]):
        study.hand_in(one)
    page = client.get(board)
    (asked,) = page.context["page"].duties
    assert (asked.count, len(asked.items)) == (1, 1), "one of the second's services is still at it"
    assert f'href="{asked.items[0].url}"' in page.content.decode()
    assert "Décisions à signer" in page.content.decode()
    assert client.get(asked.items[0].url).status_code == 200
    assert client.get(asked.url).context["view"] == "signer"
    client.force_login(town.person("est@ville.example", Role.OFFICIAL, territory=town.east))
    assert client.get("/territoires/quartier/T1001-2/tableau-de-bord/").context["page"].duties == []
