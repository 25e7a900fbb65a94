"""What people read of a result, and who may ask for it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import privacy
from accounts.models import Role
from budget.results import tasks
from budget.results.models import CountOrder
from budget.results.outcome import districts, official_counts
from tests.budget.results.voted import PROJECTS, finished, west_of

pytestmark = pytest.mark.django_db


def count_all(budget):
    CountOrder.objects.bulk_create([CountOrder(envelope=one) for one in budget.envelopes.all()])
    tasks.sweep()


def test_the_count_is_asked_for_on_the_page_and_told_everywhere(town, client):
    budget = finished(town)
    overview = f"/budgets/{budget.slug}/resultats/"
    assert "Pas encore de résultat" in client.get(overview).content.decode()
    boss = town.person("chef@ville.example", Role.ADMINISTRATOR)
    client.force_login(town.person("voisine@example.org"))
    assert client.post(overview + "compter/").status_code == 403
    client.force_login(boss)
    assert "Compter les votes" in client.get(overview).content.decode()
    assert "2 enveloppes vont être comptées" in client.post(overview + "compter/", follow=True).content.decode()
    tasks.count_waiting()
    client.logout()
    page = client.get(overview).content.decode()
    assert "71\u00a0%" in page
    envelope = west_of(budget)
    page = client.get(f"{overview}{envelope.slug}/").content.decode()
    assert "il manquait" in page
    assert "pb_count" in page
    for address in (budget.get_absolute_url(), envelope.get_absolute_url()):
        assert "Le résultat" in client.get(address).content.decode()
    lost = envelope.proposals.get(title="Piste cyclable")
    assert "il manquait" in client.get(lost.get_absolute_url()).content.decode()
    assert privacy.export(boss)["count_orders"][0]["envelope"] == "Ouest"


def test_other_rules_are_beside_the_result_and_change_nothing(town, client):
    budget = finished(town)
    count_all(budget)
    page = client.get(f"/budgets/{budget.slug}/resultats/{west_of(budget).slug}/").content.decode()
    assert "Et avec une autre règle" in page
    assert "Pas choisis" in page
    assert "Les mêmes projets." in page


def test_districts_side_by_side_say_nothing_of_single_people(town):
    town.west.population, town.west.population_year = 8_000, 2023
    town.west.save()
    budget = finished(town)
    count_all(budget)
    budget = type(budget).objects.whole().get(pk=budget.pk)
    rows = {row.envelope.territory.name: row for row in districts(budget, official_counts(budget))}
    assert (rows["Ouest"].money, rows["Ouest"].each, rows["Ouest"].turnout) == (80_000_00, 10_00, 1.1)
    assert rows["Ouest"].shares.percent == 71
    assert (rows["Est"].each, rows["Est"].shares.percent) == (None, None)


def test_a_longer_paper_costs_no_query_more(town, client):
    short = finished(town, slug="court", projects=PROJECTS[:3], ballots={"1,2": 30})
    long = finished(
        town, slug="long", projects=[(f"Projet {at}", 1_000 + at) for at in range(30)], ballots={"1,2": 30}
    )
    counts = []
    for budget in (short, long):
        count_all(budget)
        address = f"/budgets/{budget.slug}/resultats/{west_of(budget).slug}/"
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
