"""A proposal's life: supported once a person, changed, joined, split, hidden; the vote freezes it; who may what."""

import datetime as dt
import threading

import lxml.html
import pytest
from django.contrib.gis.geos import LineString
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from accounts import privacy
from accounts.models import Role
from budget.participatory.models import Budget, Phase, Theme
from budget.proposals import services
from budget.proposals.models import Price, Proposal, ProposalPhoto, Support
from budget.proposals.services.photos import join_photos, keep_photo
from budget.proposals.tasks import drop_draft_photos
from engagement.activity.models import Activity, Notification
from engagement.activity.services import hand_on
from tests.budget.proposals.helpers import (
    administrator,
    make_budget,
    picture,
    propose,
    propose_shapes,
    read,
    sent,
    window,
)
from tests.geo.test_tiles import around, path

pytestmark = pytest.mark.django_db


@pytest.fixture
def budget(town):
    return make_budget(town)


@pytest.fixture
def people(town):
    return [town.person(f"p{n}@example.org", display_name=f"Personne {n}") for n in range(4)]


def told() -> set[tuple[str, str, str]]:
    """(verb, address, why) of who is told."""
    hand_on()
    return set(Notification.objects.values_list("activity__verb", "email", "reason"))


def test_a_person_supports_once_and_takes_it_back(client, budget, people):
    proposal = propose(budget, people[0])
    client.force_login(people[1])
    url = f"{proposal.get_absolute_url()}soutenir/"
    for _time in range(2):
        client.post(url)
    proposal.refresh_from_db()
    assert proposal.supports == 1
    said = read(client.post(url, {"retirer": "1"}, HTTP_HX_REQUEST="true"))
    assert "Je la soutiens" in said
    assert "<strong>0</strong>" in said
    Phase.objects.filter(kind="supporting").update(closes_at=timezone.now())
    assert "ne sont pas comptés" in read(client.post(url, HTTP_HX_REQUEST="true"))
    assert not Support.objects.exists()


CROWD = 50


