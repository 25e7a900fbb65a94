"""People type addresses in many ways, and find them; a point finds its address."""

import pytest
from django.contrib.gis.geos import Point, Polygon
from django.db import connection, transaction

from geo import addresses
from geo.addresses import local
from geo.addresses.words import keys, plain, understand
from geo.demo.seed import seed
from geo.models import Address, PlanFeature
from tests.geo import ban

pytestmark = pytest.mark.django_db
SEARCH, REVERSE = "/api/v1/addresses", "/api/v1/addresses/reverse"


@pytest.fixture
def known(town, tmp_path):
    ban.load(tmp_path)
    park = Polygon.from_bbox((2.06, 47.06, 2.062, 47.062))
    PlanFeature.objects.create(kind="park", name="Parc de l'Étang", geometry=park)
    PlanFeature.objects.create(kind="ecole", name="École Jean-Moulin", geometry=Point(2.03, 47.03))
    return town


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("12 rue des lila", "12 rue des Lilas, 23450 Ville-sur-Test"),
        ("rue lilas 12", "12 rue des Lilas, 23450 Ville-sur-Test"),
        ("RUE DES LIALS", "Rue des Lilas, 23450 Ville-sur-Test"),
        ("12bis, rue des Lilas", "12 bis rue des Lilas, 23450 Ville-sur-Test"),
        ("12 b r. des lilas", "12 bis rue des Lilas, 23450 Ville-sur-Test"),
        ("12 rue des lilas ville sur test", "12 rue des Lilas, 23450 Ville-sur-Test"),
        ("23450 12 rue des lilas", "12 rue des Lilas, 23450 Ville-sur-Test"),
        ("av jean jaurès", "Avenue Jean-Jaurès, 23450 Ville-sur-Test"),
        ("2 jaures jean avenue", "2 avenue Jean-Jaurès, 23450 Ville-sur-Test"),
        ("bd de la gare", "Boulevard de la Gare, 23450 Ville-sur-Test"),
        ("5 rue de la gare 23460", "5 rue de la Gare, 23460 Saint-Éloi"),
        ("5 rue de la gare st eloi", "5 rue de la Gare, 23460 Saint-Éloi"),
        ("saint-eloi 5 r de la gare", "5 rue de la Gare, 23460 Saint-Éloi"),
        ("8 pl st etienne", "8 place Saint-Étienne, 23450 Ville-sur-Test"),
        ("rue du 8 mai 1945", "Rue du 8 Mai 1945, 23450 Ville-sur-Test"),
        ("20 rue du 8 mai 1945", "20 rue du 8 Mai 1945, 23450 Ville-sur-Test"),
        ("rue de l oeuvre", "Rue de l'Œuvre, 23450 Ville-sur-Test"),
        ("7 Gde rue", "7 Grande Rue, 23460 Saint-Éloi"),
        ("parc etang", "Parc de l'Étang"),
        ("ecole jean moulin", "École Jean-Moulin"),
        ("vilage", "Village"),
    ],
)
def test_it_is_found_first_however_it_is_typed(known, text, label):
    assert addresses.search(text)[0].label == label


def test_a_house_that_is_not_there_gives_its_street(known):
    found = addresses.search("99 rue des lilas")[0]
    assert (found.kind, found.name) == ("street", "Rue des Lilas")
    assert addresses.certain([found]) is None


@pytest.mark.parametrize("text", ["", " ", "a", "\0", "%%%", "🙂🙂🙂", "qzxwv kjhgf", "؟؟؟"])
def test_what_means_nothing_finds_nothing(known, text):
    assert addresses.search(text) == []


def test_of_equals_the_closest_comes_first(known):
    def first(near):
        return addresses.search("5 rue de la gare", near=near)[0].city

    assert first(Point(2.14, 47.05, srid=4326)) == "23460 Saint-Éloi"
    assert first(Point(2.07, 47.03, srid=4326)) == "23450 Ville-sur-Test"


def test_a_territory_keeps_only_what_lies_in_it(known):
    assert {one.city for one in addresses.search("rue de la gare", territory=known.village)} == {"23460 Saint-Éloi"}
    assert addresses.search("parc de l'étang", territory=known.west) == []
    assert addresses.search("parc de l'étang", territory=known.east)[0].kind == "place"


def test_one_meaning_is_taken_and_several_are_not(known):
    assert addresses.certain(addresses.search("12 rue des lila")).name == "12 rue des Lilas"
    assert addresses.certain(addresses.search("5 rue de la gare")) is None
    assert addresses.certain(addresses.search("village")) is None


def test_a_point_has_its_nearest_address_in_real_metres(known):
    found = addresses.reverse(Point(2.02025, 47.0501, srid=4326))
    assert found.label == "3 rue des Lilas, 23450 Ville-sur-Test"
    bare = Address.objects.get(number=3)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Distance(%s::geography, 'SRID=4326;POINT(2.02025 47.0501)'::geography)", [bare.point.ewkt]
        )
        assert found.distance == pytest.approx(cursor.fetchone()[0])
    assert addresses.reverse(Point(2.02025, 47.0501, srid=4326), metres=5) is None
    assert addresses.reverse(known.OUTSIDE) is None


def test_without_any_address_nothing_is_found(town):
    assert addresses.search("12 rue des lilas") == []
    assert addresses.reverse(town.IN_WEST) is None


