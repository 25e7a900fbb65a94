"""Is it really fixed? Asked of those who were told so, counted once a person, and never by opening a mail."""

import datetime as dt
import re
import threading
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connections
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from alerts import services
from alerts.judges import Judge, author_of, author_url, closing_of, judge_of
from alerts.layers import ALERTS
from alerts.models import Alert, Support, Verdict
from alerts.tasks import ask_again
from engagement.activity import services as activity
from tests.alerts import steps
from tests.alerts.conftest import jpeg, upload
from tests.alerts.steps import AUTHOR, act, deliver, join, sent

pytestmark = pytest.mark.django_db


def reported(town, **changes) -> Alert:
    """A report whose receipt has been sent."""
    alert = steps.reported(town, **changes)
    deliver()
    return alert


def resolved(town, **changes) -> Alert:
    return act(reported(town, **changes), "resolve", town.light_agent(), "Ampoule changée.")


def link(body: str) -> str:
    return re.search(r"https?://[^/]+(/signalements/avis/\S+)", body)[1]


def test_each_person_told_that_it_is_fixed_is_asked_by_a_link_of_their_own(town, phone):
    agent, follower = town.light_agent(), town.person("abonnee@example.org")
    alert = reported(town)
    services.support(alert=alert, email="voisin@example.org")
    activity.follow(user=follower, object_type="alert", object_key=alert.pk, title="x", url=alert.get_absolute_url())
    passer_by = town.person("passante@example.org")
    place = {"object_type": "territory", "object_key": town.west.pk, "title": "Ouest", "url": "/"}
    activity.follow(user=passer_by, rhythm="instant", **place)
    deliver()
    act(alert, "resolve", agent)
    bodies = sent()
    links = {email: link(body) for email, body in bodies.items() if "/signalements/avis/" in body}
    assert set(links) == {AUTHOR, "voisin@example.org", "abonnee@example.org"}
    assert len(set(links.values())) == 3
    assert not any(email.split("@")[0] in url for email, url in links.items())
    assert "passante@example.org" in bodies
    for url in links.values():
        assert phone.get(url).status_code == 200
    assert not Verdict.objects.exists()
    answers = {AUTHOR: "oui", "voisin@example.org": "oui", "abonnee@example.org": "non"}
    for email, url in links.items():
        assert phone.post(url, {"fixed": answers[email]}).status_code == 302
    alert.refresh_from_db()
    assert (alert.confirmed, alert.contested) == (2, 1)
    page = phone.get(alert.get_absolute_url()).content.decode()
    assert "Confirmed by 2 people" in page
    assert "Contested by 1 person" in page


def test_everyone_who_joined_a_duplicate_is_told_once_when_the_original_is_fixed(town):
    agent = town.light_agent()
    original, twin = reported(town), reported(town, contact_email="autre@example.org")
    services.support(alert=original, email="voisin@example.org")
    services.support(alert=twin, email="voisine@example.org")
    services.support(alert=twin, email="VOISIN@example.org")  # joined both
    deliver()
    join(twin, original, agent)
    assert set(sent()) == {"autre@example.org", "voisine@example.org", "voisin@example.org"}
    act(original, "resolve", agent)
    bodies = sent()
    assert set(bodies) == {AUTHOR, "autre@example.org", "voisin@example.org", "voisine@example.org"}
    assert twin.reference in bodies["autre@example.org"]
    assert twin.get_tracking_url() in bodies["autre@example.org"]
    assert "auquel le vôtre a été réuni" in bodies["autre@example.org"]
    assert twin.reference not in bodies[AUTHOR]
    assert sent() == {}


def test_the_author_of_a_duplicate_judges_the_work_too(town, phone):
    agent = town.light_agent()
    original, twin = reported(town), reported(town, contact_email="autre@example.org")
    join(twin, original, agent)
    deliver()
    act(original, "resolve", agent)
    phone.post(link(sent()["autre@example.org"]), {"fixed": "non", "satisfaction": "1"})
    phone.post(twin.get_tracking_url(), {"act": "verdict", "fixed": "oui", "satisfaction": "4"})
    verdict = Verdict.objects.get()
    assert (verdict.email, verdict.fixed, verdict.satisfaction) == ("autre@example.org", True, 4)


