"""The whole JSON API against its own description: nothing sent is an error of ours, every answer is as told."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
application = get_wsgi_application()


def from_somewhere(environ, start_response):
    """The product as a server calls it, which always says who connects, for a client that unpacks nothing."""
    return application({"REMOTE_ADDR": "192.0.2.1"} | environ | {"HTTP_ACCEPT_ENCODING": "identity"}, start_response)


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", from_somewhere)
# What random texts would hardly ever hit: a place of the town, a competence, something to search for.
KNOWN = {
    "lon": st.sampled_from(["2.02", "2,07", "-30"]),
    "lat": st.sampled_from(["47.05", "40"]),
    "competence": st.sampled_from(["voirie", "eclairage-public"]),
    "q": st.sampled_from(["rue des lilas", "12", "ville"]),
}


@pytest.fixture(autouse=True)
def one_connection():
    """Requests of the test share its transaction, as those of Django's own client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@schema.given(known=st.none() | st.fixed_dictionaries({}, optional=KNOWN))
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_every_operation_answers_as_its_description_says(case, known, town):
    names = {one.name for one in case.operation.query}
    case.query = {**(case.query or {}), **{name: value for name, value in (known or {}).items() if name in names}}
    case.call_and_validate(checks=CHECKS)


def test_the_description_covers_what_there_is():
    """A negative control: the parametrized test above is as long as the API."""
    assert {one.ok().path for one in schema.get_all_operations()} >= {"/api/v1/territories/at", "/api/v1/route"}
