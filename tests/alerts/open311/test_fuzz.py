"""Whatever is sent, the answer has the shape of the specification and is never an error of ours."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.alerts.open311.conftest import BASE, refusal, report, xml

pytestmark = pytest.mark.django_db
SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
NAMES = [
    "service_code",
    "service_request_id",
    "status",
    "start_date",
    "end_date",
    "updated_after",
    "page",
    "page_size",
    "jurisdiction_id",
    "lat",
    "long",
    "address_string",
    "address_id",
    "description",
    "email",
    "media_url",
    "update_id",
    "attribute[taille]",
    "attribute[taille][]",
    "attribute[",
]
TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            *[
                "",
                "\0",
                "lampadaire",
                "nid-de-poule",
                "47.05",
                "2.02",
                "1e400",
                "-0",
                "open",
                ",,,",
                "٣",
                "🕳" * 50,
                "T1001",
            ],
            *[
                "2026-01-01T00:00:00Z",
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59-14:00",
                "x" * 20_000,
                "%",
                "'",
            ],
        ]
    ),
)
PARAMETERS = st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=6)
FORMATS = st.sampled_from(["xml", "json"])


def shaped(answer):
    """An answer of the specification: a document, or errors that name what is wrong."""
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        refusal(answer)
    elif answer.headers["Content-Type"] == "application/json":
        answer.json()
    else:
        xml(answer)


@SHARED
@given(
    st.sampled_from(["discovery", "services", "services/nid-de-poule", "requests", "servicerequestupdates"]),
    FORMATS,
    PARAMETERS,
)
def test_reading(client, asking, path, fmt, parameters):
    shaped(client.get(f"{BASE}/{path}.{fmt}", parameters))


@SHARED
@given(st.text(string.printable + "é\u2028\ud7ff", max_size=40).filter(lambda text: "\0" not in text), FORMATS)
def test_paths(client, town, text, fmt):
    from urllib.parse import quote

    for place in ("requests", "request", "services", "tokens", ""):
        shaped(client.get(f"{BASE}/{place}/{quote(text, safe='')}.{fmt}"))


@SHARED
@given(FORMATS, PARAMETERS, st.booleans())
def test_sending(client, town, asking, key, fmt, parameters, update):
    parameters = {name: value.replace("\0", "?") for name, value in parameters.items()} | {"api_key": key}
    shaped(client.post(f"{BASE}/{'servicerequestupdates' if update else 'requests'}.{fmt}", parameters))


KINDS = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=nowhere",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=" + "é" * 3,
        "application/json",
        "text/xml; charset=utf-8",
        "",
        "x" * 300,
    ]
)
BODIES = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;",
            b'--x\r\nContent-Disposition: form-data; name="media"; filename="a"\r\n\r\nabc',
            b"--x\r\nContent-Disposition: form-data; name=api_key\r\nContent-Transfer-Encoding: base64\r\n\r\n@@",
            b"&".join(b"a%d=1" % number for number in range(1500)),
            b"api_key=%ff%fe&service_code=%00&lat=%E9",
            b"[" * 5000,
        ]
    ),
)


@SHARED
@given(KINDS, BODIES, st.sampled_from(["requests.xml", "requests.json", "servicerequestupdates.xml"]))
def test_bodies_of_every_kind(client, town, kind, body, path):
    shaped(client.generic("POST", f"{BASE}/{path}", body, content_type=kind))


def test_a_body_that_is_too_large_or_a_query_of_too_many_fields(client, town, key, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    answer = client.post(
        f"{BASE}/requests.xml",
        {"api_key": key, "description": "x" * 20_000},
        content_type="application/x-www-form-urlencoded",
    )
    assert refusal(answer)[0][0] in (400, 403)
    many = "&".join(f"a{number}=1" for number in range(2000))
    assert refusal(client.get(f"{BASE}/requests.json?{many}"))[0][0] == 400
    assert (
        refusal(
            client.generic(
                "POST", f"{BASE}/requests.json", "a" * 20_000, content_type="application/x-www-form-urlencoded"
            )
        )[0][0]
        == 400
    )


@SHARED
@given(st.text(max_size=200))
def test_any_description_is_written_in_both_formats(client, town, text):
    """Also what came before texts were cleaned, or by an import."""
    alert = report(town, description=text.replace("\0", "").encode("utf-8", "ignore").decode())
    shaped(client.get(f"{BASE}/requests/{alert.reference}.xml"))
    shaped(client.get(f"{BASE}/requests/{alert.reference}.json"))
