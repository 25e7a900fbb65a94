"""Large files: asked for once, made with the rights of who asked, kept a week, for them alone."""

import datetime as dt
import os
import threading

import pyogrio
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import connection, connections
from django.http import QueryDict
from django.utils import timezone

from accounts import keys, privacy
from accounts.models import Mandate
from geo.exports import jobs
from geo.exports.locks import alone
from geo.exports.wanted import wanted
from geo.models import Export
from geo.tasks import make_export, sweep_exports
from tests.engagement.posting import mail_server, wait_for, worker
from tests.geo.exports.files import fetch
from tests.geo.test_viewport import make_alerts

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)
PAGE = {"HTTP_ACCEPT": "text/html"}


@pytest.fixture(autouse=True)
def three_are_many(settings):
    settings.EXPORTS_AT_ONCE = 3


def ask(viewer, name="alerts", **parameters) -> Export:
    query = QueryDict(mutable=True)
    query.update(parameters)
    return jobs.ask(viewer=viewer, asked=wanted(viewer, name, "gpkg", query), caller="192.0.2.1")


def features(data: bytes, path) -> int:
    path.write_bytes(data)
    return pyogrio.read_info(path, layer=pyogrio.list_layers(path)[0][0])["features"]


def test_an_address_gives_the_file_once_it_is_made(client, town, tmp_path):
    make_alerts(town, 5)
    address = "/exports/alerts.gpkg?crs=EPSG:2154&status=received"
    waiting = client.get(address)
    assert (waiting.status_code, waiting.json()["state"]) == (202, "waiting")
    assert waiting["Location"] in waiting.json()["page"]
    assert "Retry-After" in waiting
    job = Export.objects.get()
    jobs.run(job.pk)
    assert features(fetch(client, address), tmp_path / "a.gpkg") == 5
    assert features(fetch(client, f"{waiting['Location']}fichier"), tmp_path / "b.gpkg") == 5
    # Other rows are another file.
    make_alerts(town, 1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert client.get(address).status_code == 202
    assert Export.objects.count() == 2


def test_few_objects_come_at_once(client, town):
    make_alerts(town, 3)
    assert client.get("/exports/alerts.gpkg").status_code == 200
    make_alerts(town, 1)
    assert client.get("/exports/alerts.gpkg").status_code == 202
    assert client.get("/exports/alerts.csv").status_code == 200


def test_a_person_is_shown_the_way(client, town):
    make_alerts(town, 4)
    sent_on = client.get("/exports/alerts.gpkg", **PAGE)
    assert sent_on.status_code == 303
    page = client.get(sent_on["Location"], **PAGE)
    assert "hx-trigger" in page.content.decode()
    assert '<meta http-equiv="refresh"' in page.content.decode()
    job = Export.objects.get()
    jobs.run(job.pk)
    part = client.get(sent_on["Location"], HTTP_HX_REQUEST="true").content.decode()
    assert f"/exports/demandes/{job.token}/fichier" in part
    assert "hx-trigger" not in part
    # A browser without an account finds it again; another one does not.
    assert job.token in client.get("/exports/").content.decode()
    client.cookies.clear()
    assert job.token not in client.get("/exports/").content.decode()


def test_it_is_for_who_asked_alone(client, town):
    make_alerts(town, 4)
    agent = town.light_agent()
    job = ask(agent, "alerts_work")
    jobs.run(job.pk)
    page, file = f"/exports/demandes/{job.token}/", f"/exports/demandes/{job.token}/fichier"
    for path in (page, file):
        assert client.get(path).url.startswith("/compte/")
    client.force_login(town.person("resident@example.org"))
    assert [client.get(path).status_code for path in (page, file)] == [404, 404]
    client.force_login(agent)
    assert [client.get(path).status_code for path in (page, file)] == [200, 200]
    # The key of that person opens less than the person.
    _key, text = keys.issue(user=agent, label="x", scope=keys.LAYERS)
    assert client.get(file, {"api_key": text}).status_code == 404
    # A mandate that ended closes the layer, and so the file.
    Mandate.objects.all().delete()
    assert client.get(file).status_code == 404


def test_a_file_goes_with_the_rights_it_was_made_with(client, town):
    make_alerts(town, 4)
    make_alerts(town, 2, is_public=False)
    agent = town.light_agent()
    job = ask(agent, "alerts_work")
    jobs.run(job.pk)
    client.force_login(agent)
    file = f"/exports/demandes/{job.token}/fichier"
    assert client.get(file).status_code == 200
    Mandate.objects.update(territory=town.village)
    assert client.get(file).status_code == 404
    assert ask(type(agent).objects.get(pk=agent.pk), "alerts_work") != job
    Mandate.objects.update(territory=town.commune)
    assert client.get(file).status_code == 200


def test_rights_are_those_of_the_moment_it_is_made(town):
    make_alerts(town, 4)
    agent = town.light_agent()
    job = ask(agent, "alerts_work")
    Mandate.objects.all().delete()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.size) == (Export.State.FAILED, None)
    assert not jobs.file_of(job).exists()
    assert not mail.outbox


