"""What the report page asks and shows once category and place are known, with scripts and without."""

import re
import uuid

import pytest
from django.contrib.gis.geos import Point
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import confirmations
from alerts import services
from alerts.models import Alert, AlertPhoto, Category, Question, Support
from geo.models import Asset, AssetKind
from tests.alerts.conftest import jpeg, upload
from tests.alerts.test_report_page import URL, errors, filled

pytestmark = pytest.mark.django_db
SCRIPT = {"accept": "application/json"}
METRE = 1 / 111_194  # degrees of latitude, near enough for tests


@pytest.fixture
def asking(town) -> Category:
    """The category of street lights, which asks one thing it must know and one it may."""
    Question.objects.create(
        category=town.street_light,
        code="etat",
        label="Que fait-il ?",
        type=Question.Type.ONE,
        required=True,
        choices=[{"key": "eteint", "name": "Il est éteint"}, {"key": "clignote", "name": "Il clignote"}],
    )
    Question.objects.create(category=town.street_light, code="hauteur", label="Hauteur", type=Question.Type.NUMBER)
    return town.street_light


def at(metres: float, town) -> Point:
    """That far north of where `filled` reports."""
    return Point(town.IN_WEST.x, town.IN_WEST.y + metres * METRE, srid=4326)


def standing(town, metres=10.0, **changes) -> Alert:
    given = {"category": town.street_light, "point": at(metres, town), "description": "Éteint aussi."}
    return services.report(**given | changes)


def ask(client, name, **changes) -> str:
    given = {"category": "lampadaire", "place_lon": "2.02", "place_lat": "47.05"} | changes
    return client.get(f"/signaler/{name}/", given).content.decode()


def test_a_page_without_scripts_comes_back_once_with_the_questions(town, phone, asking):
    response = phone.post(URL, filled())
    page = response.content.decode()
    assert response.status_code == 422
    assert response.context["unasked"]
    assert "Que fait-il ?" in page
    assert not response.context["form"].errors, "nobody was asked yet"
    asked = {"asked": re.search(r'name="asked" value="([^"]+)"', page)[1], "q-etat": "eteint", "q-hauteur": "4,5"}
    assert phone.post(URL, filled(**asked)).status_code == 302
    assert Alert.objects.get().answers == {"etat": "eteint", "hauteur": "4.5"}


def test_what_is_wrong_with_an_answer_is_said_beside_it_and_stays(town, phone, asking):
    response = phone.post(URL, filled(asked="lampadaire", **{"q-hauteur": "<haut>"}))
    assert "Answer" in errors(response, "q-etat")
    assert "not a number" in errors(response, "q-hauteur")
    assert 'value="&lt;haut&gt;"' in response.content.decode()
    for answer in ("rouge", "a\0b"):
        response = phone.post(URL, filled(asked="lampadaire", **{"q-etat": answer}))
        assert errors(response, "q-etat")


def test_a_device_that_sends_later_is_told_in_json(town, phone, asking):
    standing(town)
    refused = phone.post(URL, filled(), headers=SCRIPT)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["q-etat"])
    sent = phone.post(URL, filled(**{"q-etat": "eteint"}), headers=SCRIPT)
    assert sent.json()["url"].startswith("/signalements/suivi/"), "it does not stop at what is nearby"


def test_the_questions_come_as_a_piece_with_what_was_answered(town, phone, asking):
    page = ask(phone, "questions", **{"q-etat": "clignote", "email": "moi@example.org"})
    assert re.search(r'value="clignote"[^>]*checked', page)
    assert 'value="moi@example.org"' in page
    assert ask(phone, "questions", category="inconnue").count("<fieldset") == 0


def test_a_category_that_sends_elsewhere_takes_no_report(town, phone):
    Category.objects.filter(code="lampadaire").update(is_stopper=True, notice="Appelez le 112.")
    assert 'Appelez le <a href="tel:112">112</a>.' in ask(phone, "questions")
    assert "Appelez le 112." in errors(phone.post(URL, filled()), "category")
    assert ask(phone, "service") == ""


def test_the_service_is_that_of_the_citys_own_rules_and_of_the_answers(town, phone, asking):
    asking.rules.create(name="Clignotants", body=town.road_service, answers={"etat": ["clignote"]})
    assert "Service éclairage" in ask(phone, "service", **{"q-etat": "eteint"})
    assert "Service voirie" in ask(phone, "service", **{"q-etat": "clignote"})


