"""What residents write reaches the public without what leads to a person, and goes where a moderator says so."""

import itertools
import json

import pytest
from django.core import mail

from accounts.models import Role
from alerts import services
from alerts.models import Alert, Category, Moderation, Question
from engagement.activity.models import Activity
from tests.alerts.steps import deliver, read, reported

pytestmark = pytest.mark.django_db
PHONE, PLATE, MAILBOX = "06 12 34 56 78", "AB-123-CD", "zoe.martin@example.org"
PERSONAL = (PHONE, PLATE, MAILBOX)


@pytest.fixture
def alert(town) -> Alert:
    for position, (code, kind) in enumerate((("ou", "string"), ("recit", "text"))):
        Question.objects.create(category=town.street_light, code=code, label=code, type=kind, position=position)
    alert = reported(
        town,
        address=f"12 rue des Lilas, sonner au {PHONE}",
        description=f"Devant la voiture {PLATE}.",
        answers={"ou": f"chez {MAILBOX}", "recit": f"Rappelez le {PHONE}."},
    )
    services.add_update(alert=alert, author=None, text=f"Écrivez à {MAILBOX}.", holds_key=True)
    return alert


@pytest.fixture
def moderator(town):
    return town.person("moderation@ville.example", Role.MODERATOR)


def public(client, alert) -> dict[str, str]:
    """All that somebody without an account reads of the alert, by where."""
    deliver()
    activities = Activity.objects.about("alert", alert.pk).filter(public=True)
    pages = {
        "page": alert.get_absolute_url(),
        "layer": "/exports/alerts.geojson",
        "csv": "/exports/alerts.csv",
        "open311": f"/open311/v2/requests/{alert.reference}.json",
        "updates": f"/open311/v2/servicerequestupdates.json?service_request_id={alert.reference}",
        "atom": "/activite.atom",
        "geojson": "/activite.geojson",
    }
    said = {}
    for name, url in pages.items():
        response = client.get(url)
        assert response.status_code == 200, name
        content = b"".join(response.streaming_content) if response.streaming else response.content
        said[name] = content.decode()
    said["layer"] = json.dumps(json.loads(said["layer"]), ensure_ascii=False)
    return said | {"activity": " ".join(itertools.chain(*activities.values_list("title", "summary")))}


def test_nothing_public_leads_to_a_person_and_the_service_reads_all(town, phone, alert):
    said = public(phone, alert)
    assert [(name, one) for name, text in said.items() for one in PERSONAL if one in text] == []
    for name in ("page", "layer", "csv", "open311", "atom", "activity"):
        assert "12 rue des Lilas" in said[name], name
    own = read(phone, alert.get_tracking_url())
    assert all(one in own for one in PERSONAL)
    phone.force_login(town.light_agent())
    desk = read(phone, alert.get_handle_url())
    assert all(one in desk for one in PERSONAL)


def test_subjects_of_mails_lead_to_nobody_and_the_service_is_written_the_whole_message(town, alert):
    deliver()
    assert mail.outbox
    assert [one.subject for one in mail.outbox if PHONE in one.subject] == []
    (told,) = [one for one in mail.outbox if MAILBOX in one.body]
    assert told.to == ["eclairage@ville.example"]


@pytest.mark.parametrize(("target", "word"), [("address", "rue des Lilas"), ("answers", "Rappelez")])
def test_address_and_answers_can_be_hidden_everywhere_and_come_back(phone, alert, moderator, target, word):
    trace = services.hide(alert=alert, actor=moderator, target=target, reason=Moderation.Reason.PERSONAL)
    said = public(phone, alert)
    assert [name for name, text in said.items() if word in text] == []
    assert "personal data of somebody" in said["page"]
    services.lift(moderation=trace, actor=moderator)
    assert word in public(phone, alert)["page"]


def test_the_moderator_finds_address_and_answers_on_the_page(phone, alert, moderator):
    phone.force_login(moderator)
    page = f"/agents/moderation/{alert.reference}/"
    assert all(one in read(phone, page) for one in PERSONAL)
    given = {"do": "hide", "target": "answers", "reason": "personal"}
    assert phone.post(page, given).status_code == 302
    assert Alert.objects.get(pk=alert.pk).answers_hidden


def test_a_category_that_becomes_private_offers_to_take_its_old_reports_along(town, phone, alert):
    root = town.person("root@ville.example", is_superuser=True, is_staff=True)
    phone.force_login(root)
    Category.objects.filter(pk=town.street_light.pk).update(visibility="private")
    other = reported(town, category=town.pothole)
    page = "/admin/alerts/category/"
    given = {"action": "conceal", "_selected_action": [town.street_light.pk]}
    answer = phone.post(page, given, follow=True)
    assert "One report is not public any more" in answer.content.decode()
    phone.logout()
    assert phone.get(alert.get_absolute_url()).status_code == 404
    assert phone.get(other.get_absolute_url()).status_code == 200
    assert alert.get_absolute_url() not in read(phone, "/activite.atom")
    assert alert.events.filter(transition="conceal", is_public=False, actor=root).count() == 1


def test_each_public_step_says_what_happened(town, phone, agent):
    """Joined and separated again, on both sides."""
    one, other = reported(town), reported(town)
    services.merge(alerts=[other], into=one, actor=agent)
    services.unmerge(alert=other, actor=agent)
    assert "joined to it was separated" in read(phone, one.get_absolute_url())
    assert "Separated again" in read(phone, other.get_absolute_url())