def test_a_closed_account_gets_nothing(town):
    make_alerts(town, 4)
    person = town.person("resident@example.org")
    job = ask(person)
    type(person).objects.update(is_active=False)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Export.State.FAILED


def test_a_key_needs_no_worker(client, town, settings):
    make_alerts(town, 5)
    _key, text = keys.issue(user=town.light_agent(), label="x", scope=keys.LAYERS)
    assert client.get("/exports/alerts.gpkg", {"api_key": text}).status_code == 200
    assert not Export.objects.exists()
    settings.EXPORTS_LIMIT = 1
    assert client.get("/exports/alerts.gpkg", {"api_key": text}).status_code == 429


def test_the_mail_says_where_once(town):
    make_alerts(town, 4)
    person = town.person("resident@example.org")
    job = ask(person)
    jobs.run(job.pk)
    jobs.run(job.pk)
    jobs.sweep()
    (message,) = mail.outbox
    assert message.to == [person.email]
    assert f"/exports/demandes/{job.token}/" in message.body
    assert f"/exports/demandes/{job.token}/" in message.alternatives[0].content
    assert "prêt" in message.subject


def test_asked_twice_is_one_and_another_choice_another(town):
    make_alerts(town, 4)
    person, other = town.person("a@example.org"), town.person("b@example.org")
    assert ask(person) == ask(person)
    assert len({ask(person).pk, ask(other).pk, ask(AnonymousUser()).pk, ask(person, crs="2154").pk}) == 4


