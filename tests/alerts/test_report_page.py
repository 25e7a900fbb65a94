"""A resident reports: what arrives, and what each kind of bad input gets."""

import re
import uuid

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from alerts.models import Alert, AlertPhoto
from tests.alerts.conftest import SVG, bomb, jpeg, upload
from tests.geo import ban

pytestmark = pytest.mark.django_db
URL = "/signaler/"


def filled(**changes) -> dict:
    given = {
        "place_lon": "2.02",
        "place_lat": "47.05",
        "category": "lampadaire",
        "description": "Le lampadaire est éteint.",
        "submission": str(uuid.uuid4()),
    } | changes
    return {name: value for name, value in given.items() if value is not None}


def seen() -> list[str]:
    """What the page of somebody says who was shown all that is reported so far."""
    return list(Alert.objects.values_list("reference", flat=True))


def errors(response, field) -> str:
    """What is said beside a field of a form that came back, which must have kept nothing from arriving."""
    assert response.status_code == 422
    assert Alert.objects.count() == 0
    return " ".join(response.context["form"].errors.get(field, []))


def test_a_report_leads_to_a_page_that_says_who_got_it_and_why(town, phone):
    response = phone.post(URL, filled(email="moi@example.org"), follow=True)
    page = response.content.decode()
    alert = Alert.objects.get()
    assert response.redirect_chain[-1][0].startswith(alert.get_tracking_url())
    assert alert.reference in page
    assert "Service éclairage" in page
    assert "Ouest, Ville" in page
    assert "moi@example.org" in page


def test_the_public_page_tells_nothing_of_the_reporter(town, phone):
    phone.post(URL, filled(email="moi@example.org"))
    alert = Alert.objects.get()
    page = Client().get(alert.get_absolute_url()).content.decode()
    assert alert.description in page
    assert "moi@example.org" not in page
    assert alert.tracking_token not in page


def test_a_signed_in_person_is_the_reporter_and_may_refuse_mail(town, phone):
    person = town.person("moi@example.org")
    phone.force_login(person)
    assert phone.get(URL).context["form"]["email"].value() == "moi@example.org"
    phone.post(URL, filled(email=""))
    alert = Alert.objects.get()
    assert (alert.reporter, alert.contact_email) == (person, "")


def test_what_a_map_already_knows_is_filled_in(town, phone):
    form = phone.get(URL, {"lon": "2.02", "lat": "47.05", "category": "lampadaire"}).context["form"]
    assert form["place"].value().coords == (2.02, 47.05)
    assert form["category"].value() == "lampadaire"
    assert phone.get(URL, {"lon": "x"}).status_code == 200


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        ("-30", "40", "outside the area"),
        ("47.05", "2.02", "swap"),
        ("nan", "47.05", "not a number"),
        ("inf", "47.05", "not a number"),
        ("200", "47.05", "180"),
        ("ici", "47.05", "not a number"),
        ("2.02", "", "latitude"),
        ("", "", "Say where"),
    ],
)
def test_a_place_that_cannot_be_used_says_why_and_stays(town, phone, lon, lat, said):
    response = phone.post(URL, filled(place_lon=lon, place_lat=lat))
    assert said in errors(response, "place")
    page = response.content.decode()
    assert f'name="place_lon" value="{lon}"' in page or not lon
    assert "Le lampadaire est éteint." in page


@pytest.mark.parametrize(("lon", "lat"), [("2,02", "47,05"), ("", "47.05, 2.02"), (" 2.02 ", "47.05")])
def test_coordinates_are_read_as_people_write_them(town, phone, lon, lat):
    phone.post(URL, filled(place_lon=lon, place_lat=lat))
    assert Alert.objects.get().point.coords == (2.02, 47.05)


@pytest.mark.parametrize("category", [None, "", "inconnue"])
def test_a_category_that_is_not_offered_is_refused(town, phone, category):
    assert errors(phone.post(URL, filled(category=category)), "category")


def test_a_category_nobody_is_competent_for_goes_to_triage_and_says_so(town, phone):
    page = phone.post(URL, filled(category="depot-sauvage"), follow=True).content.decode()
    assert Alert.objects.get().body == town.triage
    assert "Accueil de la mairie" in page


def test_a_text_too_long_is_counted_and_kept(town, phone):
    text = "a" * 100_000
    response = phone.post(URL, filled(description=text))
    said = errors(response, "description")
    assert "100,000 characters" in said
    assert "4,000" in said
    assert text in response.content.decode()


def test_scripts_are_shown_as_text_and_direction_overrides_go(town, phone):
    page = phone.post(URL, filled(description="<script>alert(1)</script> \u202egnp.exe"), follow=True).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert Alert.objects.get().description == "<script>alert(1)</script> gnp.exe"


