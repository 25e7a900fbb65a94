"""A report sent by another system: taken once, routed like any other, and refused with a reason."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Mandate, Role
from alerts.models import Alert, AlertEvent, AlertPhoto, Category, RoutingRule
from geo.importers.addresses import import_addresses
from geo.models import Address, City, Street
from tests.alerts.conftest import SVG, bomb, jpeg, upload
from tests.alerts.open311.conftest import BASE, key_of, refusal, xml
from tests.alerts.steps import act

pytestmark = pytest.mark.django_db
PATH = f"{BASE}/requests.json"


@pytest.fixture
def sent(client, key):
    """Posts a report with a key; what is given replaces or, where None, removes a parameter."""

    def send(path=PATH, **given):
        fields = {
            "api_key": key,
            "service_code": "lampadaire",
            "lat": "47.05",
            "long": "2.02",
            "description": "Éteint depuis lundi.",
        } | given
        return client.post(path, {name: value for name, value in fields.items() if value is not None})

    return send


def test_a_report_is_taken_and_is_in_the_agents_queue(client, town, sent):
    answer = sent(
        email="jeanne@exemple.fr",
        first_name="Jeanne",
        last_name="Martin",
        phone="0612345678",
        account_id="compte-77",
        device_id="appareil-88",
        deviceid="Android",
        address_string="12 rue  des Lilas",
        media_url="https://fms.example/photo/1.jpeg",
    )
    assert answer.status_code == 200
    [taken] = answer.json()
    assert set(taken) == {"service_request_id", "service_notice", "account_id"}
    alert = Alert.objects.get(reference=taken["service_request_id"])
    assert (alert.source, alert.body, alert.contact_email) == ("open311", town.light_service, "jeanne@exemple.fr")
    assert (alert.description, alert.address, alert.reporter) == ("Éteint depuis lundi.", "12 rue des Lilas", None)
    assert (alert.point.x, alert.point.y) == (2.02, 47.05)
    client.force_login(town.light_agent())
    assert alert.reference in client.get("/agents/signalements/").content.decode()
    page = client.get(f"/agents/signalements/{alert.reference}/").content.decode()
    assert "Éteint depuis lundi." in page
    assert "https://fms.example/photo/1.jpeg" in page
    kept = str(list(Alert.objects.values())) + str(list(AlertEvent.objects.values()))
    for discarded in ("Martin", "0612345678", "compte-77", "appareil-88", "Android"):
        assert discarded not in kept
    client.logout()
    public = client.get(f"/signalements/{alert.reference}/").content.decode()
    assert "fms.example" not in public
    assert "jeanne@" not in public
    root = xml(client.get(f"{BASE}/requests/{alert.reference}.xml"))
    assert root.findtext("request/status") == "open"
    assert root.findtext("request/media_url") == ""


def test_xml_answers_with_the_number(town, sent):
    root = xml(sent(f"{BASE}/requests.xml"))
    assert root.tag == "service_requests"
    [one] = root
    assert [field.tag for field in one] == ["service_request_id", "service_notice", "account_id"]
    assert Alert.objects.filter(reference=one.findtext("service_request_id")).exists()


def test_questions_are_answered_by_attributes(town, asking, client, key, sent):
    form = {
        "service_code": "nid-de-poule",
        "attribute[taille]": "grand",
        "attribute[cotes][]": ["g", "d"],
        "attribute[depuis]": "2026-11-20T00:00:00+01:00",
        "attribute[largeur]": "1,5",
        "attribute[easting]": "what the sender adds for itself is left out",
    }
    taken = sent(**form).json()[0]
    assert "En danger, le 112." in taken["service_notice"]
    alert = Alert.objects.get(reference=taken["service_request_id"])
    assert alert.answers == {"taille": "grand", "cotes": ["g", "d"], "depuis": "2026-11-20", "largeur": "1.5"}
    for wrong in ({"attribute[taille]": None}, {"attribute[taille]": "énorme"}):
        [(code, text)] = refusal(sent(**form | {"description": "Autre"} | wrong))
        assert (code, text[:18]) == (400, "attribute[taille]:")
    several = sent(**form | {"attribute[taille]": None, "attribute[largeur]": "large", "attribute[depuis]": "hier"})
    assert len(refusal(several)) == 3
    assert Alert.objects.count() == 1


def test_the_same_report_sent_again_is_the_same(town, sent, client):
    first = sent().json()[0]["service_request_id"]
    assert sent().json()[0]["service_request_id"] == first
    assert sent(description="Un autre").json()[0]["service_request_id"] != first
    assert sent(lat="47.06").json()[0]["service_request_id"] != first
    other = key_of(town.person("autre@ville.example", Role.ADMINISTRATOR))
    assert sent(api_key=other).json()[0]["service_request_id"] != first
    for more in ({"email": "bob@exemple.fr"}, {"media_url": "https://fms.example/2.jpeg"}):
        assert sent(**more).json()[0]["service_request_id"] != first
        assert sent(**more).json()[0]["service_request_id"] != first
    assert Alert.objects.count() == 6
    Alert.objects.filter(reference=first).update(
        created_at=timezone.now() - dt.timedelta(days=2), submission=uuid.uuid4()
    )
    assert sent().json()[0]["service_request_id"] != first


def test_the_senders_own_number_counts_more_than_the_words(town, sent):
    number = {"attribute[fixmystreet_id]": "4711", "media_url": "https://fms.example/1.jpeg"}
    first = sent(**number).json()[0]["service_request_id"]
    Alert.objects.update(created_at=timezone.now() - dt.timedelta(days=9))
    assert sent(**number, description="Corrigé entre-temps").json()[0]["service_request_id"] == first
    assert sent(**number | {"attribute[fixmystreet_id]": "4712"}).json()[0]["service_request_id"] != first
    assert AlertEvent.objects.filter(transition="note").count() == 2


def test_photos_come_with_a_form_of_parts(town, sent):
    reference = sent(media=upload(jpeg())).json()[0]["service_request_id"]
    assert AlertPhoto.objects.get().alert.reference == reference
    for bad in (bomb(), SVG, b"", b"x" * 100):
        [(code, text)] = refusal(sent(description="Autre", media=upload(bad)))
        assert (code, text[:6]) == (400, "media:")
    assert Alert.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "status", "named"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "inconnu"}, 404, "inconnu"),
        ({"service_code": "x" * 5000}, 404, "service_code"),
        ({"lat": None, "long": None}, 400, "address_string"),
        ({"lat": None}, 400, ""),
        ({"lat": "nan"}, 400, ""),
        ({"lat": "91"}, 400, ""),
        ({"lat": "40", "long": "-30"}, 400, ""),
        ({"lat": None, "long": None, "address_string": "nulle part"}, 400, "address_string"),
        ({"lat": None, "long": None, "address_id": "#NOTPINPOINTED#"}, 400, "address_id"),
        ({"description": "x" * 4001}, 400, "4001"),
        ({"email": "jeanne"}, 400, "email"),
        ({"email": "j" * 250 + "@exemple.fr"}, 400, "email"),
        ({"jurisdiction_id": "ailleurs"}, 404, "ailleurs"),
        ({"jurisdiction_id": "T1002"}, 400, "Village"),
        ({"lat": "47.05", "long": "2.15"}, 403, "Ville"),
        ({"api_key": None}, 403, "api_key"),
        ({"api_key": "parvis_faux"}, 403, "api_key"),
        ({"api_key": "\0"}, 403, "api_key"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(town, sent, given, status, named):
    for path in (PATH, f"{BASE}/requests.xml"):
        [(code, text)] = refusal(sent(path, **given))
        assert code == status
        assert named in text
    assert not Alert.objects.exists()


def test_a_category_may_ask_for_an_address_of_the_person_or_an_account(town, sent):
    Category.objects.filter(pk=town.street_light.pk).update(identity="email")
    [(code, text)] = refusal(sent())
    assert (code, "email" in text) == (400, True)
    assert sent(email="jeanne@exemple.fr").status_code == 200
    Category.objects.filter(pk=town.street_light.pk).update(identity="account")
    assert refusal(sent(email="jeanne@exemple.fr"))[0][0] == 404


def test_a_private_category_is_taken_and_not_shown(town, sent, client, key):
    Category.objects.filter(pk=town.street_light.pk).update(visibility="private")
    reference = sent().json()[0]["service_request_id"]
    assert client.get(f"{BASE}/requests/{reference}.xml").status_code == 404
    assert client.get(f"{BASE}/requests/{reference}.xml", {"api_key": key}).status_code == 200


def test_a_second_person_is_not_lost_behind_a_first_report_that_is_closed(town, sent):
    first = sent().json()[0]["service_request_id"]
    act(Alert.objects.get(reference=first), "resolve", town.light_agent())
    again = sent().json()[0]["service_request_id"]
    assert again != first
    assert sent().json()[0]["service_request_id"] == again


def test_other_answers_are_another_report(town, asking, sent):
    given = {"service_code": asking.code, "attribute[taille]": "petit"}
    first = sent(**given).json()[0]["service_request_id"]
    assert sent(**given).json()[0]["service_request_id"] == first
    assert sent(**given | {"attribute[taille]": "grand"}).json()[0]["service_request_id"] != first


def test_a_key_reads_what_it_sent_and_no_other_private_report(town, sent, client):
    Category.objects.filter(pk=town.street_light.pk).update(visibility="private")
    sender, other = (town.person(f"{n}@ville.example", Role.AGENT, body=town.road_service) for n in "ab")
    mine, foreign = key_of(sender), key_of(other)
    reference = sent(api_key=mine).json()[0]["service_request_id"]
    for path in (f"requests/{reference}", f"tokens/{reference}"):
        assert client.get(f"{BASE}/{path}.json", {"api_key": mine}).status_code == 200
        assert client.get(f"{BASE}/{path}.json", {"api_key": foreign}).status_code == 404
    assert client.get(f"{BASE}/requests.json", {"api_key": mine}).json() == []
    news = {"service_request_id": reference, "description": "Toujours éteint.", "api_key": mine}
    assert client.post(f"{BASE}/servicerequestupdates.json", news).status_code == 200
    assert client.post(f"{BASE}/servicerequestupdates.json", news | {"api_key": foreign}).status_code == 404
    client.force_login(town.light_agent())
    page = client.get(f"/agents/signalements/{reference}/").content.decode()
    assert page.count("Par Open311") == 2
    assert sender.email not in page


def test_a_place_alone_gets_the_address_beside_it(town, sent, tmp_path):
    street = Street.objects.create(
        city=City.objects.create(code="T1001", name="Ville"), name="Rue des Lilas", point=town.IN_WEST
    )
    Address.objects.create(id="1", street=street, number=12, point=town.IN_WEST)
    reference = sent().json()[0]["service_request_id"]
    assert "Lilas" in Alert.objects.get(reference=reference).address


def test_what_breaks_on_our_side_is_told_in_its_form(town, sent):
    RoutingRule.objects.create(name="Cassée", body=town.triage, answers=5)
    [(code, said)] = refusal(sent(f"{BASE}/requests.xml"))
    assert code == 500
    assert "chez nous" in said


@pytest.mark.parametrize("ending", ["mandate", "revoked", "expired", "person", "scope"])
def test_a_key_ends_with_what_it_stands_on(town, sent, ending):
    assert sent().status_code == 200
    yesterday = timezone.now() - dt.timedelta(days=1)
    if ending == "mandate":
        Mandate.objects.update(valid_from=yesterday.date() - dt.timedelta(days=9), valid_until=yesterday.date())
    elif ending == "person":
        ApiKey.objects.get().user.__class__.objects.update(is_active=False)
    else:
        ApiKey.objects.update(
            **{"revoked": {"revoked_at": yesterday}, "expired": {"expires_at": yesterday}, "scope": {"scope": "x"}}[
                ending
            ]
        )
    assert refusal(sent(description="Autre"))[0][0] == 403
    assert Alert.objects.count() == 1


def test_only_agents_and_administrators_have_keys(town):
    from accounts import keys

    for role in (Role.MODERATOR, Role.OFFICIAL, Role.RESIDENT):
        person = town.person(f"{role}@ville.example", role)
        with pytest.raises(keys.KeyRefused):
            key_of(person)
    assert key_of(town.light_agent())


def test_a_key_that_sends_too_much_waits(town, sent, settings):
    settings.OPEN311_POSTS_LIMIT = 2
    assert [sent(description=f"Texte {number}").status_code for number in range(4)] == [200, 200, 429, 429]
    assert refusal(sent(f"{BASE}/requests.xml"))[0][0] == 429


def test_a_session_sends_nothing(client, town):
    client.force_login(town.person("chef@ville.example", Role.ADMINISTRATOR))
    answer = client.post(PATH, {"service_code": "lampadaire", "lat": "47.05", "long": "2.02"})
    assert refusal(answer)[0][0] == 403


BAN = """id;numero;rep;nom_voie;code_postal;code_insee;nom_commune;lon;lat
T1001_0001_00012;12;;Rue des Lilas;23450;T1001;Ville;2.02;47.05
T1002_0001_00005;5;;Rue de la Gare;23460;T1002;Village;2.15;47.05
"""


def test_an_address_or_its_number_in_the_national_base_is_a_place(town, sent, tmp_path):
    (tmp_path / "ban.csv").write_text(BAN)
    import_addresses(source=str(tmp_path / "ban.csv"))
    nowhere = {"lat": None, "long": None}
    for given in ({"address_string": "12 r. des lilas 23450 ville"}, {"address_id": "T1001_0001_00012"}):
        reference = sent(**nowhere | given).json()[0]["service_request_id"]
        alert = Alert.objects.get(reference=reference)
        assert (alert.point.x, alert.point.y) == (2.02, 47.05)
        assert alert.address == "12 rue des Lilas, 23450 Ville"
    assert refusal(sent(**nowhere, address_id="T1002_0001_00005"))[0][0] == 403
