import pytest
from django.test import Client

from tests.budget.evaluation.making import Study


@pytest.fixture
def study(town) -> Study:
    return Study(town)


@pytest.fixture
def browser_of():
    """`browser_of(user)`: their browser, in English."""

    def log_in(user) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    return log_in
