"""The page of a report: what it tells and what it hides; and what people do from it."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from alerts import services
from alerts.models import Alert, AlertPhoto, Category, Moderation, Question, Support
from engagement.activity import services as activity
from geo.models import Asset, AssetKind
from tests.alerts.conftest import SVG, jpeg, upload
from tests.alerts.steps import AUTHOR, act, deliver, join, queries_of, read, reported, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(town):
    return town.light_agent()


@pytest.fixture
def alert(town) -> Alert:
    """A report whose receipt has been sent."""
    alert = reported(town)
    deliver()
    return alert


def kept(color="red") -> str:
    return services.keep_photo(file=upload(jpeg(color))).photo.token


def hide(alert, target, **about) -> Moderation:
    return Moderation.objects.create(alert=alert, target=target, reason=Moderation.Reason.PERSONAL, **about)


# --- what is told ------------------------------------------------------------------------------------------


def test_answers_are_shown_to_everybody_where_they_are_public_and_all_of_them_to_the_author(town, phone):
    for code, public in (("numero", True), ("etage", False)):
        Question.objects.create(category=town.street_light, code=code, label=f"Question {code}", is_public=public)
    alert = reported(town, answers={"numero": "L-42", "etage": "troisième"})
    page = read(phone, alert.get_absolute_url())
    assert "L-42" in page
    assert "troisième" not in page
    assert "troisième" in read(phone, alert.get_tracking_url())


def test_the_equipment_has_its_name_as_long_as_the_city_knows_it(town, phone):
    Category.objects.filter(pk=town.street_light.pk).update(asset_kind="lampadaire")
    alert = reported(town, asset_code="L-0042")
    assert "L-0042" in read(phone, alert.get_absolute_url())
    kind = AssetKind.objects.create(code="lampadaire", name="Lampadaire", name_plural="Lampadaires")
    Asset.objects.create(kind=kind, code="L-0042", name="Place de la Mairie", point=town.IN_WEST)
    assert "Place de la Mairie (L-0042)" in read(phone, alert.get_absolute_url())


def test_photos_of_the_service_stand_after_those_of_the_report(town, phone, agent):
    alert = reported(town, photo_tokens=[kept()])
    assert "compare" not in read(phone, alert.get_absolute_url())
    act(alert, "resolve", agent, photo_tokens=[kept("green")])
    page = read(phone, alert.get_absolute_url())
    before, after = (photo.get_url() for photo in alert.photos.order_by("pk"))
    assert page.index("Before") < page.index(before) < page.index("After") < page.index(after)
    assert page.count(f'href="{after}"') == 1


def test_a_photo_that_waits_is_seen_by_its_author_alone_and_a_hidden_one_by_nobody(town, phone, agent):
    Category.objects.update(photos_checked=True)
    town.street_light.refresh_from_db()
    alert = reported(town, photo_tokens=[kept()])
    (photo,) = alert.photos.all()
    assert photo.get_url() not in read(phone, alert.get_absolute_url())
    assert phone.get(photo.get_url()).status_code == 404
    own = read(phone, alert.get_tracking_url())
    assert "waits to be checked" in own
    assert phone.get(re.search(rf'{photo.get_url()}\?suivi=[^"]+', own)[0]).status_code == 200
    hide(alert, "photo", photo=photo)
    AlertPhoto.objects.update(state="hidden")
    assert phone.get(f"{photo.get_url()}?suivi={alert.tracking_token}").status_code == 404
    for url in (alert.get_tracking_url(), alert.get_absolute_url()):
        page = read(phone, url)
        assert photo.get_url() not in page
        assert "personal data of somebody" in page
    phone.force_login(agent)
    assert phone.get(photo.get_url()).status_code == 200


def test_what_was_hidden_says_when_and_why_and_comes_back_when_lifted(town, phone, alert, agent):
    act(alert, "qualify", agent, "Madame Dupont nous a appelés.")
    step = alert.events.last()
    Alert.objects.update(text_hidden=True)
    traces = [hide(alert, "text"), hide(alert, "step", step=step)]
    page = read(phone, alert.get_absolute_url())
    assert "Dupont" not in page
    assert ">Éteint." not in page
    assert page.count("personal data of somebody") == 4  # where each stood, and in the trace
    Moderation.objects.filter(pk__in=[one.pk for one in traces]).update(lifted_at=timezone.now())
    Alert.objects.update(text_hidden=False)
    page = read(phone, alert.get_absolute_url())
    assert "Dupont" in page
    assert page.count("personal data of somebody") == page.count("Shown again on") == 2


def test_a_report_hidden_whole_says_so_and_one_that_never_was_public_says_nothing(town, phone, alert):
    Alert.objects.update(is_public=False)
    assert phone.get(alert.get_absolute_url()).status_code == 404
    trace = hide(alert, "alert")
    response = phone.get(alert.get_absolute_url())
    assert response.status_code == 410
    assert "personal data of somebody" in response.content.decode()
    assert "Éteint." not in response.content.decode()
    assert "personal data of somebody" in read(phone, alert.get_tracking_url())
    trace.lifted_at = timezone.now()
    trace.save()
    assert phone.get(alert.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("visibility", ["reviewed", "private"])
def test_a_category_decides_who_sees_it(town, phone, agent, visibility):
    Category.objects.filter(pk=town.street_light.pk).update(visibility=visibility)
    town.street_light.refresh_from_db()
    alert = reported(town)
    assert phone.get(alert.get_absolute_url()).status_code == 404
    assert "not shown in public" in read(phone, alert.get_tracking_url())
    act(alert, "qualify", agent)
    assert phone.get(alert.get_absolute_url()).status_code == (200 if visibility == "reviewed" else 404)


def test_internal_steps_and_notes_are_nobodys_but_the_agents(town, phone, alert, agent):
    act(alert, "qualify", agent, "Vu.", note="Appeler l'électricien.")
    alert.events.create(
        transition="note", to_status="qualified", note="Secret.", message="Secret aussi.", is_public=False
    )
    for url in (alert.get_absolute_url(), alert.get_tracking_url()):
        page = read(phone, url)
        assert "électricien" not in page
        assert "Secret" not in page


def test_the_page_says_by_when_and_when_it_is_late(town, phone, alert, agent):
    assert "Answer expected before" in read(phone, alert.get_absolute_url())
    Alert.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
    assert "it is late" in read(phone, alert.get_absolute_url())
    act(alert, "plan", agent, planned_for=timezone.localdate() + dt.timedelta(days=3))
    page = read(phone, alert.get_absolute_url())
    assert "The work is planned for" in page
    assert (
        "late" not in page.lower().replace("latest", "").replace("later", "").split("<main", 1)[1].split("leaflet")[0]
    )
    act(alert, "resolve", agent)
    assert "expected before" not in read(phone, alert.get_absolute_url())


def test_other_services_that_were_told_and_reports_joined_are_named(town, phone, alert, agent):
    Alert.objects.update(also=[town.road_service.pk])
    twins = [reported(town) for _ in range(2)]
    for twin in twins:
        join(twin, alert, agent)
    Alert.objects.filter(pk=twins[1].pk).update(is_public=False)
    page = read(phone, alert.get_absolute_url())
    assert town.road_service.name in page
    assert "2 other reports were joined here" in page
    assert twins[0].get_absolute_url() in page
    assert twins[1].get_absolute_url() not in page
    assert alert.get_absolute_url() in read(phone, twins[0].get_absolute_url())
    assert alert.get_absolute_url() in read(phone, twins[1].get_tracking_url())


def test_the_page_costs_the_same_however_much_happened(town, phone, agent):
    alert = reported(town, photo_tokens=[kept()])
    for number in range(2):
        services.add_update(alert=alert, author=agent, text=f"n {number}", photo_tokens=[kept()])
    join(reported(town), alert, agent)
    few = queries_of(phone, alert.get_absolute_url())
    for number in range(12):
        services.add_update(alert=alert, author=agent, text=f"m {number}", photo_tokens=[kept()])
        join(reported(town), alert, agent)
    assert queries_of(phone, alert.get_absolute_url()) == few


# --- what the person who reported it does ------------------------------------------------------------------


def test_a_question_is_answered_from_the_page_and_the_service_hears_it(town, phone, alert, agent):
    act(alert, "ask", agent, "À quel étage ?")
    assert "À quel étage ?" in sent()[AUTHOR]
    page = read(phone, alert.get_tracking_url())
    assert page.index("À quel étage ?") < page.index("Description")
    assert 'value="reply"' not in read(phone, alert.get_absolute_url())
    given = {"act": "reply", "message": "Au troisième.", "photos": [upload(jpeg())]}
    assert phone.post(alert.get_tracking_url(), given).status_code == 302
    alert.refresh_from_db()
    assert alert.status == "qualified"
    bodies = sent()
    assert set(bodies) == {town.light_service.email}
    assert "Au troisième." in bodies[town.light_service.email]
    assert alert.get_handle_url() in bodies[town.light_service.email]
    page = read(phone, alert.get_absolute_url())
    assert "Au troisième." in page
    assert alert.photos.get().get_url() in page


def test_contesting_brings_it_back_to_the_queue_with_its_history(town, phone, alert, agent):
    act(alert, "resolve", agent, "Ampoule changée.")
    services.support(alert=reported(town), email="x@example.org")
    Support.objects.create(alert=alert, email="voisin@example.org")
    deliver()
    given = {"act": "contest", "message": "Il s'éteint à minuit.", "photos": [upload(jpeg())]}
    assert phone.post(alert.get_tracking_url(), given).status_code == 302
    alert.refresh_from_db()
    assert (alert.status, alert.closed_at) == ("received", None)
    assert alert in Alert.objects.handled_by(agent).waiting()
    bodies = sent()
    assert set(bodies) == {town.light_service.email, "voisin@example.org"}
    mailed = bodies[town.light_service.email]
    assert "Il s'éteint à minuit." in mailed
    assert "Ampoule changée." in mailed
    assert alert.get_handle_url() in mailed


def test_after_the_delay_the_page_says_so_and_offers_a_new_report_there(town, phone, alert, agent):
    act(alert, "resolve", agent)
    Alert.objects.update(closed_at=timezone.now() - dt.timedelta(days=31))
    page = read(phone, alert.get_tracking_url())
    assert 'value="contest"' not in page
    again = re.search(r'href="(/signaler/\?[^"]+)"', page)[1].replace("&amp;", "&")
    form = phone.get(again).context["form"]
    assert form["place"].value().coords == (2.02, 47.05)
    assert form["category"].value() == "lampadaire"
    response = phone.post(alert.get_tracking_url(), {"act": "contest", "message": "Encore éteint."})
    assert response.status_code == 409
    assert "Encore éteint." in response.content.decode()
    alert.refresh_from_db()
    assert alert.status == "resolved"


def test_the_same_answer_sent_twice_is_one_and_no_error(phone, alert, agent):
    act(alert, "resolve", agent)
    for _ in range(2):
        response = phone.post(alert.get_tracking_url(), {"act": "contest", "message": "Éteint."}, follow=True)
        assert "The report is open again" in response.content.decode()
    assert alert.events.filter(transition="contest").count() == 1


def test_withdrawing_tells_the_service_and_those_who_joined_but_not_the_author(town, phone, alert):
    services.support(alert=alert, email="voisin@example.org")
    deliver()
    phone.post(alert.get_tracking_url(), {"act": "withdraw", "message": ""})
    alert.refresh_from_db()
    assert alert.status == "resolved"
    assert set(sent()) == {"voisin@example.org", town.light_service.email}


def test_the_signed_in_reporter_acts_from_the_public_page(town, phone):
    person = town.person("moi@example.org")
    alert = reported(town, reporter=person, contact_email="")
    phone.force_login(person)
    assert 'value="withdraw"' in read(phone, alert.get_absolute_url())
    phone.post(alert.get_absolute_url(), {"act": "withdraw"})
    alert.refresh_from_db()
    assert (alert.status, alert.events.last().actor) == ("resolved", person)


@pytest.mark.parametrize("name", ["reply", "withdraw", "contest", "resolve", "merge", "", "\x00", "é" * 5000])
def test_nobody_else_does_what_is_the_authors(town, phone, alert, agent, name):
    act(alert, "ask", agent)
    phone.force_login(town.person("autre@example.org"))
    before = alert.events.count()
    response = phone.post(alert.get_absolute_url(), {"act": name, "message": "Je réponds."})
    assert response.status_code in (400, 403, 409)
    assert alert.events.count() == before
    if response.status_code == 409:
        assert "Je réponds." in response.content.decode()


def test_a_stranger_who_sends_something_is_asked_to_sign_in(phone, alert):
    response = phone.post(alert.get_absolute_url(), {"act": "update", "message": "Bonjour."})
    assert response.status_code == 302
    assert response.url.startswith("/compte/connexion/")


@pytest.mark.parametrize(
    ("message", "said"), [("", "Write a few words"), ("\u200b", "few words"), ("a" * 5000, "5,000")]
)
def test_a_message_that_cannot_be_taken_says_why_and_its_photo_stays(phone, alert, message, said):
    given = {"act": "update", "message": message, "photos": [upload(jpeg()), upload(SVG, "dessin.svg")]}
    response = phone.post(alert.get_tracking_url(), given)
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert "dessin.svg" in page
    (photo,) = AlertPhoto.objects.filter(alert=None)
    given = {"act": "update", "message": "Voici.", "photo_tokens": [photo.token]}
    assert phone.post(alert.get_tracking_url(), given).status_code == 302
    assert alert.events.last().photos.get() == photo


def test_an_expired_form_keeps_what_was_typed(alert):
    browser = Client(enforce_csrf_checks=True, REMOTE_ADDR=f"test-{uuid.uuid4()}", headers={"accept-language": "en"})
    response = browser.post(alert.get_tracking_url(), {"act": "update", "message": "Toujours éteint."})
    page = response.content.decode()
    assert response.status_code == 422
    assert "had expired" in page
    assert "Toujours éteint." in page
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    given = {"act": "update", "message": "Toujours éteint.", "csrfmiddlewaretoken": token}
    assert browser.post(alert.get_tracking_url(), given).status_code == 302


# --- news --------------------------------------------------------------------------------------------------


def test_news_reaches_the_service_and_who_follows_but_not_its_writer(town, phone, alert):
    neighbour, follower = town.person("voisine@example.org"), town.person("abonne@example.org")
    services.support(alert=alert, user=neighbour)
    for person in (neighbour, follower):
        activity.follow(user=person, object_type="alert", object_key=alert.pk, title="x", url="/")
    deliver()
    phone.force_login(neighbour)
    phone.post(alert.get_absolute_url(), {"act": "update", "message": "Le poteau penche."})
    bodies = sent()
    assert set(bodies) == {AUTHOR, "abonne@example.org", town.light_service.email}
    assert all("Le poteau penche." in body for body in bodies.values())
    page = read(Client(headers={"accept-language": "en"}), alert.get_absolute_url())
    assert "Le poteau penche." in page
    assert "voisine" not in page
    alert.refresh_from_db()
    assert (alert.status, alert.answered_at) == ("received", None)


def test_news_of_the_author_goes_to_the_service_and_that_of_an_agent_to_the_residents(town, phone, alert, agent):
    deliver()
    phone.post(alert.get_tracking_url(), {"act": "update", "message": "Toujours là."})
    assert set(sent()) == {town.light_service.email}
    phone.force_login(agent)
    phone.post(alert.get_absolute_url(), {"act": "update", "message": "La pièce est commandée."})
    bodies = sent()
    assert set(bodies) == {AUTHOR}
    assert town.light_service.name in bodies[AUTHOR]
    alert.refresh_from_db()
    assert alert.answered_at is not None
    assert alert.events.last().body == town.light_service


def test_the_same_news_sent_twice_is_one(phone, alert):
    for _ in range(2):
        phone.post(alert.get_tracking_url(), {"act": "update", "message": "Toujours là."})
    assert alert.events.filter(transition="update").count() == 1


def test_old_reports_and_duplicates_take_no_news(town, phone, alert, agent):
    act(alert, "resolve", agent)
    Alert.objects.update(closed_at=timezone.now() - dt.timedelta(days=91))
    twin = reported(town)
    join(twin, reported(town), agent)
    for one in (alert, twin):
        assert 'value="update"' not in read(phone, one.get_tracking_url())
        with pytest.raises(services.TooLate):
            services.add_update(alert=one, author=None, text="Encore.", holds_key=True)
        assert phone.post(one.get_tracking_url(), {"act": "update", "message": "Encore."}).status_code == 409


def test_too_many_messages_are_told_to_wait_and_kept(phone, alert, settings):
    settings.ALERTS_UPDATES_LIMIT = 1
    phone.post(alert.get_tracking_url(), {"act": "update", "message": "Un."})
    response = phone.post(alert.get_tracking_url(), {"act": "update", "message": "Deux."})
    assert response.status_code == 422
    assert "Deux.</textarea>" in response.content.decode()
    assert alert.events.filter(transition="update").count() == 1
