"""The OGC API against its own description: nothing sent is an error of ours, every answer is as told."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from tests.architecture.test_fuzz_api import from_somewhere

pytestmark = pytest.mark.django_db
# What random texts would hardly ever hit.
KNOWN = some.fixed_dictionaries(
    {},
    optional={
        "bbox": some.sampled_from(["2,47,2.1,47.1", "47,2,47.1,2.1", "180,47,-180,48", "0,0,0,0"]),
        "datetime": some.sampled_from(["2026-01-01/..", "2026-11-20", "../2020-01-01T00:00:00Z"]),
        "filter": some.sampled_from(["supports > 2", "S_INTERSECTS(geometry, POINT(2.02 47.05))", "name LIKE 'O%'"]),
        "limit": some.sampled_from(["1", "3", "10000"]),
    },
)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]


@pytest.fixture
def described(reports):
    """The description as a stranger reads it: its lists of values are those of the town."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/ogc/api", from_somewhere)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def statuses(operation) -> set[int]:
    """How the operation answered to what its description allows, a few parameters at a time: of many at once all are
    refused for the first that is wrong."""
    seen = set()
    names = sorted(one.name for one in operation.query)

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(case=operation.as_strategy(), few=some.sets(some.sampled_from(names), max_size=3), known=KNOWN)
    def ask(case, few, known):
        given = {name: value for name, value in (case.query or {}).items() if name in few}
        case.query = given | {name: value for name, value in known.items() if name in names}
        seen.add(case.call_and_validate(checks=CHECKS).status_code)

    ask()
    return seen


def test_every_operation_answers_as_its_description_says(described):
    for found in described.get_all_operations():
        seen = statuses(found.ok())
        assert 200 in seen or "{" in found.ok().path
        assert seen <= {200, 400, 404}


def test_the_description_covers_every_layer(described):
    """A negative control: the test above is as long as the API."""
    paths = {one.ok().path for one in described.get_all_operations()}
    assert {f"/collections/{name}/items" for name in ("alerts", "territories", "equipment")} <= paths
