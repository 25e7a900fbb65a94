"""News in both directions, as FixMyStreet's extension has them."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Role
from alerts import services
from alerts.models import Alert
from common import opaque
from engagement.activity.services import hand_on, send_waiting
from tests.alerts.conftest import jpeg, upload
from tests.alerts.open311.conftest import BASE, key_of, refusal, report, xml

pytestmark = pytest.mark.django_db
PATH = f"{BASE}/servicerequestupdates.json"


def test_public_steps_are_updates_oldest_first(client, town):
    agent = town.light_agent()
    alert, other = report(town), report(town)
    services.apply(alert=alert, transition="qualify", actor=agent)
    kept = services.keep_photo(file=upload(jpeg()))
    services.apply(
        alert=alert,
        transition="resolve",
        actor=agent,
        message="Remplacé, merci à jeanne@exemple.fr",
        note="secret",
        photo_tokens=[kept.photo.token],
    )
    private = report(town)
    services.apply(alert=private, transition="resolve", actor=agent, message="Fait.")
    Alert.objects.filter(pk=private.pk).update(is_public=False)
    first, second = client.get(PATH).json()
    steps = list(alert.events.order_by("pk"))
    assert first == {
        "update_id": opaque.name_of("update", steps[1].pk),
        "service_request_id": alert.reference,
        "status": "open",
        "updated_datetime": steps[1].created_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "description": "Pris en charge",
        "media_url": None,
    }
    assert (second["status"], second["description"]) == ("closed", "Remplacé, merci à [masqué]")
    assert client.get(second["media_url"].removeprefix("http://testserver")).status_code == 200
    root = xml(client.get(f"{BASE}/servicerequestupdates.xml"))
    assert root.tag == "service_request_updates"
    assert [one.findtext("update_id") for one in root.findall("request_update")] == [
        first["update_id"],
        second["update_id"],
    ]
    assert client.get(PATH, {"service_request_id": other.reference}).json() == []
    assert client.get(PATH, {"start_date": "2020-01-01T00:00:00Z", "end_date": "2020-01-02T00:00:00Z"}).json() == []
    now = timezone.now()
    window = {"start_date": (now - dt.timedelta(hours=2)).isoformat(), "end_date": now.isoformat()}
    assert len(client.get(PATH, window).json()) == 2
    assert refusal(client.get(PATH, {"start_date": "x"}))[0][0] == 400


@pytest.fixture
def sent(client, town, key):
    def send(alert, path=PATH, **given):
        fields = {
            "api_key": key,
            "service_request_id": alert.reference,
            "update_id": "501",
            "status": "OPEN",
            "updated_datetime": "2026-11-23T09:00:00+01:00",
            "description": "Toujours éteint ce soir.",
            "email": "jeanne@exemple.fr",
            "first_name": "Jeanne",
            "last_name": "Martin",
        } | given
        return client.post(path, {name: value for name, value in fields.items() if value is not None})

    return send


def test_an_update_is_one_public_step_however_often_it_is_sent(client, town, sent, django_capture_on_commit_callbacks):
    alert = report(town, contact_email="auteur@exemple.fr")
    with django_capture_on_commit_callbacks(execute=True):
        answer = sent(alert, media_url="https://fms.example/2.jpeg")
    [taken] = answer.json()
    root = xml(sent(alert, f"{BASE}/servicerequestupdates.xml"))
    assert (root.tag, root[0].tag) == ("service_request_updates", "request_update")
    assert root.findtext("request_update/update_id") == taken["update_id"]
    step = alert.events.get(transition="update")
    assert (step.message, step.body, step.is_public) == ("Toujours éteint ce soir.", None, True)
    assert sent(alert, update_id="502", status="CLOSED").json()[0]["update_id"] != taken["update_id"]
    alert.refresh_from_db()
    assert (alert.status, alert.events.filter(transition="update").count()) == ("received", 2)
    page = client.get(f"/signalements/{alert.reference}/").content.decode()
    assert "Toujours éteint ce soir." in page
    assert not any(private in page for private in ("jeanne@", "Martin", "fms.example"))
    assert client.get(PATH).json()[0]["update_id"] == taken["update_id"]
    hand_on()
    send_waiting()
    assert any("Toujours éteint" in one.body for one in mail.outbox if "auteur@exemple.fr" in one.to)


def test_without_a_number_the_same_words_are_the_same_update(town, sent):
    alert = report(town)
    first = sent(alert, update_id=None).json()
    assert sent(alert, update_id="").json() == first
    assert sent(alert, update_id=None, description="Autre chose").json() != first


def test_what_cannot_be_added_is_refused(client, town, sent):
    alert, village = report(town), report(town, point=town.IN_VILLAGE)
    for wanted, answer in {
        "no number": (400, sent(alert, service_request_id=None)),
        "no words": (400, sent(alert, description=" \u200b ")),
        "too many words": (400, sent(alert, description="x" * 4001)),
        "a long number": (400, sent(alert, update_id="9" * 81)),
        "unknown": (404, sent(alert, service_request_id="ZZZZZZZZ")),
        "elsewhere": (403, sent(village)),
        "no key": (403, sent(alert, api_key=None)),
        "a date as a key": (403, sent(alert, api_key="2026-11-23")),
    }.values():
        assert refusal(answer)[0][0] == wanted
    Alert.objects.filter(pk=alert.pk).update(erased_at=timezone.now())
    assert refusal(sent(alert))[0][0] == 404
    assert not village.events.filter(transition="update").exists()


def test_an_agents_key_speaks_for_residents_and_not_for_the_service(town, sent):
    alert = report(town)
    assert sent(alert, api_key=key_of(town.light_agent())).status_code == 200
    step = alert.events.get(transition="update")
    assert (step.body, step.data["voice"]) == (None, "resident")
    alert.refresh_from_db()
    assert alert.answered_at is None


def test_two_keys_may_use_the_same_numbers(town, sent):
    alert = report(town)
    other = key_of(town.person("autre@ville.example", Role.ADMINISTRATOR))
    assert sent(alert).json() != sent(alert, api_key=other).json()
