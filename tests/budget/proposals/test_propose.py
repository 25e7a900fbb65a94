"""Proposing: the place finds the envelope, what is alike is shown first, nothing typed is lost."""

from io import BytesIO

import pytest
from django.test import Client

from accounts.models import Verification
from budget.proposals.models import Proposal, ProposalPhoto
from tests.budget.proposals.helpers import make_budget, picture, propose, read, sent, window

pytestmark = pytest.mark.django_db
URL = "/budgets/bp-2026/proposer/"
LINE = "47.0500, 2.0200\n47.0500, 2.0210"


@pytest.fixture
def budget(town):
    return make_budget(town)


@pytest.fixture
def author(town, client):
    person = town.person("habitante@example.org", display_name="Inès")
    client.force_login(person)
    return person


def test_the_place_finds_the_envelope(client, budget, author):
    response = client.post(URL, sent(**{"n-banc": "3", "estimate": "99 999"}))
    proposal = Proposal.objects.get()
    assert response.url == proposal.get_absolute_url()
    assert (proposal.envelope.title, proposal.author_name) == ("Ouest", "Inès")
    # Things of the price list go before one's own sum.
    assert (proposal.estimate, proposal.estimate_lines[0]["quantity"]) == (360_000, 3)
    page = read(client.get(proposal.get_absolute_url()))
    assert "3\u202f600\u00a0€" in page
    assert "Ouest" in page


