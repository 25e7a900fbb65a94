"""What the clock makes: once at each moment, into real folders and a store that speaks S3."""

import datetime as dt
import threading
from urllib.parse import quote
from zoneinfo import ZoneInfo

import boto3
import pyogrio
import pytest
from django.core.checks import run_checks
from django.db import connections
from moto.server import ThreadedMotoServer

from accounts.models import Mandate
from geo.exports import schedules, stores
from geo.exports.locks import alone
from geo.models import ExportSchedule
from geo.tasks import run_schedules
from tests.geo.test_viewport import make_alerts

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=PARIS)


@pytest.fixture
def folder(settings, tmp_path):
    there = tmp_path / "open data"
    there.mkdir()
    settings.EXPORT_STORES = {"opendata": f"file://{quote(str(there))}"}
    return there


def schedule(**fields) -> ExportSchedule:
    given = {"name": "x", "layers": ["alerts"], "format": "gpkg", "srid": 2154, "store": "opendata"}
    given |= {"path": "alertes/{year}/alertes-{date}.gpkg", "created_at": LONG_AGO}
    return ExportSchedule.objects.create(**given | fields)


def at(*parts) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("rhythm", "now", "moment"),
    [
        ("daily", at(2026, 11, 23, 3, 59), at(2026, 11, 22, 4)),
        ("daily", at(2026, 11, 23, 4), at(2026, 11, 23, 4)),
        ("weekly", at(2026, 11, 23, 3, 59), at(2026, 11, 16, 4)),  # a Monday
        ("weekly", at(2026, 11, 23, 4), at(2026, 11, 23, 4)),
        ("weekly", at(2026, 11, 29, 23, 59), at(2026, 11, 23, 4)),
        ("monthly", at(2026, 11, 1, 3, 59), at(2026, 10, 1, 4)),
        ("monthly", at(2026, 11, 30, 1), at(2026, 11, 1, 4)),
        ("daily", at(2026, 3, 29, 12), at(2026, 3, 29, 4)),  # the clocks went forward
    ],
)
def test_moments(rhythm, now, moment):
    assert schedules.slot(ExportSchedule(rhythm=rhythm, hour=4), now) == moment


def test_each_moment_once_into_a_folder(town, folder):
    make_alerts(town, 3)
    one = schedule()
    schedules.run_due(at(2026, 11, 23, 5))
    file = folder / "alertes/2026/alertes-2026-11-23.gpkg"
    assert pyogrio.read_info(file, layer="alerts")["features"] == 3
    assert pyogrio.read_info(file, layer="alerts")["crs"] == "EPSG:2154"
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [file.name]
    one.refresh_from_db()
    assert (one.last_rows, one.last_error, one.last_path) == (3, "", str(file.relative_to(folder)))
    file.unlink()
    schedules.run_due(at(2026, 11, 23, 6))
    assert not file.exists()
    schedules.run_due(at(2026, 11, 24, 4))
    assert (folder / "alertes/2026/alertes-2026-11-24.gpkg").exists()


def test_not_before_its_time_nor_while_it_rests(town, folder):
    schedule(created_at=at(2026, 11, 23, 4, 30))
    schedule(name="resting", is_active=False)
    schedules.run_due(at(2026, 11, 23, 5))
    assert not list(folder.iterdir())


def test_without_a_date_the_newest_replaces_the_one_before(town, folder):
    schedule(path="alertes.csv", format="csv")
    schedules.run_due(at(2026, 11, 23, 5))
    make_alerts(town, 2)
    schedules.run_due(at(2026, 11, 24, 5))
    assert (folder / "alertes.csv").read_bytes().count(b"\n") == 3


def test_it_has_the_rights_of_its_owner_at_that_moment(town, folder):
    make_alerts(town, 2)
    agent = town.light_agent()
    one = schedule(layers=["alerts_work", "alerts"], owner=agent, path="{date}.gpkg")
    schedules.run_due(at(2026, 11, 23, 5))
    assert pyogrio.read_info(folder / "2026-11-23.gpkg", layer="alerts_work")["features"] == 2
    Mandate.objects.all().delete()
    schedules.run_due(at(2026, 11, 24, 5))
    one.refresh_from_db()
    assert "NotThere" in one.last_error
    assert one.last_success_at < one.last_slot or one.last_slot == at(2026, 11, 24, 4)
    assert not (folder / "2026-11-24.gpkg").exists()


def test_a_failure_is_kept_and_the_next_moment_tries_again(town, folder, settings):
    one = schedule(path="x.fgb", format="fgb")
    known, settings.EXPORT_STORES = (
        settings.EXPORT_STORES,
        {"opendata": "s3://x?endpoint_override=127.0.0.1:1&scheme=http"},
    )
    schedules.run_due(at(2026, 11, 23, 5))
    one.refresh_from_db()
    assert one.last_error
    assert one.last_slot == at(2026, 11, 23, 4)
    settings.EXPORT_STORES = known
    schedules.run_due(at(2026, 11, 24, 5))
    one.refresh_from_db()
    assert (one.last_error, (folder / "x.fgb").exists()) == ("", True)