def test_an_opinion_can_be_changed_until_the_report_is_open_again_and_then_begins_anew(town):
    alert = resolved(town)
    first, author = closing_of(alert), author_of(alert)
    services.judge(closing=first, by=author, fixed=True, satisfaction=5)
    services.judge(closing=first, by=author, fixed=False, satisfaction=2)
    alert.refresh_from_db()
    assert (alert.confirmed, alert.contested, Verdict.objects.count()) == (0, 1, 1)
    alert = services.apply(alert=alert, transition="contest", actor=None, message="Éteint.", holds_key=True)
    assert (alert.status, alert.confirmed, alert.contested) == ("received", 0, 0)
    with pytest.raises(services.Reopened):
        services.judge(closing=first, by=author, fixed=True)
    alert = act(alert, "resolve", town.person("a2@ville.example", "agent", body=town.light_service))
    with pytest.raises(services.Reopened):
        services.judge(closing=first, by=author, fixed=True)
    services.judge(closing=closing_of(alert), by=author, fixed=True)
    assert Verdict.objects.count() == 2
    alert.refresh_from_db()
    assert (alert.confirmed, alert.contested) == (1, 0)


def test_old_links_say_that_it_was_opened_again_and_wrong_ones_are_not_found(town, phone):
    alert = resolved(town)
    url = link(sent()[AUTHOR])
    services.apply(alert=alert, transition="contest", actor=None, message="Non.", holds_key=True)
    assert "opened again" in phone.get(url).content.decode()
    assert phone.post(url, {"fixed": "oui"}).status_code == 422
    assert not Verdict.objects.exists()
    for wrong in (url[:-3], "x", "1-a-1", "é", url.split("/")[-2] + "x"):
        assert phone.get(f"/signalements/avis/{wrong}/").status_code == 404


def test_a_link_sent_to_somebody_who_left_asks_nothing(town, phone):
    agent, alert = town.light_agent(), reported(town)
    services.support(alert=alert, email="voisin@example.org")
    act(alert, "resolve", agent)
    url = link(sent()["voisin@example.org"])
    Support.objects.all().delete()
    assert phone.get(url).status_code == phone.post(url, {"fixed": "oui"}).status_code == 410


@pytest.mark.parametrize("given", [{}, {"fixed": "peut-être"}, {"fixed": "oui", "satisfaction": "6"}])
def test_what_is_no_opinion_is_refused_with_the_words_kept(town, phone, given):
    resolved(town)
    response = phone.post(link(sent()[AUTHOR]), given | {"comment": "Merci à l'équipe."})
    assert response.status_code == 422
    assert "Merci à l" in response.content.decode()
    assert not Verdict.objects.exists()


def test_only_who_reported_it_says_how_satisfied_they_are(town, phone):
    agent, alert = town.light_agent(), reported(town)
    services.support(alert=alert, email="voisin@example.org")
    act(alert, "resolve", agent)
    bodies = sent()
    assert 'name="satisfaction"' in phone.get(link(bodies[AUTHOR])).content.decode()
    url = link(bodies["voisin@example.org"])
    assert 'name="satisfaction"' not in phone.get(url).content.decode()
    phone.post(url, {"fixed": "oui", "satisfaction": "5"})
    assert Verdict.objects.get().satisfaction is None


def test_a_word_goes_to_the_service_and_to_nobody_else(town, phone):
    alert = resolved(town)
    url = link(sent()[AUTHOR])
    phone.post(url, {"fixed": "oui", "comment": "Bravo, en deux jours !"})
    bodies = sent()
    assert set(bodies) == {town.light_service.email}
    assert "Bravo, en deux jours !" in bodies[town.light_service.email]
    phone.post(url, {"fixed": "oui", "comment": "Bravo, en deux jours !"})
    assert sent() == {}
    assert "Bravo" not in phone.get(alert.get_absolute_url()).content.decode()


def test_who_reported_it_says_no_and_what_is_wrong_at_once_which_opens_it_again(town, phone):
    alert = resolved(town)
    said = {"fixed": "non", "satisfaction": "2", "still": "Il clignote.", "photos": upload(jpeg("red", (300, 200)))}
    response = phone.post(link(sent()[AUTHOR]), said, follow=True)
    assert response.redirect_chain[-1][0] == alert.get_tracking_url()
    assert "The report is open again" in response.content.decode()
    alert.refresh_from_db()
    verdict, step = Verdict.objects.get(), alert.events.order_by("pk").last()
    assert (verdict.fixed, verdict.satisfaction) == (False, 2)
    assert (alert.status, step.transition, step.message, step.photos.count()) == (
        "received",
        "contest",
        "Il clignote.",
        1,
    )
    # Pressed twice: it is open again, and nothing more happens.
    twice = phone.post(alert.get_tracking_url(), said | {"act": "verdict", "photos": ""}, follow=True)
    assert "The report is open again." in twice.content.decode()
    assert alert.events.count() == Alert.objects.get().events.count()