@pytest.mark.parametrize(
    ("given", "envelope", "kind"),
    [
        ({"kind": "line", "corners": LINE}, "Ouest", "LineString"),
        ({"kind": "area", "corners": LINE + "\n47.0510, 2.0210"}, "Ouest", "MultiPolygon"),
        ({"kind": "city"}, "Toute la ville", None),
        ({"envelope": "toute-la-ville"}, "Toute la ville", "Point"),
        ({"place_lon": "2.07", "envelope": "ouest"}, "Est", "Point"),  # the place was moved after the choice
    ],
)
def test_lines_areas_and_the_whole_city(client, budget, author, given, envelope, kind):
    client.post(URL, sent(**given))
    proposal = Proposal.objects.get()
    assert proposal.envelope.title == envelope
    assert (proposal.shape.geom_type if kind else proposal.shape) == kind
    assert client.get(proposal.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("far", ["48.0500, 2.0200", "47.0500, 2.3000\n47.0600, 2.3000"])
@pytest.mark.parametrize("kind", ["line", "area"])
def test_what_is_drawn_lies_in_the_town_as_a_whole(client, budget, author, far, kind):
    answer = client.post(URL, sent(kind=kind, corners=f"{LINE}\n{far}"))
    assert answer.status_code == 422
    assert "à l’intérieur" in read(answer)
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"place_lon": "2.15"}, "place"),  # the village beside has no envelope of this budget
        ({"place_lon": ""}, "place"),
        ({"kind": "line", "corners": "47.05, 2.02"}, "corners"),
        ({"kind": "line", "corners": "ici"}, "corners"),
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"theme": "nul\0"}, "theme"),
        ({"estimate": "cher"}, "estimate"),
        ({"estimate": "9" * 40}, "estimate"),
        ({"n-banc": "-1"}, "n-banc"),
        ({"n-banc": "9" * 30}, "n-banc"),
        ({"kind": "cercle"}, "kind"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_lost(client, town, budget, author, given, field):
    if given.get("place_lon") == "2.15":
        budget.envelopes.filter(scope="city").delete()
    response = client.post(URL, sent(**{"text": "Un texte long à garder."} | given))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Un texte long à garder." in read(response)
    assert not Proposal.objects.exists()


def test_alike_ones_are_shown_once_before_it_leaves(client, town, budget, author):
    known = propose(budget, town.person("autre@example.org"))
    far = propose(budget, town.person("loin@example.org"), "Une fontaine", shape=town.IN_EAST)
    given = sent(title="Des bancs pour s'asseoir")
    first = client.post(URL, given)
    assert first.status_code == 422
    assert [known] == first.context["form"].similar
    assert "Soutenir plutôt celle-ci" in read(first)
    assert client.post(URL, given | {"near": [known.reference]}).status_code == 302
    # The same while it is written: by place and by name.
    parts = f"{URL}semblables/"
    assert known.title in read(client.post(parts, {"kind": "point", "place_lon": "2.021", "place_lat": "47.05"}))
    by_name = read(client.post(parts, {"kind": "city", "title": "une FONTAINE d'eau"}))
    assert far.title in by_name
    assert known.title not in by_name
    said = read(client.post(f"{URL}enveloppe/", {"kind": "line", "corners": LINE}))
    assert "Ouest" in said
    assert "120\u202f000" in said
    assert 'data-measured="76"' in said


def test_sent_twice_is_once_and_with_other_words_is_another(client, budget, author):
    given = sent()
    first, again = client.post(URL, given).url, client.post(URL, given).url
    assert first == again
    assert Proposal.objects.count() == 1
    other = given | {"title": "Un jardin partagé", "near": [Proposal.objects.get().reference]}
    assert client.post(URL, other).url == client.post(URL, other).url != first
    assert Proposal.objects.count() == 2


def test_outside_the_phase_a_page_says_when(client, town, author):
    make_budget(town, [window("collecting", 3, 9), window("voting", 20, 30)])
    assert "Vous pourrez envoyer votre idée à partir du" in read(client.get(URL))
    response = client.post(URL, sent())
    assert response.status_code == 422
    assert not Proposal.objects.exists()
    assert "Pour s'asseoir." in read(response)


def test_strangers_sign_in_and_lose_nothing(client, town, budget):
    assert client.get(f"{URL}?lon=2.02&lat=47.05").url.startswith("/compte/connexion/?next=/budgets/")
    response = client.post(URL, sent())
    assert response.status_code == 403
    assert "Des bancs à l'ombre" in read(response)
    checking = Client(enforce_csrf_checks=True)
    checking.force_login(town.person("a@example.org"))
    response = checking.post(URL, sent())
    assert response.status_code == 403
    assert "Des bancs à l'ombre" in read(response)
    client.force_login(town.person("b@example.org", verification=Verification.ANONYMOUS))
    assert client.post(URL, sent()).status_code == 422
    assert not Proposal.objects.exists()


def test_too_many_at_once_wait(client, budget, author, settings):
    settings.PROPOSALS_LIMIT = 1
    assert client.post(URL, sent()).status_code == 302
    response = client.post(URL, sent(kind="city", title="Une fontaine"))
    assert response.status_code == 429
    assert "Une fontaine" in read(response)


def test_photos_are_kept_through_mistakes_and_are_the_authors_alone_before(client, town, budget, author):
    client.post(URL, sent(title="", photos=[picture()]))
    photo = ProposalPhoto.objects.get()
    assert client.get(photo.get_url()).status_code == 200
    stranger = Client()
    stranger.force_login(town.person("autre@example.org"))
    assert stranger.get(photo.get_url()).status_code == 404
    stranger.post(URL, sent(kind="city", title="La photo d'une autre", photo_tokens=photo.token))
    assert not Proposal.objects.get().photos.exists()
    token = client.post("/propositions/photos/", {"photo": picture()}).json()["token"]
    client.post(URL, sent(photo_tokens=[photo.token, token]))
    assert Proposal.objects.get(author=author).photos.count() == 2
    assert stranger.get(photo.get_url() + "?petit").status_code == 200
    assert "error" in client.post("/propositions/photos/", {"photo": BytesIO(b"x")}).json()


def test_markdown_shows_and_scripts_do_not(client, budget, author):
    text = "**Ombre** <script>alert(1)</script> [x](javascript:alert(1))"
    client.post(URL, sent(title="<img src=x onerror=alert(1)>", text=text))
    proposal = Proposal.objects.get()
    for page in (proposal.get_absolute_url(), "/budgets/bp-2026/propositions/"):
        seen = client.get(page).content.decode()
        assert "<img src=x" not in seen
        assert "<script>alert" not in seen
        assert 'href="javascript' not in seen
    assert "<strong>Ombre</strong>" in client.get(proposal.get_absolute_url()).content.decode()
