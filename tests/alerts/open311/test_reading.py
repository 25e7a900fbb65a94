"""What other systems read: the shapes of the specification, in both formats, and nothing that is not public."""

import datetime as dt
import json

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Role
from alerts import services
from alerts.models import Alert, AlertPhoto, Category, Moderation
from tests.alerts.conftest import jpeg, upload
from tests.alerts.open311.conftest import BASE, refusal, report, xml

pytestmark = pytest.mark.django_db
FIELDS = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]


def ids(client, **parameters) -> list[str]:
    answer = client.get(f"{BASE}/requests.json", parameters)
    assert answer.status_code == 200, answer.content
    return [one["service_request_id"] for one in answer.json()]


def test_discovery_says_where_it_is_and_changes_with_the_services(client, asking):
    found = client.get(f"{BASE}/discovery.json").json()
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    assert "/compte/cles/" in found["key_service"]
    assert found["endpoints"] == [
        {
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": "http://testserver/open311/v2",
            "changeset": found["changeset"],
            "type": "test",
            "formats": ["text/xml", "application/json"],
        }
    ]
    root = xml(client.get(f"{BASE}/discovery.xml"))
    assert root.tag == "discovery"
    assert root.findtext("changeset") == found["changeset"]
    assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == ["text/xml", "application/json"]
    before = set(cache._cache.get_client().keys("*open311:changeset*"))
    asking.questions.first().delete()
    client.get(f"{BASE}/discovery.json")
    assert len(set(cache._cache.get_client().keys("*open311:changeset*")) - before) == 1


def test_services_are_what_can_be_sent_from_elsewhere(client, town, asking):
    Category.objects.filter(pk=town.dump.pk).update(is_stopper=True, notice="Appelez l'agglomération.")
    Category.objects.create(code="compte", name="Avec un compte", identity="account")
    Category.objects.create(code="eteinte", name="Plus offerte", is_active=False)
    Category.objects.filter(pk=town.street_light.pk).update(visibility="private", description="Une <lampe> & un fil")
    found = {one["service_code"]: one for one in client.get(f"{BASE}/services.json").json()}
    assert set(found) == {"lampadaire", "nid-de-poule"}
    assert found["nid-de-poule"] == {
        "service_code": "nid-de-poule",
        "service_name": "Nid-de-poule",
        "description": "",
        "metadata": True,
        "type": "realtime",
        "keywords": "trou, nid de poule, ornière",
        "group": "Voirie et trottoirs",
    }
    root = xml(client.get(f"{BASE}/services.xml"))
    assert root.tag == "services"
    light = next(one for one in root.findall("service") if one.findtext("service_code") == "lampadaire")
    assert (light.findtext("metadata"), light.findtext("description")) == ("false", "Une <lampe> & un fil")
    assert [one.findtext("metadata") for one in root.findall("service")].count("true") == 1


def test_a_definition_is_an_object_with_the_questions_in_order(client, asking):
    found = client.get(f"{BASE}/services/nid-de-poule.json").json()
    assert found["service_code"] == "nid-de-poule"
    assert [one["code"] for one in found["attributes"]] == [
        "taille",
        "cotes",
        "depuis",
        "largeur",
        "precision",
        "recit",
    ]
    assert [one["order"] for one in found["attributes"]] == [1, 2, 3, 4, 5, 6]
    size = found["attributes"][0]
    assert (size["variable"], size["required"], size["datatype"]) == (True, True, "singlevaluelist")
    assert size["values"] == [{"key": "petit", "name": "Petit"}, {"key": "grand", "name": "Grand & profond"}]
    assert (size["description"], size["datatype_description"]) == ("Question taille ?", "Aide <b>")
    assert "values" not in found["attributes"][3]
    root = xml(client.get(f"{BASE}/services/nid-de-poule.xml"))
    assert root.tag == "service_definition"
    first = root.find("attributes/attribute")
    assert (first.findtext("required"), first.findtext("values/value[2]/name")) == ("true", "Grand & profond")
    assert refusal(client.get(f"{BASE}/services/rien.xml"))[0][0] == 404