@pytest.mark.parametrize("with_photo", [True, False])
def test_no_alone_is_counted_and_a_photo_alone_opens_it_again(town, phone, with_photo):
    alert = resolved(town)
    photo = {"photos": upload(jpeg("red", (300, 200)))} if with_photo else {}
    phone.post(alert.get_tracking_url(), {"act": "verdict", "fixed": "non", "still": " "} | photo)
    alert.refresh_from_db()
    assert alert.status == ("received" if with_photo else "resolved")
    assert (alert.contested, Verdict.objects.get().fixed) == (0 if with_photo else 1, False)


def test_only_who_reported_it_opens_it_again_with_their_opinion(town, phone):
    agent, alert = town.light_agent(), reported(town)
    services.support(alert=alert, email="voisin@example.org")
    act(alert, "resolve", agent)
    url = link(sent()["voisin@example.org"])
    assert 'name="still"' not in phone.get(url).content.decode()
    photo = upload(jpeg("red", (300, 200)))
    assert phone.post(url, {"fixed": "non", "still": "Non !", "photos": photo}).status_code == 302
    alert.refresh_from_db()
    assert (alert.status, alert.contested) == ("resolved", 1)
    with pytest.raises(PermissionDenied):
        services.judge(closing=closing_of(alert), by=Judge("voisin@example.org"), fixed=False, still="Non !")


def test_what_cannot_be_sent_with_a_no_comes_back_with_the_words(town, phone):
    alert = resolved(town)
    bad = SimpleUploadedFile("notes.txt", b"no picture", "text/plain")
    response = phone.post(link(sent()[AUTHOR]), {"fixed": "non", "still": "Il clignote.", "photos": bad})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Il clignote.</textarea>" in page
    assert "notes.txt" in page
    assert not Verdict.objects.exists()
    assert closing_of(alert)


def test_one_who_left_no_address_is_one_person_too(town, phone):
    alert = resolved(town, contact_email="")
    twin = reported(town, contact_email="")
    join(twin, alert, town.person("a2@ville.example", "agent", body=town.light_service))
    for url, fixed in [(alert, "oui"), (alert, "non"), (twin, "oui")]:
        phone.post(url.get_tracking_url(), {"act": "verdict", "fixed": fixed})
    alert.refresh_from_db()
    assert (alert.confirmed, alert.contested) == (1, 1)


def test_who_has_nothing_to_do_with_it_is_not_asked(town, phone):
    alert = resolved(town)
    resident = town.person("passante@example.org")
    with pytest.raises(PermissionDenied):
        services.judge(closing=closing_of(alert), user=resident, fixed=True)
    phone.force_login(resident)
    assert phone.post(alert.get_absolute_url(), {"act": "verdict", "fixed": "oui"}).status_code == 403
    activity.follow(user=resident, object_type="alert", object_key=alert.pk, title="x", url="/")
    assert phone.post(alert.get_absolute_url(), {"act": "verdict", "fixed": "oui"}).status_code == 302
    assert Verdict.objects.get().user == resident


def test_what_the_person_closed_themselves_is_not_asked_about(town):
    alert = services.apply(alert=reported(town), transition="withdraw", actor=None, holds_key=True)
    assert closing_of(alert) is None
    assert "/signalements/avis/" not in "".join(sent().values())


def test_somebody_erased_still_counts_and_leads_nowhere(town):
    from accounts.privacy import erase, export

    agent, alert = town.light_agent(), reported(town)
    people = [town.person(f"p{number}@example.org") for number in range(2)]
    for person in people:
        services.support(alert=alert, user=person)
    closing = closing_of(act(alert, "resolve", agent))
    for person in people:
        services.judge(closing=closing, user=person, fixed=True, comment="Merci.")
    assert export(people[0])["verdicts"][0]["comment"] == "Merci."
    for person in people:
        erase(user=person)
    assert list(Verdict.objects.values_list("user", "comment")) == [(None, ""), (None, "")]
    assert not Verdict.objects.filter(email__contains="@example.org").exists()
    services.judge(closing=closing, by=author_of(alert), fixed=False)
    alert.refresh_from_db()
    assert (alert.confirmed, alert.contested) == (2, 1)