def many_at_once(times, act) -> list:
    """What `act` gave, `times` at once, all of them waiting for the same start."""
    start, found = threading.Barrier(times), []

    def one():
        try:
            start.wait()
            found.append(act())
        except IntegrityError as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(times)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return found


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_supports_of_one_person_at_once_are_one(town):
    """The negative control: without the lock and the rule of the table, as many rows as tries."""
    person = town.person("p@example.org")
    budget = make_budget(town)
    proposal = propose(budget, person)
    found = many_at_once(CROWD, lambda: services.support(proposal=proposal, user=person))
    assert sorted(found) == [False] * (CROWD - 1) + [True]
    proposal.refresh_from_db()
    assert (proposal.supports, Support.objects.count()) == (1, 1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE proposals_support DROP CONSTRAINT proposal_support_once")
    many_at_once(CROWD, lambda: Support.objects.create(proposal=proposal, user=person))
    assert Support.objects.count() == 1 + CROWD
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM proposals_support")
        cursor.execute(
            "ALTER TABLE proposals_support ADD CONSTRAINT proposal_support_once UNIQUE (proposal_id, user_id)"
        )


def test_the_author_changes_words_and_withdraws(client, budget, people):
    proposal = propose(budget, people[0])
    client.force_login(people[0])
    url = f"{proposal.get_absolute_url()}modifier/"
    refused = client.post(url, sent(title="", text="Gardé."))
    assert (refused.status_code, "Gardé." in read(refused)) == (422, True)
    client.post(url, sent(title="Des bancs", text="Autre texte."))
    assert proposal.events.last().data.keys() == {"changed", "title", "text"}, "what was not touched did not change"
    page = read(client.get(proposal.get_absolute_url()))
    assert "Pour s'asseoir place du marché." in page  # what was there before
    assert "Autre texte." in page
    client.post(f"{proposal.get_absolute_url()}retirer/")
    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"
    assert "Des bancs" not in read(client.get("/budgets/bp-2026/propositions/"))
    assert client.get(proposal.get_absolute_url()).status_code == 200


def test_the_author_changes_all_they_posted_until_it_is_studied(
    client, town, budget, people, django_capture_on_commit_callbacks
):
    proposal = propose(budget, people[0], quantities={"banc": 2})
    photo = keep_photo(file=picture(), owner=people[0])
    join_photos(proposal=proposal, tokens=[photo.token], owner=people[0])
    services.support(proposal=proposal, user=people[1])
    Price.objects.filter(code="banc").update(cost=999_900, is_active=False)
    client.force_login(people[0])
    url = f"{proposal.get_absolute_url()}modifier/"
    as_it_is = lxml.html.fromstring(read(client.get(url))).forms
    form = dict(next(one for one in as_it_is if "title" in one.fields).form_values())
    assert client.post(url, form).status_code == 302
    assert proposal.events.count() == 1, "nothing changed, nothing is noted"
    # A line in the other district, another theme, one thing more, no photo.
    moved = {"kind": "line", "corners": "47.05, 2.07\n47.05, 2.071", "theme": "velo", "n-piste": "76"}
    with django_capture_on_commit_callbacks(execute=True):
        said = read(client.post(url, form | moved | {"photo_remove": photo.token, "photos": [picture()]}, follow=True))
    assert "enveloppe «\xa0Est\xa0», et non plus" in said
    proposal.refresh_from_db()
    assert (proposal.envelope.title, proposal.shape.geom_type, proposal.theme.code) == ("Est", "LineString", "velo")
    assert set(proposal.territories) >= {town.east.pk}
    assert town.west.pk not in proposal.territories
    assert proposal.estimate == 2 * 120_000 + 76 * 35_000, "what was there keeps the price of its day"
    assert (proposal.supports, proposal.supporters.count()) == (1, 1)
    assert [one.token != photo.token for one in proposal.photos.all()] == [True]
    assert not photo.image.storage.exists(photo.image.name)
    step = proposal.events.last()
    changed = ["theme", "envelope", "shape", "estimate", "estimate_lines", "photos"]
    assert [name for name in step.data["changed"] if name != "address"] == changed
    assert (step.data["envelope"], step.data["estimate"], step.data["photos"]) == ("Ouest", 240_000, 1)
    assert "Ouest" in read(client.get(proposal.get_absolute_url()))
    # Outside every envelope it is refused and nothing of it is lost.
    budget.envelopes.filter(scope="city").delete()
    refused = client.post(url, sent(place_lon="2.15", text="Gardé."))
    assert (refused.status_code, "Gardé." in read(refused)) == (422, True)
    assert "place" in refused.context["form"].errors
    checking = Client(enforce_csrf_checks=True)
    checking.force_login(people[0])
    expired = checking.post(url, sent(text="Gardé."))
    assert (expired.status_code, "Gardé." in read(expired)) == (403, True)
    services.apply(proposal=proposal, act="study", actor=administrator(town))
    late = client.post(url, sent(text="Gardé."))
    assert (late.status_code, "Gardé." in read(late)) == (422, True)
    for page in (text.replace("\xa0", " ") for text in (read(late), read(client.get(url, follow=True)))):
        assert "on ne peut plus la modifier" in page
    Proposal.objects.filter(pk=proposal.pk).update(status="posted")
    Phase.objects.filter(kind="collecting").update(closes_at=timezone.now())
    assert "ne sont plus recueillies" in read(client.post(url, sent()))


def test_joined_at_the_desk_with_all_supports_and_both_histories(client, town, budget, people):
    first, second = propose(budget, people[0]), propose(budget, people[1], "Bancs place du marché")
    for user in people[1:]:
        services.support(proposal=second, user=user)
    services.support(proposal=first, user=people[3])
    client.force_login(administrator(town))
    url = f"/agents/propositions/{first.reference}/joindre/"
    assert second.title in read(client.get(url))
    compared = read(client.get(url, {"autre": second.reference}))
    assert "Ensemble : 3 soutiens" in compared.replace("\xa0", " ")
    assert client.post(url, {"autre": second.reference, "message": ""}).status_code == 422
    client.post(url, {"autre": second.reference, "message": "C'est la même idée.", "actor_name": "Citoyenneté"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.supports, second.status, second.merged_into) == (3, "merged", first)
    for page in (first, second):
        seen = read(client.get(page.get_absolute_url()))
        assert "C'est la même idée." in seen
        assert (second if page == first else first).get_absolute_url() in seen
    news = told()
    assert ("proposals.merged", "p1@example.org", "author") in news
    assert {email for verb, email, _why in news if verb == "proposals.joined"} == {
        f"p{n}@example.org" for n in range(4)
    }


def test_split_into_parts_of_the_same_author_and_supporters(client, town, budget, people):
    proposal = propose(budget, people[0], "Des bancs et une fontaine")
    services.support(proposal=proposal, user=people[1])
    client.force_login(administrator(town))
    url = f"/agents/propositions/{proposal.reference}/separer/"
    assert client.get(url).status_code == 200
    given = {"part-TOTAL_FORMS": "2", "part-INITIAL_FORMS": "2", "message": "Deux idées."}
    for n, title in enumerate(("Des bancs", "Une fontaine")):
        given |= {
            f"part-{n}-title": title,
            f"part-{n}-text": "…ici",
            f"part-{n}-place_lon": "",
            f"part-{n}-place_lat": "",
        }
    assert client.post(url, given | {"part-0-title": "", "send": "1"}).status_code == 422
    assert "Ce que cela donnera" in read(client.post(url, given))
    assert not Proposal.objects.filter(split_from=proposal).exists()
    client.post(url, given | {"send": "1"})
    parts = Proposal.objects.filter(split_from=proposal)
    assert {(one.title, one.author, one.supports) for one in parts} == {
        ("Des bancs", people[0], 1),
        ("Une fontaine", people[0], 1),
    }
    assert all(one.get_absolute_url() in read(client.get(proposal.get_absolute_url())) for one in parts)
    assert {
        ("proposals.split", "p0@example.org", "author"),
        ("proposals.split", "p1@example.org", "supporter"),
    } <= told()
    wrong = given | {"part-TOTAL_FORMS": "9" * 20}
    assert client.post(url, wrong).status_code == 422


def test_what_moderation_hides_says_why_to_everybody(client, town, budget, people):
    proposal = propose(budget, people[0])
    moderator = Client()
    moderator.force_login(town.person("mod@ville.example", Role.MODERATOR))
    url = f"/agents/propositions/{proposal.reference}/moderer/"
    assert moderator.post(url, {"reason": " "}).status_code == 422
    moderator.post(url, {"reason": "Il nomme une voisine."})
    answer = client.get(proposal.get_absolute_url())
    assert answer.status_code == 410
    assert "Il nomme une voisine." in read(answer)
    assert proposal.title not in read(client.get("/budgets/bp-2026/propositions/"))
    assert proposal.title not in client.get("/ogc/collections/proposals/items?f=json").content.decode()
    assert ("proposals.hidden", "p0@example.org", "author") in told()
    assert not Activity.objects.filter(verb="proposals.hidden", public=True).exists()
    moderator.post(url, {"reason": "Corrigé."})
    assert client.get(proposal.get_absolute_url()).status_code == 200


def test_who_may_what(client, town, budget, people):
    proposal = propose(budget, people[0])
    pages = {
        "modifier": (f"{proposal.get_absolute_url()}modifier/", {"p0@example.org"}),
        "retirer": (f"{proposal.get_absolute_url()}retirer/", {"p0@example.org"}),
        "joindre": (f"/agents/propositions/{proposal.reference}/joindre/", {"dgs@ville.example"}),
        "separer": (f"/agents/propositions/{proposal.reference}/separer/", {"dgs@ville.example"}),
        "moderer": (f"/agents/propositions/{proposal.reference}/moderer/", {"dgs@ville.example", "mod@ville.example"}),
    }
    elsewhere = town.person("ailleurs@village.example", Role.ADMINISTRATOR, territory=town.village)
    moderator = town.person("mod@ville.example", Role.MODERATOR)
    for user in (*people[:2], administrator(town), elsewhere, moderator, town.light_agent()):
        client.force_login(user)
        for url, allowed in pages.values():
            expected = 200 if user.email in allowed else 403
            assert client.get(url).status_code == expected, (user.email, url)


def test_the_vote_freezes_what_stands_on_the_paper(client, town, budget, people):
    proposal = propose(budget, people[0])
    now = timezone.now()
    Phase.objects.create(
        budget=budget, kind="voting", opens_at=now - dt.timedelta(hours=1), closes_at=window("x").closes_at
    )
    for change in ({"title": "Autre chose"}, {"cost": 1}, {"theme": None}):
        with pytest.raises(IntegrityError, match="the vote has begun"), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(**change)
    Proposal.objects.filter(pk=proposal.pk).update(supports=3)
    client.force_login(administrator(town))
    other = propose(budget, people[1], "Bancs du marché")
    answer = client.post(
        f"/agents/propositions/{proposal.reference}/joindre/", {"autre": other.reference, "message": "x"}
    )
    assert answer.status_code == 422


def test_the_list_filters_orders_and_costs_the_same_for_many(
    client, town, budget, people, django_assert_max_num_queries
):
    def counted(**query):
        with django_assert_max_num_queries(100) as found:
            response = client.get("/budgets/bp-2026/propositions/", query)
        assert response.status_code == 200
        return len(found), [one.title for one in response.context["page"]]

    for n in range(3):
        propose(budget, people[n], f"Banc {n}", estimate=1000 * (3 - n))
    client.get("/budgets/bp-2026/propositions/")
    few, _titles = counted()
    line = LineString((2.07, 47.05), (2.071, 47.05), srid=4326)
    far = propose(budget, people[0], "Une voie verte", shape=line, estimate=5)
    propose(budget, people[0], "Sans lieu", shape=None)
    for n in range(3, 15):
        propose(budget, people[0], f"Banc {n}")
    many, titles = counted()
    assert many == few
    assert len(titles) == 17
    assert counted(q="VOIE", enveloppe="est", theme="nature", etat="posted")[1] == [far.title]
    assert counted(ordre="cout")[1][0] == far.title
    assert counted(q="\0", page="9" * 30, etat="x", enveloppe="%27")[1] == []
    page = read(client.get(far.get_absolute_url()))
    assert "LineString" in page


def test_erasing_an_account_leaves_ideas_without_names_and_counts_right(client, budget, people):
    kept, other = propose(budget, people[0]), propose(budget, people[1], "Une fontaine")
    for user in people[:2]:
        services.support(proposal=other, user=user)
    assert [one["title"] for one in privacy.export(people[0])["proposals"]] == [kept.title]
    privacy.erase(user=people[0])
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.author, kept.author_name, other.supports) == (None, "", 1)
    assert client.get(kept.get_absolute_url()).status_code == 200


def test_photos_never_sent_are_dropped(budget, people):
    old = dt.timedelta(days=4)
    for proposal in (None, propose(budget, people[0])):
        photo = ProposalPhoto.objects.create(
            owner=people[0], proposal=proposal, width=1, height=1, image="a", thumbnail="b"
        )
        ProposalPhoto.objects.filter(pk=photo.pk).update(created_at=timezone.now() - old)
    drop_draft_photos()
    assert ProposalPhoto.objects.get().proposal


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_tile_is_fresh_when_its_words_change_elsewhere(client, town):
    budget = make_budget(town)
    propose(budget, town.person("p@example.org"))
    tile = path(around(2.02, 47.05, 16), "proposals")
    tags = [client.get(tile).headers["ETag"]]
    for rows, change in (
        (Theme.objects.filter(code="nature"), {"code": "vert"}),
        (budget.envelopes, {"title": "Rive gauche"}),
        (Budget.objects, {"slug": "bp-27"}),
    ):
        rows.update(**change)
        tags.append(client.get(tile).headers["ETag"])
    assert len(set(tags)) == 4
    assert b"bp-27" in client.get(tile).content
    Budget.objects.update(published_at=None)
    assert client.get(tile).status_code == 204


def test_every_channel_has_the_layer(client, budget, people):
    bench = propose(budget, people[0], quantities={"banc": 2})
    propose(budget, people[0], "Sans lieu", shape=None)
    viewport = client.get("/map/proposals.json", {"bbox": "1.9,46.9,2.2,47.2", "zoom": 18, "stage": "posted"})
    assert viewport.status_code == 200
    items = client.get("/ogc/collections/proposals/items", {"f": "json"}).json()["features"]
    assert [(one["properties"]["cost"], one["properties"]["envelope"]) for one in items] == [(2400.0, "Ouest")]
    assert items[0]["id"] == bench.reference
    _point, lane, garden = propose_shapes(budget, people[0])
    propose(budget, people[0], "Caché", shape=lane.shape, theme=None)
    Proposal.objects.filter(title="Caché").update(hidden_at=timezone.now())
    for layer, row, kind in (("lines", lane, "LineString"), ("areas", garden, "MultiPolygon")):
        (one,) = client.get(f"/ogc/collections/proposals_{layer}/items", {"f": "json"}).json()["features"]
        assert (one["id"], one["geometry"]["type"]) == (row.reference, kind)
        assert one["properties"].keys() == items[0]["properties"].keys()
        table = b"".join(client.get(f"/exports/proposals_{layer}.csv").streaming_content).decode()
        assert row.reference in table
        package = b"".join(client.get(f"/exports/proposals_{layer}.shp").streaming_content)
        assert package[:2] == b"PK"
        assert client.get(path(around(2.025, 47.05, 14), f"proposals_{layer}")).status_code == 200
        assert f"proposals_{layer}" in client.get("/donnees/").content.decode()
