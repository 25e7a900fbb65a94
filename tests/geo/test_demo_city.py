"""The demo city: the same every time, tiled without gaps, light enough for a phone."""

from __future__ import annotations

import itertools

import pytest
import shapely
from shapely.geometry import Point

from geo.demo import projection
from geo.demo.city import build_city, build_city_afresh, geojson_bytes

LEVELS = ("region", "departement", "epci", "commune", "quartier")
TILED = ("departement", "commune", "quartier")  # the EPCI does not fill its département
SQUARE_METRE = 1.0


@pytest.fixture(scope="module")
def city():
    return build_city()


@pytest.fixture(scope="module")
def plan_metres(city):
    return [(f, projection.to_metres(f.geometry)) for f in city.plan]


def union_of(plan_metres, *kinds):
    return shapely.union_all([shape for f, shape in plan_metres if f.kind in kinds])


# Lambert-93: IGN's definition point, then points computed with PROJ
@pytest.mark.parametrize(
    ("lon", "lat", "east", "north"),
    [
        (3.0, 46.5, 700000.0, 6600000.0),
        (1.95, 46.75, 619847.3208, 6628297.4985),
        (-4.49, 48.39, 146341.3473, 6836245.4039),
        (7.75, 48.58, 1050163.9436, 6841622.7155),
        (9.45, 42.7, 1228546.0453, 6199420.6440),
    ],
)
def test_lambert93_both_ways(lon, lat, east, north):
    assert projection.to_lambert93(lon, lat) == pytest.approx((east, north), abs=0.002)
    assert projection.from_lambert93(east, north) == pytest.approx((lon, lat), abs=3e-8)


def test_two_builds_are_the_same_bytes(city):
    other = build_city_afresh()

    def everything(built):
        shapes = [(t.code, shapely.to_wkb(t.geometry)) for t in built.territories]
        return shapes + [(f.kind, f.name, f.rank, shapely.to_wkb(f.geometry)) for f in built.plan]

    assert everything(other) == everything(city)
    assert other.street_points(200, 4) == city.street_points(200, 4)
    assert other.street_points(200, 5) != city.street_points(200, 4)


def test_the_city_is_built_once(city):
    assert build_city() is city


def test_territories_are_whole(city):
    codes = [t.code for t in city.territories]
    assert len(set(codes)) == len(codes)
    assert {t.level for t in city.territories} == set(LEVELS)
    assert 8 <= len(city.level("quartier")) <= 12
    assert 5 <= len(city.level("commune")) <= 7
    for territory in city.territories:
        assert territory.name.strip() == territory.name != ""
        assert territory.geometry.geom_type == "MultiPolygon"
        assert territory.geometry.is_valid
        assert 0 < territory.electors < territory.population
        assert (territory.parent_code in codes) == (territory.level != "region")


def test_people_add_up(city):
    for level in TILED:
        children = city.level(level)
        parent = city.territory(children[0].parent_code)
        assert sum(t.population for t in children) == parent.population
    assert 60_000 <= city.territory(city.code).population <= 80_000


@pytest.mark.parametrize("level", TILED)
def test_children_tile_their_parent(city, level):
    children = city.level(level)
    shapes = [projection.to_metres(t.geometry) for t in children]
    parent = projection.to_metres(city.territory(children[0].parent_code).geometry)
    for one, other in itertools.combinations(shapes, 2):
        assert one.intersection(other).area < SQUARE_METRE
    assert parent.symmetric_difference(shapely.union_all(shapes)).area < SQUARE_METRE


def test_the_agglomeration_lies_in_its_departement(city):
    epci = city.level("epci")[0]
    assert city.territory(epci.parent_code).geometry.contains(epci.geometry)


def test_view_holds_the_town(city):
    west, south, east, north = city.bounds
    assert west < city.center[0] < east
    assert south < city.center[1] < north
    assert city.territory(city.code).geometry.contains(Point(city.center))


def test_street_points_lie_in_one_quartier_and_on_land(city):
    quartiers = city.level("quartier")
    water = shapely.union_all([f.geometry for f in city.plan if f.kind in ("river", "lake")])
    shapely.prepare(water)
    points = city.street_points(2000, 11)
    assert len(points) == 2000
    assert {p.quartier_code for p in points} == {t.code for t in quartiers}
    for point in points:
        inside = [t.code for t in quartiers if shapely.contains_xy(t.geometry, point.lon, point.lat)]
        assert inside == [point.quartier_code]
        assert not shapely.contains_xy(water, point.lon, point.lat)
        number, _, street = point.address.partition(" ")
        assert int(number) > 0
        assert street == point.street_name


def test_plan_is_light(city):
    assert len(geojson_bytes(city.plan_geojson(2))) <= 150_000
    assert len(geojson_bytes(city.plan_geojson())) <= 950_000


def test_plan_features_are_valid(city):
    for feature in city.plan:
        assert feature.geometry.is_valid, (feature.kind, feature.name)
        assert not feature.geometry.is_empty
        assert feature.rank in (1, 2, 3, 4, 5)


def test_named_streets_are_many_and_unique(city):
    streets = [f.name for f in city.plan if f.kind == "street" and f.name]
    assert len(set(streets)) >= 150
    assert len(streets) - len(set(streets)) <= 3  # a street cut in two by a square


def test_only_bridges_cross_the_water(plan_metres):
    water = union_of(plan_metres, "river", "lake")
    bridges = union_of(plan_metres, "bridge").buffer(1)
    assert union_of(plan_metres, "street").intersection(water).length < 1
    assert union_of(plan_metres, "avenue").intersection(water).difference(bridges).length < 1
    assert len([f for f, _ in plan_metres if f.kind == "bridge"]) >= 4


def test_nothing_stands_in_the_way(plan_metres):
    buildings = union_of(plan_metres, "building", "monument")
    assert not buildings.intersects(union_of(plan_metres, "river", "lake"))
    assert not buildings.intersects(union_of(plan_metres, "street", "avenue", "railway", "motorway"))


def test_streets_of_the_middle_lead_somewhere(city):
    streets = [s.line for s in city._streets]
    tree = shapely.STRtree(streets)
    for i, line in enumerate(streets):
        for end in (line.coords[0], line.coords[-1]):
            if abs(end[0]) < 1000 and abs(end[1]) < 1500 and not line.is_ring:
                near = tree.query(Point(end), "dwithin", 3.0)
                assert set(near.tolist()) - {i}, (city._streets[i].name, end)