def test_the_address_and_the_landmark_are_one_line(town, phone):
    phone.post(URL, filled(place_search="12 rue des Lilas\nBcc: tous@example.org", landmark="2e\nétage"))
    assert Alert.objects.get().address == "12 rue des Lilas Bcc: tous@example.org, 2e étage"


@pytest.mark.parametrize(
    ("lat", "landmark", "address"),
    [
        ("47.0501", "devant l'école", "1 rue des Lilas, 23450 Ville-sur-Test, devant l'école"),
        ("47.0501", "", "1 rue des Lilas, 23450 Ville-sur-Test"),
        ("47.08", "sous le pont", "sous le pont"),
    ],
)
def test_a_place_without_an_address_gets_the_one_close_to_it(town, phone, tmp_path, lat, landmark, address):
    ban.load(tmp_path)
    phone.post(URL, filled(place_lat=lat, landmark=landmark))
    assert Alert.objects.get().address == address


@pytest.mark.parametrize(
    ("given", "place", "address"),
    [
        ({"place_search": "12 rue des Lilas"}, (2.0204, 47.05), "12 rue des Lilas"),
        ({"place_lon": "2.02", "place_lat": "47.05", "place_search": "Le banc"}, (2.02, 47.05), "Le banc"),
        ({"place_search": "12 rue des Lilas", "use_photo_place": "1"}, (2.03, 47.08), ""),
    ],
)
def test_a_place_that_was_searched_wins_over_the_photos_unless_that_is_preferred(
    town, phone, tmp_path, given, place, address
):
    ban.load(tmp_path)
    data = {"place_lon": "", "place_lat": "", "photo_place": "2.03,47.08"} | given
    response = phone.post(URL, filled(**data))
    if response.status_code == 422:  # the photo's place is shown before it is sent
        data |= {"place_lon": "2.03", "place_lat": "47.08", "place_search": ""}
        assert phone.post(URL, filled(**(data | {"use_photo_place": None}))).status_code == 302
    alert = Alert.objects.get()
    assert (alert.point.coords, alert.address) == (pytest.approx(place), address)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"bonjour", "photo"),
        (SVG, "photo"),
        (b"GIF89a" + SVG, "photo"),
        (b"", "empty"),
        (bomb(), "million pixels"),
        (jpeg(size=(900, 900))[:2000], "damaged"),
        (b"\xff" * (20 * 1024 * 1024 + 1), "20 MB"),
    ],
    ids=["text", "svg", "polyglot", "empty", "bomb", "truncated", "large"],
)
def test_a_file_that_is_no_photo_says_why_and_the_good_one_is_kept(town, phone, content, said):
    response = phone.post(URL, filled(photos=[upload(jpeg(), "bonne.jpg"), upload(content, "mauvaise.jpg")]))
    told = errors(response, "photos")
    assert "mauvaise.jpg" in told
    assert said in told
    (kept,) = AlertPhoto.objects.all()
    again = phone.post(URL, filled(photo_tokens=[kept.token]))
    assert again.status_code == 302
    assert list(Alert.objects.get().photos.all()) == [kept]


def test_a_photo_outlives_a_mistake_elsewhere_and_can_be_removed(town, phone):
    response = phone.post(URL, filled(description="", photos=[upload(jpeg())]))
    assert errors(response, "description")
    kept = AlertPhoto.objects.get()
    assert f'value="{kept.token}"' in response.content.decode()
    assert phone.get(f"{kept.get_url()}?petit")["Content-Type"] == "image/jpeg"
    phone.post(URL, filled(photo_tokens=[kept.token], photo_remove=[kept.token]))
    assert Alert.objects.get().photos.count() == 0


def test_a_fourth_photo_is_left_out_aloud(town, phone):
    response = phone.post(URL, filled(photos=[upload(jpeg(), f"{n}.jpg") for n in range(4)]))
    assert "3.jpg" in errors(response, "photos")
    assert AlertPhoto.objects.count() == 3


def test_the_place_of_a_photo_is_proposed_and_then_in_no_file(town, phone):
    response = phone.post(URL, filled(place_lon="", place_lat="", photos=[upload(jpeg(place=(2.02, 47.05)))]))
    assert Alert.objects.count() == 0
    assert response.context["proposed"]
    assert 'name="place_lon" value="2.020000"' in response.content.decode()
    kept = AlertPhoto.objects.get()
    for name in (kept.image.name, kept.thumbnail.name):
        assert len(Image.open(default_storage.path(name)).getexif()) == 0
    phone.post(URL, filled(place_lon="2.020000", place_lat="47.050000", photo_tokens=[kept.token]))
    assert Alert.objects.get().photos.count() == 1


