"""Pages answer, lists page by key, and neither costs a query per row."""

import json
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Role
from alerts import services
from alerts.models import Alert
from frontend.explore import PAGE
from frontend.models import ContentPage
from frontend.views.errors import csrf_failure

pytestmark = pytest.mark.django_db


def fill(town, count, **fields):
    """`count` alerts, a minute apart, the last one the newest."""
    now = timezone.now()
    return Alert.objects.bulk_create(
        Alert(
            category=town.street_light,
            description="Éteint.",
            point=Point(2.01 + position / 10_000, 47.05, srid=4326),
            territories=[town.west.pk, town.commune.pk, town.departement.pk],
            created_at=now - timezone.timedelta(minutes=count - position),
            updated_at=now,
            due_on=now.date(),
            **fields,
        )
        for position in range(count)
    )


def keys(response) -> list[str]:
    return [item.key for page in response.context["pages"] for item in page.items]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/territoires/",
        "/territoires/?q=ville",
        "/territoires/quartier/T1001-1/",
        "/donnees/",
        "/mentions-legales/",
        "/confidentialite/",
        "/accessibilite/",
        "/a-propos/",
        "/styleguide/",
        "/robots.txt",
        "/territoires/contours.json",
        "/carte/fr.json",
    ],
)
def test_pages_answer(client, town, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/", "/territoires/", "/carte/fr.json", "/territoires/contours.json"])
def test_an_empty_house_answers_too(client, db, address):
    assert client.get(address).status_code == 200


def test_the_gallery_exists_only_in_development(client, settings):
    settings.DEVELOPMENT = False
    assert client.get("/styleguide/").status_code == 404


@pytest.mark.parametrize("address", ["/", "/territoires/commune/T1001/", "/liste/alerts/"])
def test_more_rows_cost_no_more_queries(client, town, address):
    counts = []
    for rows in (3, 27):
        fill(town, rows)
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_navigation_costs_a_stranger_no_query(client, town, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/cette-page-n-existe-pas/")


def test_pages_of_the_list_follow_each_other_without_gap_or_repeat(client, town):
    made = [alert.reference for alert in fill(town, 2 * PAGE + 5)][::-1]
    seen, query = [], ""
    while True:
        response = client.get(f"/?{query}")
        seen += keys(response)
        query = response.context["pages"][0].older
        if not query:
            break
    assert seen == made


def test_alerts_of_the_same_moment_are_paged_too(client, town):
    fill(town, PAGE + 3)
    Alert.objects.update(created_at=timezone.now())
    first = client.get("/")
    second = client.get("/?" + first.context["pages"][0].older)
    assert len(set(keys(first) + keys(second))) == PAGE + 3


def test_filters_narrow_the_list(client, town):
    fill(town, 2)
    services.report(category=town.pothole, point=town.IN_EAST, description="Trou.")
    assert len(keys(client.get("/?category=nid-de-poule"))) == 1
    assert len(keys(client.get("/?territory=quartier:T1001-1"))) == 2
    assert len(keys(client.get("/?status=resolved"))) == 0
    assert len(keys(client.get("/?until=2000-01-01"))) == 0


@pytest.mark.parametrize(
    "query", ["since=hier", "territory=lune:1", "status=inconnu", "before=x", "before=2026-01-01T00:00:00~1", "bbox=1"]
)
def test_a_filter_that_cannot_be_understood_is_explained(client, town, query):
    response = client.get(f"/?{query}")
    assert response.status_code == 200
    assert escape(response.context["pages"][0].problem) in response.content.decode()
    assert client.get(f"/liste/alerts/?{query}").status_code == 400


def test_what_is_not_public_is_in_no_list(client, town):
    fill(town, 1, is_public=False)
    assert keys(client.get("/")) == keys(client.get("/territoires/commune/T1001/")) == []
    assert client.get("/").context["figures"]["open"] == 0


def test_a_territory_says_what_happens_there_and_who_is_in_charge(client, town):
    services.report(category=town.street_light, point=town.IN_WEST, description="Éteint.")
    page = client.get("/territoires/quartier/T1001-1/")
    text = page.content.decode()
    assert [step["title"] for step in page.context["trail"]] == ["Département", "Ville"]
    assert town.light_service in page.context["competences"]
    assert "territory=quartier:T1001-1" in text
    assert page.context["figures"]["open"] == 1
    assert client.get("/territoires/quartier/T1001-2/").context["figures"]["open"] == 0
    assert client.get("/territoires/quartier/inconnu/").status_code == 404


def test_outlines_are_those_of_the_territory_and_its_children(client, town):
    found = json.loads(client.get("/territoires/contours.json?territory=commune:T1001").content)["features"]
    assert [(one["properties"]["name"], one["properties"]["home"]) for one in found] == [
        ("Ville", True),
        ("Ouest", False),
        ("Est", False),
    ]
    assert client.get("/territoires/contours.json?territory=x").status_code == 404


def test_a_menu_shows_what_the_mandate_opens(client, town):
    def titles():
        return [entry["url"] for entry in client.get("/a-propos/").context["navigation"]]

    assert not any("agents" in url or "tableau" in url for url in titles())
    client.force_login(town.light_agent())
    assert any("agents" in url for url in titles())
    client.force_login(town.person("maire@ville.example", Role.OFFICIAL))
    assert "/territoires/commune/T1001/tableau-de-bord/" in titles()


def test_a_text_is_markdown_and_scripts_stay_words(client, db):
    ContentPage.objects.filter(slug="a-propos").update(body="**gras** <script>alert(1)</script>")
    text = client.get("/a-propos/").content.decode()
    assert "<strong>gras</strong>" in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("template", ["500.html", "400.html"])
def test_the_page_of_a_failure_needs_nothing(template, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert "<h1>" in render_to_string(template)


def test_an_expired_form_asks_the_view_to_keep_what_was_typed(settings, rf: RequestFactory):
    def view(request):
        raise AssertionError("the form was not checked")

    view.on_csrf_failure = lambda request: HttpResponse("kept", status=403)
    settings.ROOT_URLCONF = type("urls", (), {"urlpatterns": [path("formulaire/", view)]})
    assert csrf_failure(rf.post("/formulaire/")).content == b"kept"


def test_an_expired_form_without_such_a_view_says_what_to_do(client, db):
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "fr"})
    response = strict.post("/compte/langue/", {"language": "en"})
    assert response.status_code == 403
    assert "Ce formulaire a expiré" in response.content.decode()


def test_privacy_says_what_a_device_keeps_and_how_to_erase_it(client, town):
    page = client.get("/confidentialite/").content.decode()
    assert "trente jours après la dernière modification" in page
    assert 'href="/brouillons/"' in page


@pytest.mark.parametrize(("body", "changed"), [("Notre texte.", True), ("Voyez [ici](/brouillons/).", False)])
def test_what_a_town_wrote_about_privacy_stays(town, body, changed):
    ContentPage.objects.filter(slug="confidentialite").update(body=body)
    import_module("frontend.migrations.0003_privacy_of_devices").write(apps, None)
    now = ContentPage.objects.get(slug="confidentialite").body
    assert now.startswith(body)
    assert (now != body) is changed
