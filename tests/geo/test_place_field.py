"""The place of a report by its address alone, as a browser without JavaScript sends it."""

import re
import uuid

import pytest
from django.test import Client

from alerts.models import Alert
from geo.models import PlanFeature
from tests.geo import ban

pytestmark = pytest.mark.django_db
URL = "/signaler/"


@pytest.fixture
def phone(town, tmp_path) -> Client:
    ban.load(tmp_path)
    return Client(REMOTE_ADDR=f"test-{uuid.uuid4()}", headers={"accept-language": "en"})


def filled(**changes) -> dict:
    return {
        "place_lon": "",
        "place_lat": "",
        "place_search": "",
        "category": "lampadaire",
        "description": "Le lampadaire est éteint.",
        "submission": str(uuid.uuid4()),
    } | changes


def said(response) -> str:
    assert response.status_code == 422
    assert Alert.objects.count() == 0
    return " ".join(response.context["form"].errors["place"])


def test_an_address_with_one_meaning_is_taken(phone):
    phone.post(URL, filled(place_search="12 rue des lila"))
    assert Alert.objects.get().point.coords == pytest.approx((2.0204, 47.05))


def test_coordinates_have_the_last_word(phone):
    phone.post(URL, filled(place_search="12 rue des lilas", place_lon="2.07", place_lat="47.02"))
    assert Alert.objects.get().point.coords == (2.07, 47.02)


def test_of_several_places_one_is_chosen(phone):
    response = phone.post(URL, filled(place_search="5 rue de la gare"))
    page = response.content.decode()
    assert "choose one" in said(response)
    assert 'value="5 rue de la gare"' in page
    choices = dict(re.findall(r'name="place_choice"\s+value="([^"]+)">\s*([^<]+?)\s*</label>', page))
    (chosen,) = (value for value, label in choices.items() if "Saint-Éloi" in label)
    asked = re.search(r'name="place_asked"\s+value="([^"]+)"', page)[1]
    phone.post(URL, filled(place_search="5 rue de la gare", place_asked=asked, place_choice=chosen))
    assert Alert.objects.get().point.coords == (2.15, 47.05)


def test_a_choice_made_for_another_text_does_not_count(phone):
    phone.post(URL, filled(place_search="12 rue des lilas", place_asked="5 rue de la gare", place_choice="2.15,47.05"))
    assert Alert.objects.get().point.coords == pytest.approx((2.0204, 47.05))


def test_a_house_that_is_not_there_is_asked_about(phone):
    assert "choose one" in said(phone.post(URL, filled(place_search="99 rue des lilas")))


@pytest.mark.parametrize("text", ["qzxwv kjhgf", "x" * 100_000, "\0\0", "<script>alert(1)</script>", "12"])
def test_an_unknown_address_says_so_and_stays(phone, text):
    response = phone.post(URL, filled(place_search=text))
    assert said(response)
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("choice", ["", "x", "2.02", "nan,nan", "-30,40", "2.02,47.05,9", "\0,\0"])
def test_a_choice_that_was_never_offered_is_checked_like_any_place(phone, choice):
    text = "5 rue de la gare"
    assert said(phone.post(URL, filled(place_search=text, place_asked=text, place_choice=choice)))


def test_an_address_outside_the_area_is_not_offered(phone, tmp_path):
    PlanFeature.objects.create(kind="ecole", name="École lointaine", geometry="SRID=4326;POINT(-30 40)")
    assert "no address" in said(phone.post(URL, filled(place_search="école lointaine")))


def test_where_nothing_is_said_one_is_asked_for_a_place(phone):
    assert "address" in said(phone.post(URL, filled()))