def test_a_place_that_was_given_is_never_replaced_by_that_of_a_photo(town, phone):
    phone.post(URL, filled(photos=[upload(jpeg(place=(2.07, 47.01)))]))
    assert Alert.objects.get().point.coords == (2.02, 47.05)


def test_the_place_of_a_photo_can_be_taken_by_a_box_where_another_was_given(town, phone):
    photo = upload(jpeg(place=(2.07, 47.01)))
    response = phone.post(URL, filled(place_lon="-30", photos=[photo]))
    assert 'name="use_photo_place"' in response.content.decode()
    noted = re.search(r'name="photo_place" value="([^"]+)"', response.content.decode())[1]
    response = phone.post(URL, filled(place_lon="-30", photo_place=noted, use_photo_place="1"))
    assert Alert.objects.count() == 0
    assert 'name="place_lon" value="2.070000"' in response.content.decode()


def test_a_photo_sent_ahead_answers_with_its_token_and_place(town, phone):
    answer = phone.post("/signaler/photo/", {"photo": upload(jpeg(place=(2.02, 47.05)))}).json()
    assert answer["token"] == AlertPhoto.objects.get().token
    assert answer["place"] == pytest.approx([2.02, 47.05])
    refused = phone.post("/signaler/photo/", {"photo": upload(SVG)})
    assert refused.status_code == 422
    assert "photo" in refused.json()["error"]
    assert phone.post("/signaler/photo/").status_code == 422


def test_an_expired_form_comes_back_whole_and_can_be_sent(town, phone):
    phone.handler.enforce_csrf_checks = True
    response = phone.post(URL, filled(photos=[upload(jpeg())]))
    page = response.content.decode()
    assert response.status_code == 403
    assert Alert.objects.count() == 0
    assert "had expired" in page
    fields = dict(re.findall(r'name="(csrfmiddlewaretoken|photo_tokens|submission)" value="([^"]+)"', page))
    assert phone.post(URL, filled(**fields)).status_code == 302
    assert Alert.objects.get().photos.count() == 1


def test_too_many_reports_are_told_to_wait_and_keep_their_text(town, phone, settings):
    settings.ALERTS_REPORTS_LIMIT = 2
    assert [phone.post(URL, filled(near=seen())).status_code for _ in range(2)] == [302, 302]
    response = phone.post(URL, filled(description="Le troisième.", near=seen()))
    assert response.status_code == 429
    assert "Le troisième." in response.content.decode()
    assert Alert.objects.count() == 2


def test_too_many_photos_are_told_to_wait(town, phone, settings):
    settings.ALERTS_PHOTOS_LIMIT = 1
    response = phone.post(URL, filled(photos=[upload(jpeg()), upload(jpeg(), "deux.jpg")]))
    assert "deux.jpg" in errors(response, "photos")
    assert phone.post("/signaler/photo/", {"photo": upload(jpeg())}).status_code == 429


def test_sending_twice_shows_the_same_page_even_above_the_limit(town, phone, settings):
    settings.ALERTS_REPORTS_LIMIT = 1
    given = filled()
    assert phone.post(URL, given).url == phone.post(URL, given).url
    assert Alert.objects.count() == 1


def test_the_preview_says_the_service_and_why(town, phone):
    asked = {"place_lon": "2.02", "place_lat": "47.05", "category": "lampadaire"}
    page = phone.get("/signaler/service/", asked).content.decode()
    assert "Service éclairage" in page
    assert phone.get("/signaler/service/", asked | {"category": ""}).content == b""
    assert "swap" in phone.get("/signaler/service/", asked | {"place_lon": "47", "place_lat": "2"}).content.decode()


@pytest.mark.parametrize("number", ["same", "zzz", None])
def test_another_text_from_the_same_page_is_another_report(town, phone, number):
    first = filled()
    phone.post(URL, first)
    again = first["submission"] if number == "same" else number
    second = filled(submission=again, description="Un autre lampadaire, plus loin.", near=seen())
    phone.post(URL, second)
    assert Alert.objects.count() == 2
    if number == "same":
        phone.post(URL, second)
        assert Alert.objects.count() == 2


def test_signs_nobody_sees_are_no_description(town, phone):
    assert errors(phone.post(URL, filled(description="\u202e\u200b\u2060")), "description")


def test_a_place_outside_is_told_before_anything_is_chosen(town, phone):
    page = phone.get("/signaler/service/", {"place_lon": "-30", "place_lat": "40"}).content.decode()
    assert "outside" in page