def plan(cursor, sql, arguments) -> str:
    cursor.execute(f"EXPLAIN {sql}", arguments)
    return "\n".join(line for (line,) in cursor.fetchall())


def test_the_indexes_are_used(db, tmp_path):
    """Among many streets, and with tables analysed: the plan reads the index of trigrams and the one of distances."""
    made = [
        ban.row(id=f"{n}", nom_voie=f"Rue {chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{n}mont", lon=f"{2 + n / 1e6:.6f}")
        for n in range(5_000)
    ]
    ban.load(tmp_path, made)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(local.BEFORE, ["0.5"])
        search = local._Search(cursor, understand("12 rue des lilas"), None, None)
        assert "street_words" in plan(cursor, search.statement(), search.arguments(search.asked))
        assert "address_nearest" in plan(cursor, local.NEAREST, {"lon": 2.0, "lat": 47.0})


def test_one_search_is_a_few_queries_however_much_it_finds(known, django_assert_max_num_queries, tmp_path):
    more = [ban.row(id=f"{n}", nom_voie=f"Rue des Lilas {chr(97 + n)}") for n in range(26)]
    ban.load(tmp_path, [*ban.rows(), *more])
    with django_assert_max_num_queries(9):
        assert len(addresses.search("12 rue des lilas", limit=20)) == 20


def test_small_letters_are_the_same_here_and_in_the_database(db):
    texts = [
        "Rue de l'Œuvre",
        "ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸÆ àâäçéèêëîïôöùûüÿæ",
        "Saint-Jean-d'Angély",
        "a–b—c…d",
        "№ 5",
        "İstanbul",
        "ß",
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(geo_plain(t) ORDER BY n) FROM unnest(%s::text[]) WITH ORDINALITY AS x (t, n)", [texts]
        )
        (same,) = cursor.fetchone()
    assert [plain(text) for text in texts[:4]] == same[:4]


def test_short_names_of_streets_are_compared_in_full():
    assert keys("Av. de la Gare") == keys("avenue de la gare") == ("avenue gare", "gare")
    assert keys("Bd Mal-Leclerc") == ("boulevard marechal leclerc", "marechal leclerc")
    assert keys("Place de la") == ("place de la", "de la")
    assert keys("Rue") == ("rue", "rue")


# --- the API


def test_the_api_finds_and_keeps_its_form(known, client):
    answer = client.get(SEARCH, {"q": "12 rue des lila", "lon": "2.02", "lat": "47.05", "limit": "3"})
    assert answer.status_code == 200
    first = answer.json()[0]
    assert first.keys() == {"label", "kind", "name", "city", "lon", "lat", "score", "distance"}
    assert (first["label"], first["kind"]) == ("12 rue des Lilas, 23450 Ville-sur-Test", "address")
    assert (first["lon"], first["lat"]) == pytest.approx((2.0204, 47.05))
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_api_names_a_point(known, client):
    (found,) = client.get(REVERSE, {"lon": "2.02", "lat": "47.0501"}).json()
    assert found["name"] == "1 rue des Lilas"
    assert found["distance"] == pytest.approx(11.1, abs=0.1)
    assert client.get(REVERSE, {"lon": "-30", "lat": "40"}).json() == []


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (SEARCH, {}, 422),
        (SEARCH, {"q": ""}, 200),
        (SEARCH, {"q": "\0"}, 200),
        (SEARCH, {"q": "rue " * 100_000}, 200),
        (SEARCH, {"q": "1 " * 5_000}, 200),
        (SEARCH, {"q": "rue", "limit": "0"}, 422),
        (SEARCH, {"q": "rue", "limit": "-1"}, 422),
        (SEARCH, {"q": "rue", "limit": "9999999999999999999999"}, 422),
        (SEARCH, {"q": "rue", "lon": "2"}, 400),
        (SEARCH, {"q": "rue", "lon": "nan", "lat": "47"}, 400),
        (REVERSE, {}, 422),
        (REVERSE, {"lon": "x", "lat": "47"}, 400),
        (REVERSE, {"lon": "2", "lat": "91"}, 400),
        (REVERSE, {"lon": "2", "lat": "47", "metres": "nan"}, 422),
        (REVERSE, {"lon": "2", "lat": "47", "metres": "-1"}, 422),
        (REVERSE, {"lon": "180", "lat": "-90", "metres": "5000"}, 200),
    ],
)
def test_whatever_is_sent_has_an_answer(known, client, path, query, status):
    answer = client.get(path, query)
    assert answer.status_code == status
    assert status == 200 or answer.json().keys() == {"code", "detail"}


def test_too_many_searches_are_told_to_wait(known, client, settings):
    settings.ADDRESSES_LIMIT = 2
    assert [client.get(SEARCH, {"q": "rue"}).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get(REVERSE, {"lon": "2", "lat": "47"})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert "Cache-Control" not in refused.headers


def test_the_demo_city_knows_its_own_addresses(db):
    seed()
    assert Address.objects.count() > 10_000
    found = addresses.search("5 rue des lila")[0]
    assert found.label == "5 rue des Lilas, 99100 Valmore-sur-Lys"
    assert addresses.reverse(Point(found.lon, found.lat, srid=4326)).name == "5 rue des Lilas"