@pytest.mark.django_db(transaction=True)
def test_two_clocks_make_it_once(town, folder):
    one = schedule(path="x.csv", format="csv")
    held, done = threading.Event(), threading.Event()

    def another():
        try:
            with alone(f"schedule:{one.pk}"):
                held.set()
                done.wait()
        finally:
            connections.close_all()

    thread = threading.Thread(target=another)
    thread.start()
    held.wait()
    run_schedules()
    assert not (folder / "x.csv").exists()
    done.set()
    thread.join()
    run_schedules()
    assert (folder / "x.csv").exists()


@pytest.fixture
def bucket(settings, monkeypatch):
    """A bucket of a server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="fr-par")
    client.create_bucket(Bucket="ville", CreateBucketConfiguration={"LocationConstraint": "fr-par"})
    address = f"s3://ville/donnees?endpoint_override=127.0.0.1:{port}&scheme=http&region=fr-par"
    settings.EXPORT_STORES = {"opendata": address}
    yield client
    server.stop()


def test_into_a_store_that_speaks_s3(town, bucket, tmp_path):
    make_alerts(town, 4)
    one = schedule(path="{year}/alertes.parquet", format="parquet")
    schedules.run_due(at(2026, 11, 23, 5))
    one.refresh_from_db()
    assert one.last_error == ""
    keys = [row["Key"] for row in bucket.list_objects_v2(Bucket="ville")["Contents"]]
    assert keys == ["donnees/2026/alertes.parquet"]
    stored = bucket.get_object(Bucket="ville", Key=keys[0])
    assert stored["ContentType"] == "application/vnd.apache.parquet"
    assert stored["Body"].read().startswith(b"PAR1")


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a//b", "a/../../b", ".hidden", "a\\b", "", "a\n"])
def test_no_path_leaves_its_store(folder, tmp_path, path):
    file = tmp_path / "f"
    file.write_text("x")
    with pytest.raises(ValueError, match="not a path"):
        stores.put("opendata", path, file)


def test_a_reader_never_sees_half_a_file(folder, tmp_path):
    """What is there before stays whole where the new one cannot be read to its end."""
    (folder / "x.csv").write_text("whole")
    with pytest.raises(OSError, match="directory"):
        stores.put("opendata", "x.csv", tmp_path)
    assert [path.name for path in folder.iterdir()] == ["x.csv"]
    assert (folder / "x.csv").read_text() == "whole"


def test_a_store_that_is_no_address_is_said_at_the_start(settings):
    settings.EXPORT_STORES = {"x": "ftp://example.org"}
    assert "geo.E001" in [message.id for message in run_checks()]


FIELDS = {
    "name": "Chaque nuit",
    "layers": ["alerts"],
    "format": "gpkg",
    "srid": "2154",
    "parameters": "status=received",
}
FIELDS |= {"rhythm": "daily", "hour": "4", "store": "opendata", "path": "{date}.gpkg", "is_active": "on"}


def test_an_administrator_sets_it_up_with_their_own_rights(client, town, folder):
    administrator = town.person("admin@ville.example", "administrator", territory=town.commune)
    client.force_login(administrator)
    add = "/admin/geo/exportschedule/add/"
    assert client.get(add).status_code == 200
    assert client.post(add, FIELDS | {"owner": "1"}).status_code == 302
    one = ExportSchedule.objects.get()
    assert (one.owner, one.layers, one.parameters) == (administrator, ["alerts"], "status=received")
    wrong = {
        "path": "../x",
        "parameters": "colour=red",
        "hour": "24",
        "store": "elsewhere",
        "layers": ["people"],
        "format": "exe",
        "srid": "27572",
    }
    for name, value in wrong.items():
        page = client.post(add, FIELDS | {"name": "b", name: value})
        assert page.status_code == 200, name
        assert name in page.context["adminform"].form.errors
    unknown = client.post(add, FIELDS | {"name": "b", "path": "{jour}.gpkg"})
    assert "{jour}" in str(unknown.context["adminform"].form.errors["path"])
    other_ending = client.post(add, FIELDS | {"name": "b", "format": "csv"})
    assert "path" in other_ending.context["adminform"].form.errors
    geojson = client.post(add, FIELDS | {"name": "b", "format": "geojson"})
    assert "srid" in geojson.context["adminform"].form.errors
    assert ExportSchedule.objects.count() == 1
    client.force_login(town.person("resident@example.org"))
    assert client.get(add).status_code in (302, 403)