def test_a_report_has_each_field_of_the_specification(client, town):
    agent = town.light_agent()
    kept = services.keep_photo(file=upload(jpeg()))
    alert = report(
        town,
        description="Éteint. Appelez-moi au 06 12 34 56 78 <svp> &\x0b merci",
        address="12 rue des Lilas, 31000 Ville",
        photo_tokens=[kept.photo.token],
        contact_email="jeanne@exemple.fr",
    )
    services.apply(alert=alert, transition="plan", actor=agent, message="Mardi, avec jean@ville.fr", note="secret")
    answer = client.get(f"{BASE}/requests/{alert.reference}.json")
    assert answer.headers["Content-Type"] == "application/json"
    [found] = answer.json()
    alert.refresh_from_db()
    assert list(found) == FIELDS
    assert found["status"] == "open"
    assert found["status_notes"] == "Mardi, avec [masqué]"
    assert found["description"] == "Éteint. Appelez-moi au [masqué] <svp> &\x0b merci"
    assert (found["service_code"], found["service_name"]) == ("lampadaire", "Lampadaire en panne")
    assert found["agency_responsible"] == "Service éclairage"
    assert (found["lat"], found["long"]) == (47.05, 2.02)
    assert (found["address"], found["zipcode"], found["address_id"]) == ("12 rue des Lilas, 31000 Ville", "31000", "")
    requested = dt.datetime.fromisoformat(found["requested_datetime"])
    assert requested == alert.created_at.replace(microsecond=0)
    expected = dt.datetime.fromisoformat(found["expected_datetime"])
    assert (expected.utcoffset() is not None, timezone.localdate(expected)) == (True, alert.due_on)
    assert client.get(found["media_url"].removeprefix("http://testserver"))["Content-Type"] == "image/jpeg"
    assert "jeanne" not in answer.content.decode()
    assert "secret" not in answer.content.decode()
    for address in (f"requests/{alert.reference.lower()}", f"request/{alert.reference}"):
        root = xml(client.get(f"{BASE}/{address}.xml"))
        assert root.tag == "service_requests"
        [one] = root
        assert (one.tag, [field.tag for field in one]) == ("request", FIELDS)
        assert one.findtext("description") == "Éteint. Appelez-moi au [masqué] <svp> & merci"
        assert one.findtext("long") == "2.02"


def test_closed_says_when_and_expects_nothing_more(client, town):
    alert = report(town)
    services.apply(alert=alert, transition="resolve", actor=town.light_agent(), message="Remplacé.")
    [found] = client.get(f"{BASE}/requests/{alert.reference}.json").json()
    alert.refresh_from_db()
    assert (found["status"], found["status_notes"], found["service_notice"]) == ("closed", "Remplacé.", None)
    assert dt.datetime.fromisoformat(found["updated_datetime"]) == alert.closed_at.replace(microsecond=0)


def test_what_was_hidden_stays_hidden(client, town):
    kept = services.keep_photo(file=upload(jpeg()))
    alert = report(town, photo_tokens=[kept.photo.token])
    services.apply(alert=alert, transition="qualify", actor=town.light_agent(), message="Propos déplacés")
    AlertPhoto.objects.update(state=AlertPhoto.State.HIDDEN)
    step = alert.events.last()
    Moderation.objects.create(alert=alert, target="step", step=step, reason="offensive")
    Alert.objects.update(text_hidden=True)
    [found] = client.get(f"{BASE}/requests/{alert.reference}.json").json()
    assert (found["description"], found["status_notes"], found["media_url"]) == (None, None, None)
    assert client.get(f"{BASE}/servicerequestupdates.json").json() == []
    Moderation.objects.update(lifted_at=timezone.now())
    [found] = client.get(f"{BASE}/requests/{alert.reference}.json").json()
    assert found["status_notes"] == "Propos déplacés"


