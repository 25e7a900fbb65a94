"""Who has a report, how urgent it is, notes, usual answers and photos of the result."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Mandate, Role
from alerts import services
from alerts.models import Alert, AlertEvent, Priority, Question, ResponseTemplate, Team
from engagement.activity.models import Activity
from geo.models import Body
from tests.alerts.conftest import bomb, jpeg, upload
from tests.alerts.desk import report

pytestmark = pytest.mark.django_db


def organised(alert, **given):
    return {"org-who": "", "org-priority": "0", "org-note": ""} | given


def test_sharing_is_recorded_for_the_service_and_nobody_outside_hears_of_it(town, desk, agent):
    alert = report(town, contact_email="moi@example.org")
    before = Activity.objects.count()
    address = f"{alert.get_handle_url()}organiser/"
    given = {"org-who": f"a{agent.pk}", "org-priority": "1", "org-note": "Nacelle."}
    page = desk.post(address, organised(alert, **given), follow=True).content.decode()
    alert.refresh_from_db()
    assert (alert.assignee, alert.priority) == (agent, Priority.HIGH)
    assert "Given to agent@ville.example" in page
    assert "Nacelle." in page
    steps = alert.events.exclude(transition="report")
    assert [one.transition for one in steps] == ["assign", "prioritise", "note"]
    assert not any(one.is_public for one in steps)
    assert Activity.objects.count() == before
    desk.post(address, organised(alert, **given | {"org-note": ""}))
    assert alert.events.count() == 4  # nothing changed, nothing recorded


def test_a_report_is_given_only_to_those_who_can_handle_it(town, desk, agent):
    alert = report(town)
    stranger = town.person("voirie@ville.example", Role.AGENT, body=town.road_service)
    team = Team.objects.create(body=town.road_service, name="Voirie")
    for given in ({"assignee": stranger}, {"team": team}):
        with pytest.raises(services.NotTheirs):
            services.assign(alert=alert, actor=agent, **given)
    with pytest.raises(PermissionDenied):
        services.assign(alert=alert, actor=stranger, assignee=stranger)
    given = organised(alert, **{"org-who": f"a{stranger.pk}", "org-note": "Gardé"})
    answer = desk.post(f"{alert.get_handle_url()}organiser/", given)
    assert answer.status_code == 422
    assert "Gardé" in answer.content.decode()
    assert not alert.events.filter(transition="note").exists()


def test_a_transfer_leaves_the_people_of_the_service_behind(town, agent):
    alert = services.assign(alert=report(town), actor=agent, assignee=agent)
    alert = services.apply(alert=alert, transition="transfer", actor=agent, message="!", body=town.road_service)
    assert (alert.assignee, alert.team) == (None, None)


def test_a_service_beside_the_one_in_charge_may_act_in_its_own_name(town, phone):
    alert = report(town)
    Alert.objects.filter(pk=alert.pk).update(also=[town.road_service.pk])
    phone.force_login(town.person("voirie@ville.example", Role.AGENT, body=town.road_service))
    given = {"act": "resolve", "message": "Fait par la voirie.", "seen": alert.events.last().pk}
    assert phone.post(alert.get_handle_url(), given).status_code == 302
    assert alert.events.last().body == town.road_service


def test_private_answers_are_for_the_service(town, desk):
    for code, public in (("couleur", True), ("digicode", False)):
        Question.objects.create(category=town.street_light, code=code, label=f"{code} ?", is_public=public)
    alert = report(town, answers={"couleur": "vert", "digicode": "1234A"})
    page = desk.get(alert.get_handle_url()).content.decode()
    assert "vert" in page
    assert "1234A" in page


def test_usual_answers_are_those_of_the_service_and_category_and_fill_the_message(town, desk):
    alert = report(town)
    fits = ResponseTemplate.objects.create(
        title="Changé", text="Ampoule changée.", transition="resolve", body=town.light_service
    )
    ResponseTemplate.objects.create(title="Route", text="Rebouché.", body=town.road_service)
    ResponseTemplate.objects.create(title="Trou", text="Rebouché.", category=town.pothole)
    assert desk.get(alert.get_handle_url()).context["templates"] == [fits]
    given = {"inserer": "1", "template": fits.pk, "message": "Bonjour,", "seen": alert.events.last().pk}
    page = desk.post(alert.get_handle_url(), given)
    assert page.context["form"]["message"].value() == "Bonjour,\n\nAmpoule changée."
    assert page.context["form"]["act"].value() == "resolve"
    assert page.status_code == 200
    assert not page.context["form"].errors
    assert alert.events.count() == 1
    assert desk.post(alert.get_handle_url(), given | {"template": "x"}).status_code == 200


def test_photos_of_the_result_belong_to_their_step_and_survive_a_mistake(town, desk):
    alert = report(town)
    given = {"act": "resolve", "message": "", "seen": alert.events.last().pk, "photos": [upload(jpeg())]}
    page = desk.post(alert.get_handle_url(), given)
    assert page.status_code == 422
    token = page.context["kept"][0].token
    assert token in page.content.decode()
    given = {"act": "resolve", "message": "Réparé.", "seen": alert.events.last().pk, "photo_tokens": [token, "\0"]}
    assert desk.post(alert.get_handle_url(), given | {"photos": [upload(jpeg("blue"))]}).status_code == 302
    assert alert.photos.count() == 2
    assert {photo.step for photo in alert.photos.all()} == {alert.events.last()}


@pytest.mark.parametrize("file", [b"", b"<svg/>", bomb()])
def test_a_file_that_is_no_photo_is_said_and_nothing_happens(town, desk, file):
    alert = report(town)
    given = {"act": "resolve", "message": "Réparé.", "seen": alert.events.last().pk, "photos": [upload(file)]}
    page = desk.post(alert.get_handle_url(), given)
    assert page.status_code == 422
    assert page.context["form"].errors["photos"]
    assert "Réparé." in page.content.decode()
    assert AlertEvent.objects.count() == 1


def test_an_agent_of_two_services_sees_both(town, phone):
    agent = town.person("deux@ville.example", Role.AGENT, body=town.light_service)
    Mandate.objects.create(user=agent, role=Role.AGENT, territory=town.commune, body=town.road_service)
    report(town)
    report(town, category=town.pothole)
    assert Alert.objects.handled_by(agent).count() == 2
    assert Body.objects.filter(alerts__in=Alert.objects.handled_by(agent)).distinct().count() == 2
