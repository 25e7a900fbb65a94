"""A budget is set up, shown and frozen by the dates alone."""

import datetime as dt
import html

import lxml.html
import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from budget.participatory import services
from budget.participatory.models import Budget, Envelope, Phase
from budget.participatory.phases import Window
from tests.budget.edition import DAY, make_budget, windows
from tests.budget.voting.town import Vote

pytestmark = pytest.mark.django_db


def test_the_formula_shares_the_total_to_the_cent(town):
    budget = make_budget(town, published=False, formula="social", total=1_000_000_01)
    town.west.population, town.east.population = 20_000, 40_000
    for district in (town.west, town.east):
        district.population_year = 2023
        district.save()
    budget.envelopes.filter(territory=town.west).update(social_weight=2)
    services.share_out(budget=budget)
    amounts = dict(budget.envelopes.values_list("title", "amount"))
    assert amounts == {"Toute la ville": 400_000_00, "Ouest": 300_000_01, "Est": 300_000_00}
    budget.envelopes.filter(territory=town.west).update(social_weight=0)
    with pytest.raises(services.BudgetError, match="Ouest"):
        services.share_out(budget=budget)
    budget.envelopes.filter(territory=town.west).update(social_weight=2)
    town.east.population = town.east.population_year = None
    town.east.save()
    with pytest.raises(services.BudgetError, match="Est"):
        services.share_out(budget=budget)


def test_once_the_vote_is_open_nothing_of_it_can_be_changed(town):
    budget = make_budget(town, now=("voting",), published=False)
    envelope, vote = budget.envelopes.first(), budget.phases.get(kind="voting")
    for change in (
        lambda: Envelope.objects.filter(pk=envelope.pk).update(rule="equal-shares"),
        lambda: envelope.delete(),
        lambda: Envelope.objects.create(budget=budget, slug="x", title="X", scope="city"),
        lambda: Phase.objects.filter(pk=vote.pk).update(opens_at=timezone.now() + DAY),
        lambda: Phase.objects.filter(pk=vote.pk).update(closes_at=vote.closes_at - dt.timedelta(hours=1)),
        lambda: vote.delete(),
    ):
        with pytest.raises(IntegrityError, match="vote has begun"), transaction.atomic():
            change()
    other = make_budget(town, now=("informing",), slug="edition-2", published=False)
    for name, value in {
        "slug": "autre",
        "territory": town.village,
        "votes_where": "all",
        "votes_proof": "code",
        "votes_level": 0,
        "votes_age": 12,
    }.items():
        with pytest.raises(IntegrityError, match="its rules are frozen"), transaction.atomic():
            Budget.objects.filter(pk=budget.pk).update(**{name: value})
        assert Budget.objects.filter(pk=other.pk).update(**{name: value}) == 1, "before the vote it may"
    with pytest.raises(IntegrityError, match="its rules are frozen"), transaction.atomic():
        Budget.objects.filter(pk=budget.pk).update(total=1)
    assert Budget.objects.filter(pk=budget.pk).update(title="Autre") == 1
    with pytest.raises(services.Frozen):
        services.add_envelope(budget=budget, scope="city")
    moved = [
        w if w.kind != "voting" else Window("voting", w.opens_at + DAY, w.closes_at + DAY) for w in budget.windows
    ]
    with pytest.raises(services.BudgetError):
        services.set_phases(budget=budget, windows=moved)
    later = [w if w.kind != "voting" else Window("voting", w.opens_at, w.closes_at + DAY) for w in budget.windows]
    services.set_phases(budget=budget, windows=later)
    assert budget.phases.get(kind="voting").closes_at == vote.closes_at + DAY, "its end may be put off"


def test_an_unpublished_budget_is_for_who_runs_it_and_pages_cost_the_same_for_more(
    town, client, django_assert_max_num_queries
):
    budget = make_budget(town, published=False)
    pages = [budget.get_absolute_url(), budget.envelopes.first().get_absolute_url()]
    assert [client.get(page).status_code for page in pages] == [404, 404]
    client.force_login(town.person("admin@ville.example", Role.ADMINISTRATOR))
    assert [client.get(page).status_code for page in pages] == [200, 200]
    client.logout()
    services.publish(budget=budget)
    with django_assert_max_num_queries(20):
        body = client.get(pages[0]).content.decode()
    assert "300\u202f000\u00a0€" in body
    assert budget.title in client.get(reverse("participatory:budgets")).content.decode()


def test_a_page_of_the_administration_opened_before_the_vote_is_refused_in_words_after_it(town, client):
    client.force_login(town.person("admin@ville.example", Role.ADMINISTRATOR))
    budget = make_budget(town, now=("publishing",))
    envelope = budget.envelopes.last()
    page = f"/admin/participatory/budget/{budget.pk}/change/"
    paper = f"/admin/participatory/envelope/{envelope.pk}/change/"
    before, paper_before = in_browser(client.get(page)), in_browser(client.get(paper))
    budget.phases.update(opens_at=F("opens_at") - 8 * DAY, closes_at=F("closes_at") - 8 * DAY)
    stays, nothing = "cela ne change plus", "plus rien du bulletin"
    at_vote = in_browser(client.get(page))
    for url, sent, said in (
        (page, at_vote | {"slug": "autre"}, stays),
        (page, at_vote | {"votes_age": "12"}, stays),
        (page, at_vote | {"envelopes-0-title": "Autre"}, nothing),
        (page, at_vote | {"envelopes-0-DELETE": "on"}, nothing),
        (page, at_vote | {"share_again": "on"}, nothing),
        (page, before, "ses dates ne changent plus"),
        (paper, paper_before | {"amount": "3"}, nothing),
    ):
        answer = client.post(url, sent | {"title": "À garder"})
        body = html.unescape(answer.content.decode())
        assert (answer.status_code, said in body, "À garder" in body) == (200, True, True), (sent, said)
    assert client.get(paper.replace("change", "delete")).status_code == 403
    # A page opened since has none of it, and saves the rest.
    assert {"slug", "votes_where", "envelopes-0-title"}.isdisjoint(at_vote)
    assert {"slug", "votes_where", "envelopes-0-title"} <= before.keys()
    assert client.post(page, at_vote | {"title": "Autre titre"}).status_code == 302
    budget.refresh_from_db()
    assert (budget.title, budget.slug, budget.votes_age) == ("Autre titre", "edition-1", None)