def test_open_reports_nearby_are_shown_before_one_is_sent(town, phone):
    near, far = standing(town, 30), standing(town, 60)
    closer, other = standing(town, 12, description="Mât tordu."), standing(town, 5, category=town.pothole)
    closed = standing(town, 1)
    services.apply(alert=closed, transition="resolve", actor=town.light_agent(), message="Réparé.")
    page = ask(phone, "autour")
    assert re.findall(r'name="near" value="(\w+)"', page) == [closer.reference, near.reference]
    assert "12 m away" in page
    assert "Mât tordu." in page
    for alert in (far, other, closed):
        assert alert.reference not in page
    Category.objects.filter(code="lampadaire").update(duplicate_radius=100)
    assert far.reference in ask(phone, "autour")


def test_a_page_without_scripts_comes_back_once_with_what_is_nearby(town, phone):
    near = standing(town)
    response = phone.post(URL, filled(photos=[upload(jpeg())]))
    page = response.content.decode()
    assert response.status_code == 422
    assert response.context["unseen"]
    assert near.reference in page
    assert Alert.objects.count() == 1
    kept = AlertPhoto.objects.get().token
    assert f'value="{kept}"' in page
    assert phone.post(URL, filled(near=[near.reference], photo_tokens=[kept])).status_code == 302
    assert Alert.objects.count() == 2


def test_what_is_hidden_is_not_shown_nearby(town, phone):
    secret = standing(town, description="Visible du service seul.")
    Alert.objects.filter(pk=secret.pk).update(is_public=False)
    hushed = standing(town, description="Nom de quelqu'un.")
    photo = services.keep_photo(file=upload(jpeg())).photo
    services.join_photos(alert=hushed, tokens=[photo.token])
    Alert.objects.filter(pk=hushed.pk).update(text_hidden=True)
    AlertPhoto.objects.update(state=AlertPhoto.State.HIDDEN)
    page = ask(phone, "autour")
    assert secret.reference not in page
    assert hushed.reference in page
    assert "Nom de quelqu'un." not in page
    assert photo.token not in page


def test_nearby_takes_the_same_queries_for_one_as_for_five(town, phone, django_assert_num_queries):
    person = town.person("voisine@example.org")
    phone.force_login(person)

    def queries(count):
        while Alert.objects.count() < count:
            alert = standing(town)
            services.join_photos(alert=alert, tokens=[services.keep_photo(file=upload(jpeg())).photo.token])
            services.support(alert=alert, email="voisin@example.org")
        with django_assert_num_queries(HOW_MANY):
            assert ask(phone, "autour").count('name="near"') == min(count, 5)

    queries(1)
    queries(7)


# Session, user, mandates, category, its questions, the search, its photos, what the viewer joined.
HOW_MANY = 8


def test_from_the_list_a_neighbour_says_me_too(town, phone):
    near, person = standing(town), town.person("voisine@example.org")
    phone.force_login(person)
    page = ask(phone, "autour")
    assert f'formaction="/signalements/{near.reference}/moi-aussi/"' in page
    # Without scripts the button takes the whole form along.
    assert phone.post(f"/signalements/{near.reference}/moi-aussi/", filled()).url == near.get_absolute_url()
    assert Support.objects.get().user == person
    assert "Take it back" in ask(phone, "autour")


@pytest.fixture
def lights(town) -> list[Asset]:
    """Three street lights: 8 m and 40 m from where `filled` reports, and one far away."""
    kind = AssetKind.objects.create(code="lampadaire", name="Lampadaire", name_plural="Lampadaires", icon="💡")
    Category.objects.filter(code="lampadaire").update(asset_kind="lampadaire")
    return [
        Asset.objects.create(kind=kind, code=f"L{metres:.0f}", point=at(metres, town)) for metres in (8.0, 40.0, 900.0)
    ]


def test_equipment_is_offered_nearest_first_and_the_report_lies_where_it_stands(town, phone, lights):
    page = ask(phone, "equipement")
    assert re.findall(r'name="asset_code" value="(\w*)"', page) == ["L8", "L40", ""]
    assert "8 m away" in page
    assert phone.post(URL, filled()).context["unasked"]
    phone.post(URL, filled(asked="lampadaire", asset_code="L40"))
    alert = Alert.objects.get()
    assert (alert.asset_code, alert.point) == ("L40", lights[1].point)


@pytest.mark.parametrize("code", ["L900", "zzz", "a\0b", "x" * 100])
def test_equipment_that_is_not_there_is_refused(town, phone, lights, code):
    assert errors(phone.post(URL, filled(asked="lampadaire", asset_code=code)), "asset_code")


