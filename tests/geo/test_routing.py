"""Who must answer, here, for this: the rule that wins and the reasons given."""

from datetime import date

import pytest
from django.contrib.gis.geos import Point
from django.utils import translation

from geo.models import Body, Competence, Jurisdiction
from geo.places import PlaceError
from geo.routing import explain, resolve

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)


def give(town, competence, territory, slug="other", **fields) -> Body:
    body, _created = Body.objects.get_or_create(slug=slug, defaults={"name": slug, "territory": territory})
    Jurisdiction.objects.create(body=body, competence=competence, territory=territory, **fields)
    return body


def test_the_smallest_territory_wins(town):
    district = give(town, town.lighting, town.west)
    give(town, town.lighting, town.departement, slug="departement")
    assert resolve(town.IN_WEST, town.lighting).body == district
    assert resolve(town.IN_EAST, town.lighting).body == town.light_service


def test_the_smallest_territory_wins_even_by_a_wider_competence(town):
    district = give(town, town.roads, town.west)
    assert resolve(town.IN_WEST, town.lighting).body == district


def test_the_closest_competence_wins_in_a_territory(town):
    assert resolve(town.IN_WEST, town.lighting).body == town.light_service
    bench = Competence.objects.create(code="bancs", name="Bancs", parent=town.roads)
    assert resolve(town.IN_WEST, bench).body == town.road_service


def test_priority_then_age_decide_between_equals(town):
    give(town, town.lighting, town.commune, slug="younger")
    assert resolve(town.IN_WEST, town.lighting).body == town.light_service
    higher = give(town, town.lighting, town.commune, slug="higher", priority=1)
    assert resolve(town.IN_WEST, town.lighting).body == higher


def test_a_rule_counts_while_it_is_valid(town):
    contract = give(
        town, town.lighting, town.commune, slug="contract", priority=9, validity=(date(2026, 1, 1), date(2027, 1, 1))
    )
    days = {date(2025, 12, 31): town.light_service, date(2026, 1, 1): contract, date(2027, 1, 1): town.light_service}
    assert {day: resolve(town.IN_WEST, town.lighting, on=day).body for day in days} == days


def test_nobody_competent_goes_to_triage_and_says_so(town):
    route = resolve(town.IN_WEST, town.waste)
    assert (route.body, route.is_fallback) == (town.triage, True)
    assert [reason["step"] for reason in route.reasons] == ["place", "competence", "triage"]
    assert resolve(town.IN_WEST, None).body == town.triage


def test_no_triage_either_leaves_no_body(town):
    route = resolve(town.IN_VILLAGE, town.lighting)
    assert (route.body, route.is_fallback) == (None, True)
    assert "administrateur" in explain(route.reasons)[-1]


def test_a_loop_of_competences_ends(town):
    town.roads.parent = town.lighting
    town.roads.save()
    assert resolve(town.IN_WEST, Competence.objects.get(code="eclairage-public")).body == town.light_service


def test_outside_is_refused_and_swapped_coordinates_are_noticed(town):
    with pytest.raises(PlaceError) as outside:
        resolve(town.OUTSIDE, town.lighting)
    assert outside.value.code == "outside"
    assert "inversé" not in str(outside.value)
    with pytest.raises(PlaceError, match="inversé"):
        resolve(Point(47.05, 2.02, srid=4326), town.lighting)
    with pytest.raises(PlaceError):
        resolve(Point(170.0, 2.02, srid=4326), town.lighting)


def test_the_reasons_are_sentences_in_the_language_of_the_reader(town):
    reasons = resolve(town.IN_WEST, town.roads, on=ON).reasons
    assert reasons[0]["on"] == "2026-06-01"
    assert [t["code"] for t in reasons[0]["territories"]] == ["T1001-1", "T1001", "T1"]
    french = "\n".join(explain(reasons)).replace("\xa0", " ")
    assert "Le lieu se trouve dans : Ouest, Ville, Département." in french
    assert "À cet endroit (Ville), « Voirie » relève de : Service voirie. (CGCT L2212-2)" in french
    with translation.override("en"):
        assert "Service voirie is in charge of “Voirie” in Ville." in explain(reasons)[-1]


def test_more_rules_cost_no_more_queries(town, django_assert_num_queries):
    lighting = Competence.objects.select_related("parent").get(pk=town.lighting.pk)
    for number in range(30):
        give(town, town.lighting, town.commune, slug=f"body-{number}")
    with django_assert_num_queries(3):
        assert resolve(town.IN_WEST, lighting).rule