def test_only_public_and_kept_reports_are_read_without_a_key(client, town, key):
    public, private, erased = report(town), report(town), report(town)
    village = report(town, point=town.IN_VILLAGE)
    Alert.objects.filter(pk__in=[private.pk, village.pk]).update(is_public=False)
    Alert.objects.filter(pk=erased.pk).update(erased_at=timezone.now())
    assert ids(client) == [public.reference]
    assert ids(client, api_key=key) == [private.reference, public.reference]
    every = ",".join(one.reference for one in (public, private, erased, village))
    assert ids(client, service_request_id=every) == [public.reference]
    for reference in (private.reference, erased.reference, "ZZZZZZZZ"):
        assert refusal(client.get(f"{BASE}/requests/{reference}.xml"))[0][0] == 404
        assert refusal(client.get(f"{BASE}/tokens/{reference}.json"))[0][0] == 404
    assert (
        client.get(f"{BASE}/requests/{private.reference}.xml", headers={"Authorization": f"Bearer {key}"}).status_code
        == 200
    )
    both = client.get(f"{BASE}/requests/{public.reference},{private.reference}.xml", {"api_key": key})
    assert len(xml(both)) == 2
    assert "no-store" in both.headers["Cache-Control"]


def test_a_session_opens_nothing_here(client, town):
    """Any site may make a browser ask: only the key counts."""
    alert = report(town)
    Alert.objects.update(is_public=False)
    client.force_login(town.person("chef@ville.example", Role.ADMINISTRATOR))
    assert client.get(f"{BASE}/requests/{alert.reference}.xml").status_code == 404