def test_not_knowing_which_one_is_an_answer(town, phone, lights):
    phone.post(URL, filled(asked="lampadaire", asset_code=""))
    assert Alert.objects.get().asset_code == ""


def test_a_category_that_wants_a_proven_address_keeps_all_until_it_is(town, phone, asking):
    Category.objects.filter(code="lampadaire").update(identity=Category.Identity.EMAIL)
    assert "to be confirmed" in ask(phone, "questions")
    given = {"asked": "lampadaire", "q-etat": "eteint"}
    response = phone.post(URL, filled(**given, photos=[upload(jpeg())]))
    assert "mail with a button" in errors(response, "email")
    kept = AlertPhoto.objects.get()
    submission = str(uuid.uuid4())
    sent = filled(**given, email="moi@example.org", photo_tokens=[kept.token], submission=submission)
    for _twice in range(2):
        page = phone.post(URL, sent, follow=True)
        assert "moi@example.org" in page.content.decode()
    assert Alert.objects.count() == 0
    confirmations.send_waiting()
    (message,) = mail.outbox
    link = re.search(r"https?://[^/]+(/\S+)", message.body)[1]
    answer = phone.post(link)
    alert = Alert.objects.get()
    assert answer.url == f"{alert.get_tracking_url()}?envoye"
    assert (alert.contact_email, alert.answers, list(alert.photos.all())) == (
        "moi@example.org", {"etat": "eteint"}, [kept],
    )  # fmt: skip
    phone.post(link)
    assert phone.post(URL, sent).url == answer.url, "the form sent again shows the report"
    assert Alert.objects.count() == 1


def test_a_category_for_accounts_says_so_first_and_sends_to_the_sign_in(town, phone):
    Category.objects.filter(code="lampadaire").update(identity=Category.Identity.ACCOUNT)
    assert "With an account." in phone.get(URL).content.decode()
    back = "next=/signaler/%3Fcategory%3Dlampadaire%26lon%3D2.020000%26lat%3D47.050000"
    assert back in ask(phone, "questions")
    response = phone.post(URL, filled())
    assert "sign in" in errors(response, "email")
    assert back in response.content.decode()
    phone.force_login(town.person("moi@example.org"))
    assert phone.post(URL, filled()).status_code == 302


def test_a_link_to_the_waiting_page_that_was_changed_leads_nowhere(town, phone):
    assert phone.get("/signaler/courriel/moi@example.org/").status_code == 404


@pytest.mark.parametrize("name", ["questions", "autour", "equipement", "service"])
@pytest.mark.parametrize(
    "odd",
    [
        {"category": "a\0b"},
        {"category": ["lampadaire", "x"]},
        {"place_lon": "nan"},
        {"place_lon": "\0"},
        {"place_lat": "1e400"},
        {"place_lon": "179.9999", "place_lat": "89.9999"},
        {"q-etat": "\0", "q-\0": "x", "asset_code": "\0"},
        {"email": "\0" * 5000},
    ],
)
def test_no_piece_of_the_page_fails_on_odd_input(town, phone, asking, lights, name, odd):
    given = {"category": "lampadaire", "place_lon": "2.02", "place_lat": "47.05"} | odd
    assert phone.get(f"/signaler/{name}/", given).status_code == 200


@pytest.mark.parametrize("field", ["category", "near", "asked", "submission", "place_search", "photo_place", "q-etat"])
def test_no_zero_byte_breaks_the_form(town, phone, asking, field):
    assert phone.post(URL, filled(**{field: "a\0b"})).status_code == 422
    assert phone.get(URL, {field: "a\0b"}).status_code == 200


def test_what_devices_keep_has_every_question_and_nobodys_address(town, phone, django_assert_num_queries):
    url = "/signaler/questions/fr.html"
    question = {"label": "Depuis quand ?", "type": Question.Type.STRING}
    Question.objects.create(category=town.street_light, code="quand", **question)
    phone.force_login(town.person("moi@example.org"))
    with CaptureQueriesContext(connection) as few:
        page = phone.get(url).content.decode()
    assert page.count("<template ") == Category.objects.offered().count()
    assert 'name="q-quand"' in page
    assert "moi@example.org" not in page
    for number in range(9):
        one = Category.objects.create(code=f"c{number}", name=f"C {number}", notice="Bon à savoir.")
        Question.objects.create(category=one, code="quand", **question)
    with django_assert_num_queries(len(few)):
        phone.get(url)
