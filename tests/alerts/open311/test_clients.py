"""Clients that others wrote: a published library, unchanged, and what FixMyStreet sends, over real HTTP."""

import datetime as dt
from xml.etree import ElementTree

import httpx
import pytest
from georeport import GeoReport

from accounts.models import Role
from alerts import services
from alerts.models import Alert
from tests.alerts.open311.conftest import BASE, key_of, report


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_a_published_client_works_unchanged(live_server, town, asking, fmt):
    older, alert = report(town), report(town, category=town.pothole, answers={"taille": "petit"})
    city = GeoReport(f"{live_server.url}{BASE}/", output_format=fmt, jurisdiction="T1001")
    assert {one["service_code"] for one in city.get_service_list()} == {"lampadaire", "nid-de-poule", "depot-sauvage"}
    definition = city.get_service_definition("nid-de-poule")
    attributes = definition["attributes"] if fmt == "json" else definition["attributes"]["attribute"]
    assert [one["code"] for one in attributes][:2] == ["taille", "cotes"]
    assert [one["service_request_id"] for one in city.get_service_requests()] == [alert.reference, older.reference]
    today = dt.datetime.now(dt.UTC)
    found = city.get_service_requests(
        service_code="nid-de-poule",
        status="open",
        start_date=(today - dt.timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        end_date=(today + dt.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    one = found[0] if fmt == "json" else found
    assert one["service_request_id"] == alert.reference
    one = city.get_service_request(alert.reference)
    assert (one["status"], float(one["lat"]), one["service_name"]) == ("open", 47.05, "Nid-de-poule")


class FixMyStreet:
    """What FixMyStreet does as a client (perllib/Open311.pm): the path glued to the endpoint, forms out, XML in, the
    first `request` or `request_update` taken, its number or else its token asked for; empty elements are undefined."""

    def __init__(self, endpoint: str, jurisdiction: str, api_key: str):
        self.endpoint, self.jurisdiction, self.api_key = endpoint, jurisdiction, api_key

    def services(self) -> dict[str, bool]:
        return {
            one.findtext("service_code"): one.findtext("metadata").lower() == "true"
            for one in self._get("services.xml").findall("service")
        }

    def questions(self, code: str) -> list[dict]:
        return [
            {field.tag: field.text for field in one}
            for one in self._get(f"services/{code}.xml").findall("attributes/*")
        ]

    def send(self, problem: int, code: str, lat: float, lon: float, **attributes) -> str:
        params = {
            "service_code": code,
            "lat": f"{lat:.6f}",
            "long": f"{lon:.6f}",
            "description": f"title: Trou\n\ndetail: Un trou\n\nurl: https://fms.example/report/{problem}\n\nSubmitted",
            "email": "resident@exemple.fr",
            "first_name": "Ada",
            "last_name": "Roy",
            "phone": "0612345678",
            "deviceid": "Android",
            "media_url": ["https://fms.example/photo/1.0.jpeg", "https://fms.example/photo/1.1.jpeg"],
            "attribute[fixmystreet_id]": str(problem),
            "attribute[easting]": "",
        } | {f"attribute[{name}]": value for name, value in attributes.items()}
        [first, *_rest] = self._post("requests.xml", params).findall("request")
        return first.findtext("service_request_id") or self.from_token(first.findtext("token"))

    def from_token(self, token: str) -> str:
        return self._get(f"tokens/{token}.xml").findall("request")[0].findtext("service_request_id")

    def update(self, comment: int, external_id: str, text: str) -> str:
        params = {
            "updated_datetime": "2026-11-23T09:00:00+01:00",
            "service_request_id": external_id,
            "status": "OPEN",
            "description": text,
            "last_name": "Roy",
            "first_name": "Ada",
            "email": "resident@exemple.fr",
            "update_id": str(comment),
        }
        return self._post("servicerequestupdates.xml", params).findall("request_update")[0].findtext("update_id")

    def updates(self) -> list[dict]:
        now = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
        window = {
            "start_date": f"{now - dt.timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}",
            "end_date": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        }
        root = self._get("servicerequestupdates.xml", api_key=self.api_key, **window)
        found = [{field.tag: field.text for field in one} for one in root.findall("request_update")]
        # It drops what lies outside the window it asked for, comparing texts in UTC.
        return [one for one in found if window["start_date"] <= one["updated_datetime"] <= window["end_date"]]

    def _get(self, path: str, **params) -> ElementTree.Element:
        answer = httpx.get(self.endpoint + path, params=params | {"jurisdiction_id": self.jurisdiction}, timeout=30)
        return self._parsed(answer)

    def _post(self, path: str, params: dict) -> ElementTree.Element:
        data = params | {"jurisdiction_id": self.jurisdiction, "api_key": self.api_key}
        return self._parsed(httpx.post(self.endpoint + path, data=data, timeout=30))

    def _parsed(self, answer) -> ElementTree.Element:
        assert answer.is_success, answer.text
        return ElementTree.fromstring(answer.content)


def test_fixmystreet_sends_follows_and_adds(live_server, town, asking, client):
    key = key_of(town.person("fms@ville.example", Role.ADMINISTRATOR))
    fms = FixMyStreet(f"{live_server.url}{BASE}/", "T1001", key)
    assert fms.services() == {"lampadaire": False, "nid-de-poule": True, "depot-sauvage": False}
    first = fms.questions("nid-de-poule")[0]
    assert (first["code"], first["required"], first["datatype"]) == ("taille", "true", "singlevaluelist")
    sent = fms.send(4711, "nid-de-poule", 47.05, 2.02, taille="grand")
    assert fms.send(4711, "nid-de-poule", 47.05, 2.02, taille="grand") == sent
    assert fms.from_token(sent) == sent
    alert = Alert.objects.get()
    assert (alert.reference, alert.body, alert.answers) == (sent, town.road_service, {"taille": "grand"})
    agent = town.person("voirie@ville.example", Role.AGENT, body=town.road_service)
    client.force_login(agent)
    assert sent in client.get("/agents/signalements/").content.decode()
    services.apply(alert=alert, transition="plan", actor=agent, message="Jeudi.")
    number = fms.update(88, sent, "C'est plus grand que je ne disais.")
    assert fms.update(88, sent, "C'est plus grand que je ne disais.") == number
    services.apply(alert=alert, transition="resolve", actor=agent, message="Rebouché.")
    found = fms.updates()
    assert [(one["status"], one["description"]) for one in found] == [
        ("open", "Jeudi."),
        ("open", "C'est plus grand que je ne disais."),
        ("closed", "Rebouché."),
    ]
    assert {one["service_request_id"] for one in found} == {sent}
    assert number in {one["update_id"] for one in found}


def test_an_error_reaches_fixmystreet_as_its_own_sentence(live_server, town):
    answer = httpx.post(
        f"{live_server.url}{BASE}/requests.xml", data={"api_key": "faux", "service_code": "lampadaire"}
    )
    root = ElementTree.fromstring(answer.content)
    assert (answer.status_code, root.findtext("error/code")) == (403, "403")
    assert "api_key" in root.findtext("error/description")
