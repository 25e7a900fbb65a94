"""One territory per level: the lowest code on a border, of the generation asked for, one by one or many."""

import random
from datetime import date

import numpy as np
import pytest
from django.contrib.gis.geos import Point

from geo import lookup
from geo.lookup import territories_at, territory_ids_at, territory_ids_at_many
from geo.models import Level, TerritoryPart
from geo.services import set_boundary
from tests.conftest import box

pytestmark = pytest.mark.django_db


def test_a_shared_border_goes_to_the_lowest_code_whatever_the_order_of_rows(town):
    assert territories_at(town.ON_BORDER)[0].code == "T1001-1"
    # An update moves the row to the end of the table.
    TerritoryPart.objects.filter(territory=town.west).update(code="T1001-1")
    assert territories_at(town.ON_BORDER)[0].code == "T1001-1"
    TerritoryPart.objects.filter(territory=town.west).update(code="T1001-3")
    assert territories_at(town.ON_BORDER)[0].code == "T1001-2"
    (row,) = next(territory_ids_at_many([town.ON_BORDER.coords]))
    assert sorted(filter(None, row.tolist())) == sorted(territory_ids_at(town.ON_BORDER))


def test_generations_answer_for_their_time(town):
    set_boundary(territory=town.east, geometry=box(2.06, 47.0, 2.1, 47.1), since=date(2026, 1, 1))
    set_boundary(territory=town.west, geometry=box(2.0, 47.0, 2.06, 47.1), since=date(2026, 1, 1))
    moved = Point(2.055, 47.05, srid=4326)
    before, after = date(2025, 12, 31), date(2026, 1, 1)
    assert territories_at(moved, before)[0] == town.east
    assert territories_at(moved, after)[0] == town.west
    columns = [next(territory_ids_at_many([moved.coords], day))[0, -1] for day in (before, after)]
    assert columns == [town.east.pk, town.west.pk]


def test_many_points_come_in_order_and_in_chunks(town, monkeypatch):
    monkeypatch.setattr(lookup, "CHUNK", 10)
    rng = random.Random(1)
    points = [rng.choice([town.IN_WEST, town.IN_EAST, town.OUTSIDE, town.IN_VILLAGE]).coords for _number in range(25)]
    chunks = list(territory_ids_at_many(iter(points)))
    assert [len(chunk) for chunk in chunks] == [10, 10, 5]
    assert np.array_equal(np.vstack(chunks), np.vstack(list(territory_ids_at_many(np.array(points)))))
    levels = list(Level.objects.order_by("rank").values_list("code", flat=True))
    for (lon, lat), row in zip(points, np.vstack(chunks).tolist(), strict=True):
        named = {t.level.code: t.pk for t in territories_at(Point(lon, lat, srid=4326))}
        assert row == [named.get(level, 0) for level in levels]
    assert list(territory_ids_at_many([])) == []


def test_without_territories_nothing_is_found(db):
    assert not next(territory_ids_at_many([(2.0, 47.0)])).any()


def test_territories_come_with_their_levels_in_one_query(town, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [t.level.code for t in territories_at(town.IN_WEST)] == ["quartier", "commune", "departement"]