@committed
def test_two_who_ask_at_the_same_moment_get_one(town):
    make_alerts(town, 4)
    gate, found = threading.Barrier(4), []

    def one():
        try:
            gate.wait()
            found.append(ask(AnonymousUser()).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 4
    assert set(found) == set(Export.objects.values_list("pk", flat=True))
    assert len(set(found)) == 1


def test_too_many_are_refused(client, town, settings):
    make_alerts(town, 4)
    client.force_login(town.person("resident@example.org"))
    for day in range(1, jobs.MAX_OPEN + 1):
        assert client.get("/exports/alerts.gpkg", {"since": f"2020-01-0{day}"}).status_code == 202
    refused = client.get("/exports/alerts.gpkg", {"since": "2019-01-01"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert client.get("/exports/alerts.gpkg", {"since": "2019-01-01"}, **PAGE).status_code == 302
    Export.objects.update(state=Export.State.FAILED)
    settings.EXPORTS_MAX_BYTES = 0
    assert client.get("/exports/alerts.gpkg", {"since": "2019-01-01"}).status_code == 429
    settings.EXPORTS_MAX_BYTES = 1
    settings.EXPORTS_LIMIT = 2
    assert client.get("/exports/alerts.gpkg", {"since": "2019-01-01"}).status_code == 429


def test_it_goes_after_a_week_with_its_file(client, town):
    make_alerts(town, 4)
    job = ask(AnonymousUser())
    jobs.run(job.pk)
    file = jobs.file_of(job)
    assert file.exists()
    jobs.sweep()
    assert file.exists()
    Export.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.get(f"/exports/demandes/{job.token}/fichier").status_code == 404
    assert client.get(f"/exports/demandes/{job.token}/").status_code == 200
    orphan = file.with_name("nobody's")
    orphan.write_text("x")
    sweep_exports()
    assert (Export.objects.count(), file.exists(), orphan.exists()) == (0, False, False)


def test_a_person_takes_what_we_know_and_leaves(town):
    make_alerts(town, 4)
    person = town.person("resident@example.org")
    job = ask(person)
    jobs.run(job.pk)
    file = jobs.file_of(job)
    assert privacy.export(person)["exports"][0]["layers"] == ["alerts"]
    assert privacy.erase(user=person)["exports"] == 1
    assert (Export.objects.count(), file.exists()) == (0, False)


@committed
def test_one_worker_at_a_time(town):
    make_alerts(town, 4)
    job = ask(AnonymousUser())
    held, done = threading.Event(), threading.Event()

    def another():
        try:
            with alone(f"export:{job.pk}") as mine:
                assert mine
                held.set()
                done.wait()
        finally:
            connections.close_all()

    thread = threading.Thread(target=another)
    thread.start()
    held.wait()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Export.State.WAITING
    done.set()
    thread.join()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Export.State.DONE, 1)


def test_what_never_works_is_given_up_and_said(client, town):
    make_alerts(town, 4)
    job = ask(AnonymousUser())
    Export.objects.update(attempts=jobs.MAX_ATTEMPTS, state=Export.State.RUNNING)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Export.State.FAILED
    assert job.error in client.get(f"/exports/demandes/{job.token}/").content.decode().replace("&#x27;", "'")


@committed
@pytest.mark.timeout(300)
def test_a_real_worker_makes_it_though_one_was_killed(town, settings):
    """The first worker dies while it reads the rows: the table is held, so that it is caught in the middle."""
    make_alerts(town, 40)
    person = town.person("resident@example.org")
    with mail_server() as (sink, env):
        env |= {"EXPORTS_ROOT": str(settings.EXPORTS_ROOT), "EXPORTS_AT_ONCE": "3"}
        with connections["default"].cursor() as cursor:
            with worker(env, "geo") as kill:
                from django.db import transaction

                with transaction.atomic():
                    cursor.execute("LOCK TABLE alerts_category IN ACCESS EXCLUSIVE MODE")
                    job = _asked_elsewhere(person)
                    wait_for(lambda: _reads(cursor))
                    kill()
            wait_for(lambda: _free(job))
            job.refresh_from_db()
            assert (job.state, job.attempts) == (Export.State.RUNNING, 1), "control: it was killed in the middle"
            with worker(env, "geo"):
                Export.objects.update(asked_at=timezone.now() - dt.timedelta(minutes=2))
                sweep_exports.delay()
                wait_for(lambda: Export.objects.ready().exists())
                wait_for(lambda: sink.count)
    job.refresh_from_db()
    assert (job.total, job.attempts, len(sink.got[person.email])) == (40, 2, 1)
    path = jobs.file_of(job)
    assert pyogrio.read_info(path, layer="alerts")["features"] == 40
    assert os.stat(path).st_size == job.size


def _asked_elsewhere(person) -> Export:
    """Asked for over another connection, as this one holds a table."""
    made = []
    digest = wanted(person, "alerts", "gpkg", QueryDict("crs=EPSG:2154")).digest(person)

    def one():
        try:
            made.append(
                Export.objects.create(owner=person, layers=["alerts"], format="gpkg", srid=2154, digest=digest)
            )
            make_export.delay(made[0].pk)
        finally:
            connections.close_all()

    thread = threading.Thread(target=one)
    thread.start()
    thread.join()
    return made[0]


def _reads(cursor) -> bool:
    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'alerts_category'::regclass")
    return cursor.fetchone()[0] > 0


def _free(job: Export) -> bool:
    with alone(f"export:{job.pk}") as mine:
        return mine