def test_filters_narrow_the_list(client, town):
    agent = town.light_agent()
    fresh, old, ancient = report(town), report(town, ago=30), report(town, ago=120)
    hole = report(town, category=town.pothole, ago=10)
    services.apply(alert=fresh, transition="reject", actor=agent, message="Non.")
    assert ids(client) == [fresh.reference, hole.reference, old.reference]
    assert ids(client, status="closed") == [fresh.reference]
    assert ids(client, status="open") == [hole.reference, old.reference]
    assert ids(client, status="open,closed", service_code="lampadaire, nid-de-poule") == ids(client)
    assert ids(client, service_code="nid-de-poule") == [hole.reference]
    assert ids(client, service_code="inconnu") == []
    day = lambda days: (timezone.now() - dt.timedelta(days=days)).isoformat()  # noqa: E731
    assert ids(client, start_date=day(40), end_date=day(5)) == [hole.reference, old.reference]
    assert ids(client, start_date=day(15)) == [fresh.reference, hole.reference]
    assert ids(client, end_date=day(35)) == [ancient.reference]
    assert ids(client, start_date=day(150)) == [ancient.reference]
    assert ids(client, updated_after=day(1)) == [fresh.reference]
    assert ids(client, updated_before=day(60)) == [ancient.reference]
    assert ids(client, page_size=2) == [fresh.reference, hole.reference]
    assert ids(client, page_size=2, page=2) == [old.reference]
    # The numbers override all the rest, as the specification says.
    assert ids(client, service_request_id=f"{ancient.reference.lower()}, {old.reference}", status="closed") == [
        old.reference,
        ancient.reference,
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        {"status": "resolved"},
        {"start_date": "hier"},
        {"start_date": "2026-01-01T00:00:00"},
        {"start_date": "2026-02-31T00:00:00Z"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"end_date": "0001-01-01T00:00:00Z"},
        {"start_date": "9999-12-31T23:59:59Z"},
        {"end_date": "0001-01-01T00:00:00+14:00"},
        {"updated_after": "1"},
        {"page": "0"},
        {"page": "²"},
        {"page_size": "1001"},
        {"page_size": "-1"},
        {"page": "99999999999999999999"},
        {"service_request_id": ",".join(f"A{number}" for number in range(1001))},
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(client, town, parameters):
    for fmt in ("xml", "json"):
        [(code, text)] = refusal(client.get(f"{BASE}/requests.{fmt}", parameters))
        assert code == 400
        assert any(name in text for name in parameters)


def test_empty_parameters_are_none(client, town):
    alert = report(town)
    empty = dict.fromkeys(
        [
            "service_request_id",
            "service_code",
            "status",
            "start_date",
            "end_date",
            "page",
            "page_size",
            "jurisdiction_id",
            "api_key",
        ],
        "",
    )
    assert ids(client, **empty) == [alert.reference]
    assert ids(client, extensions="v1", deviceid="x", unknown="\0") == [alert.reference]


def test_a_jurisdiction_is_a_territory(client, town, settings, key):
    here = report(town)
    there = report(town, point=town.IN_VILLAGE)
    assert ids(client, jurisdiction_id="T1001") == [here.reference]
    assert ids(client, jurisdiction_id="T1002") == [there.reference]
    for path in (
        "requests.xml",
        "services.xml",
        "discovery.xml",
        f"requests/{here.reference}.xml",
        "servicerequestupdates.xml",
    ):
        assert refusal(client.get(f"{BASE}/{path}", {"jurisdiction_id": "ailleurs"}))[0][0] == 404
    assert refusal(client.get(f"{BASE}/requests/{here.reference}.xml", {"jurisdiction_id": "T1002"}))[0][0] == 404
    settings.OPEN311_JURISDICTIONS = {"ouest.example": "quartier:T1001-1"}
    assert ids(client) == ids(client, jurisdiction_id="ouest.example") == [here.reference]
    assert client.get(f"{BASE}/requests.json", {"jurisdiction_id": "T1001"}).status_code == 404
    settings.OPEN311_JURISDICTIONS = {
        "ville.example": "T1001",
        "village.example": "commune:T1002",
        "faux": "commune:X",
    }
    assert ids(client, jurisdiction_id="village.example") == [there.reference]
    assert refusal(client.get(f"{BASE}/services.json"))[0][0] == 400
    assert refusal(client.get(f"{BASE}/services.json", {"jurisdiction_id": "faux"}))[0][0] == 404


def test_methods_formats_and_addresses_that_do_not_exist(client, town):
    answer = client.get(f"{BASE}/services.html")
    assert refusal(answer)[0][0] == 404
    for path in ("", "services", "nothing/here.json", "requests/", "tokens.xml"):
        assert refusal(client.get(f"{BASE}/{path}"))[0][0] == 404
    answer = client.delete(f"{BASE}/requests.json")
    assert refusal(answer)[0][0] == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert refusal(client.post(f"{BASE}/services.xml", {"api_key": "x"}))[0][0] == 405
    answer = client.options(f"{BASE}/services.xml")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
    answer = client.head(f"{BASE}/services.xml")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert client.get(f"{BASE}/requests.json").headers["Access-Control-Allow-Origin"] == "*"


def test_a_list_costs_the_same_number_of_queries_whatever_its_length(client, town, django_assert_num_queries):
    def some(count):
        for _number in range(count):
            alert = report(town, point=Point(2.02, 47.05, srid=4326))
            services.apply(alert=alert, transition="qualify", actor=agent, message="Vu.")

    agent = town.light_agent()
    some(3)
    with django_assert_num_queries(1):
        assert len(ids(client)) == 3
    some(9)
    for fmt in ("xml", "json"):
        with django_assert_num_queries(1):
            client.get(f"{BASE}/requests.{fmt}")
        with django_assert_num_queries(1):
            client.get(f"{BASE}/servicerequestupdates.{fmt}")


def test_the_list_stops_at_a_thousand(client, town):
    now = timezone.now()
    Alert.objects.bulk_create(
        Alert(
            category=town.street_light,
            description="x",
            point=town.IN_WEST,
            territories=[town.commune.pk],
            created_at=now,
            updated_at=now,
            due_on=now.date(),
        )
        for _number in range(1003)
    )
    assert len(ids(client)) == 1000
    assert len(ids(client, page=2)) == 3
    assert len(json.loads(client.get(f"{BASE}/requests.json", {"page": 3}).content)) == 0
