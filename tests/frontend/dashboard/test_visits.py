"""What changed since the last visit, and what is kept to know it."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from accounts import privacy
from common.dates import long_date
from frontend.dashboard.visits import PAUSE, visited
from frontend.models import ContentPage, Visit
from tests.frontend.dashboard.reading import opened, references, words
from tests.geo.dashboards.given import DAY, alert, contest, noon

pytestmark = pytest.mark.django_db
URL = "/territoires/quartier/T1001-1/tableau-de-bord/"


def test_a_visit_goes_on_until_a_pause(town):
    person, start = town.official(), timezone.now()

    def at(hours: float):
        found = visited(user=person, territory=town.west, now=start + dt.timedelta(hours=hours))
        return None if found is None else (found - start) / dt.timedelta(hours=1)

    assert [at(hours) for hours in (0, 1, 3.9, 3.9 + PAUSE.seconds / 3600, 9, 40)] == [None, None, None, 3.9, 3.9, 9]
    assert Visit.objects.count() == 1


def test_each_territory_and_person_has_visits_of_its_own(town):
    one, other = town.official(), town.person("autre@ville.example")
    early = timezone.now() - DAY
    visited(user=one, territory=town.west, now=early)
    assert visited(user=other, territory=town.west) is None
    assert visited(user=one, territory=town.east) is None
    assert visited(user=one, territory=town.west) == early


def test_the_first_visit_tells_no_news(town, office):
    alert(town, 1)
    assert not opened(office, URL).css(".board__news")


def test_news_lead_to_their_lists_and_stay_when_the_page_is_loaded_again(town, office):
    alert(town, 2)
    alert(town, 1)
    alert(town, 30, closed=28 * DAY)
    contest(alert(town, 60, closed=2 * DAY), 1)
    opened(office, URL)
    Visit.objects.update(seen_at=noon(5))
    for _time in range(2):
        told = opened(office, URL, categorie="lampadaire").css(".board__news")[0]
        assert long_date(noon(5), "l j F") in words(told)
        assert [words(one) for one in told.css("a")] == ["2 signalements reçus", "1 résolu", "1 contesté"]
        assert [len(references(opened(office, one.get("href")))) for one in told.css("a")] == [2, 1, 1]


def test_no_news_are_said_too(town, office):
    opened(office, URL)
    Visit.objects.update(seen_at=noon(5))
    assert words(opened(office, URL).css(".board__news")[0]).endswith("rien de nouveau.")


def test_what_is_not_public_is_no_news(town, office):
    opened(office, URL)
    Visit.objects.update(seen_at=noon(5))
    alert(town, 1, is_public=False)
    assert words(opened(office, URL).css(".board__news")[0]).endswith("rien de nouveau.")


def test_visits_are_given_out_and_erased(town, office):
    opened(office, URL)
    person = Visit.objects.get().user
    assert privacy.export(person)["dashboard_visits"][0]["territory"] == str(town.west)
    privacy.erase(user=person)
    assert not Visit.objects.exists()


def test_the_page_on_privacy_tells_of_visits_once(db):
    page = ContentPage.objects.get(slug="confidentialite")
    assert page.body.count("tableau de bord") == 1
    import_module("frontend.migrations.0005_visits").write(apps, None)
    page.refresh_from_db()
    assert page.body.count("tableau de bord") == 1


def test_who_may_not_see_it_leaves_no_visit(town, client):
    client.force_login(town.person("habitante@ville.example"))
    assert client.get(URL).status_code == 403
    assert not Visit.objects.exists()