def test_the_layer_tells_and_filters_what_residents_found(town):
    agent = town.light_agent()
    alerts = [act(reported(town), "resolve", agent) for _ in range(3)] + [reported(town)]
    for alert, fixed in zip(alerts, (True, False), strict=False):
        services.judge(closing=closing_of(alert), by=author_of(alert), fixed=fixed)
    viewer = town.person("x@example.org")

    def chosen(query):
        return set(ALERTS.select(viewer, QueryDict(query)))

    assert chosen("confirmation=confirmed") == {alerts[0]}
    assert chosen("confirmation=contested") == {alerts[1]}
    assert chosen("confirmation=unknown") == {alerts[2]}
    assert chosen("confirmation=unknown&confirmation=confirmed") == {alerts[0], alerts[2]}
    assert {"supports", "confirmed", "contested"} <= {one.name for one in ALERTS.fields}


def age(alert, days) -> None:
    Alert.objects.filter(pk=alert.pk).update(closed_at=timezone.now() - dt.timedelta(days=days))


def test_who_said_nothing_is_asked_once_more_and_never_again(town):
    agent, alerts = town.light_agent(), []
    for number, days in enumerate((13, 15, 15, 200)):
        alerts.append(act(reported(town, contact_email=f"p{number}@example.org"), "resolve", agent))
        age(alerts[-1], days)
    withdrawn = services.apply(alert=reported(town), transition="withdraw", actor=None, holds_key=True)
    age(withdrawn, 15)
    services.support(alert=(waiting := reported(town)), email="voisin@example.org")
    act(waiting, "resolve", agent)
    services.judge(closing=closing_of(alerts[2]), by=author_of(alerts[2]), fixed=True)
    deliver()
    ask_again()
    bodies = sent()
    assert set(bodies) == {"p1@example.org"}
    assert link(bodies["p1@example.org"])
    ask_again()
    assert sent() == {}


def test_asking_again_costs_the_same_number_of_queries_but_for_what_is_written(town, django_assert_max_num_queries):
    agent = town.light_agent()
    for number in range(3):
        age(act(reported(town, contact_email=f"p{number}@example.org"), "resolve", agent), 15)
    assert services.ask_again() == 3
    with django_assert_max_num_queries(6):
        assert services.ask_again() == 0


def test_my_own_address_makes_me_the_author_also_when_i_reported_without_signing_in(town):
    alert = resolved(town)
    author = town.person(AUTHOR)
    assert judge_of(alert, author).email == AUTHOR
    assert judge_of(alert, author).reported == alert


@pytest.mark.parametrize("kind", ["x", "a", "s", "f"])
def test_what_a_link_names_may_be_gone(town, phone, kind):
    from alerts.judges import _url

    closing = closing_of(resolved(town))
    assert phone.get(_url(f"{closing.pk}-{kind}-{2**62}")).status_code in (404, 410)
    assert phone.get(author_url(2**62, closing.alert)).status_code == 410


TIMES = 12


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("locking", [True, False], ids=["as it is", "negative control: without the lock"])
def test_the_same_person_at_many_doors_at_once_is_counted_once(town, monkeypatch, locking):
    alert = resolved(town)
    closing, person = closing_of(alert), Judge("moi@example.org")
    if not locking:
        monkeypatch.setattr("alerts.services.verdicts.locked", lambda alert: Alert.objects.get(pk=alert.pk))
        # Nobody writes before all have read: what the lock makes impossible.
        all_read, save = threading.Barrier(TIMES), Verdict.save
        monkeypatch.setattr(Verdict, "save", lambda *args, **some: (all_read.wait(timeout=20), save(*args, **some)))
    together, errors = threading.Barrier(TIMES), []

    def say():
        try:
            together.wait(timeout=20)
            services.judge(closing=closing, by=person, fixed=True)
        except IntegrityError as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=say) for _ in range(TIMES)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    alert.refresh_from_db()
    assert Verdict.objects.count() == alert.confirmed == 1  # the constraint holds either way
    assert bool(errors) is not locking


def test_a_form_that_expired_comes_back_with_its_words(town):
    resolved(town)
    browser = Client(enforce_csrf_checks=True, REMOTE_ADDR=f"test-{uuid.uuid4()}", headers={"accept-language": "en"})
    response = browser.post(link(sent()[AUTHOR]), {"fixed": "oui", "comment": "Merci bien."})
    page = response.content.decode()
    assert response.status_code == 422
    assert "had expired" in page
    assert "Merci bien." in page
    assert not Verdict.objects.exists()
