import pytest

from accounts import confirmations
from tests.accounts.asking import handler


@pytest.fixture
def kind():
    """The kind of act that tests have confirmed."""
    confirmations.register("essai", handler, title="Votre signalement")
    yield
    confirmations._kinds.pop("essai")