def in_browser(response) -> dict[str, str]:
    """What a browser sends of a page of the administration as it stands there."""
    forms = lxml.html.fromstring(response.content.decode()).forms
    (form,) = (one for one in forms if one.get("id", "").endswith("_form"))
    return {name: value for name, value in form.form_values() if "__prefix__" not in name}


def test_an_administrator_sets_a_budget_up_in_the_administration_site(town, client):
    client.force_login(town.person("admin@ville.example", Role.ADMINISTRATOR))
    level = town.west.level
    form = {
        "title": "Budget 2027",
        "slug": "budget-2027",
        "territory": town.commune.pk,
        "total": "120 000,50",
        "formula": "equal",
        "votes_where": "residence",
        "votes_proof": "level",
        "votes_level": "2",
        "districts": level.pk,
        "share_again": "on",
        "publish": "on",
        "envelopes-TOTAL_FORMS": "0",
        "envelopes-INITIAL_FORMS": "0",
    }
    calendar = {w.kind: (w.opens_at, w.closes_at) for w in windows(("informing",))}

    def sent(**changed):
        rows = {
            f"phases-{n}-{name}": value
            for n, kind in enumerate(calendar | changed)
            for name, value in row(kind, changed)
        }
        return client.post(
            "/admin/participatory/budget/add/",
            form | rows | {"phases-TOTAL_FORMS": str(len(calendar)), "phases-INITIAL_FORMS": "0"},
        )

    def row(kind, changed):
        opens, closes = changed.get(kind, calendar[kind])
        yield "kind", kind
        for name, moment in (("opens_at", opens), ("closes_at", closes)):
            local = moment and timezone.localtime(moment)
            yield f"{name}_0", (local and local.date()) or ""
            yield f"{name}_1", (local and local.strftime("%H:%M:%S")) or ""

    late = (calendar["collecting"][0], calendar["voting"][1])
    assert "ouverture du vote" in sent(collecting=late).content.decode()
    assert not Budget.objects.exists()
    assert sent().status_code == 302
    budget = Budget.objects.get()
    assert budget.published_at
    assert sorted(budget.envelopes.values_list("title", "amount")) == [("Est", 6_000_025), ("Ouest", 6_000_025)]


def test_what_can_be_done_now_stands_on_top(town, client):
    proposing = client.get(make_budget(town, now=("collecting",)).get_absolute_url())
    voting = client.get(Vote(town).budget.get_absolute_url())
    found = [
        (page.context["sections"][0][0], [action["url"] for action in page.context["actions"]])
        for page in (proposing, voting)
    ]
    assert found == [
        ("proposals/_of_budget.html", ["/budgets/edition-1/proposer/"]),
        ("voting/_budget.html", ["/budgets/bp/voter/"]),
    ]


def test_rules_of_the_vote_are_set_for_all_envelopes_at_once_or_on_the_page_of_one(town, client):
    client.force_login(town.person("admin@ville.example", Role.ADMINISTRATOR))
    budget = make_budget(town, now=("publishing",))
    page = f"/admin/participatory/budget/{budget.pk}/change/"
    shown = in_browser(client.get(page))
    for sent, said in (
        ({"ballot": "approval", "rule": "greedy"}, "Combien de projets"),
        ({"ballot": "money"}, "les deux"),
        ({"ballot": "grades", "rule": "greedy"}, "jugement majoritaire"),
    ):
        answer = client.post(page, shown | sent)
        assert (answer.status_code, said in answer.content.decode()) == (200, True), sent
    assert client.post(page, shown | {"ballot": "approval", "max_choices": "3", "rule": "greedy"}).status_code == 302
    assert set(budget.envelopes.values_list("ballot", "max_choices")) == {("approval", 3)}
    assert "dépassent le budget" in client.post(page, shown | {"envelopes-0-amount": "900 000"}).content.decode()
    # Envelopes that say more than this page shows do not hinder it.
    one = budget.envelopes.filter(scope="territory").first()
    paper = f"/admin/participatory/envelope/{one.pk}/change/"
    fields = in_browser(client.get(paper))
    assert "Combien de projets" in client.post(paper, fields | {"max_choices": ""}).content.decode()
    assert client.post(paper, fields | {"ballot": "points", "max_points": "9"}).status_code == 302
    more = in_browser(client.get(page)) | {"envelopes-TOTAL_FORMS": "4", "envelopes-3-scope": "city"}
    more |= {"envelopes-3-title": "Les écoles", "envelopes-3-amount": "0", "envelopes-3-social_weight": "1"}
    assert client.post(page, more | {"envelopes-3-territory": "", "envelopes-3-theme": ""}).status_code == 302
    assert set(budget.envelopes.values_list("slug", "ballot")) >= {("les-ecoles", "money"), (one.slug, "points")}
