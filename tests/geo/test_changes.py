"""The counters by which caches know that a table has changed."""

import pytest
from django.db import connection, transaction

from geo import changes
from geo.models import AssetKind

pytestmark = pytest.mark.django_db(transaction=True)


def version() -> int:
    return int(changes.version([AssetKind]))


def kind(code: str) -> AssetKind:
    return AssetKind.objects.create(code=code, name=code, name_plural=code)


def test_a_transaction_moves_the_counter_once_and_only_when_it_commits():
    before = version()
    with transaction.atomic():
        for number in range(50):
            kind(f"k{number}")
        assert version() == before
    assert version() == before + 1
    AssetKind.objects.all().delete()
    assert version() == before + 2


def test_what_a_savepoint_undoes_does_not_hide_what_follows_it():
    before = version()
    with transaction.atomic():
        with transaction.atomic():
            kind("undone")
            transaction.set_rollback(True)
        kind("kept")
    assert version() == before + 1


def test_what_changes_after_an_early_firing_is_noted_too():
    with transaction.atomic():
        kind("one")
        connection.check_constraints()  # SET CONSTRAINTS ALL IMMEDIATE, then DEFERRED
        between = version()
        kind("two")
    assert version() == between + 1


def test_nothing_moves_without_a_commit():
    before = version()
    with transaction.atomic():
        kind("undone")
        transaction.set_rollback(True)
    assert version() == before
