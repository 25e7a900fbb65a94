"""Maps as SVG: classes that are right, drawings that are sound XML, nothing of a name that is read as markup."""

import random
import xml.etree.ElementTree as ET

import pytest
from django.contrib.gis.geos import LineString

from geo.dashboards import drawing
from geo.dashboards.drawing import Shaded
from geo.models import PlanFeature

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script> & \x0c <b>"


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        ([], []),
        ([7], [7]),
        ([3, 3, 3, 3, 3, 3], [3]),
        ([5, 1, 2, 4, 3], [1, 2, 3, 4, 5]),
        (range(1, 11), [2, 4, 6, 8, 10]),
        ([0, 0, 0, 0, 0, 0, 0, 1, 50], [0, 1, 50]),
        ([0.5, 2], [0.5, 2]),
    ],
)
def test_classes_are_quantiles(values, bounds):
    assert drawing.class_bounds(list(values)) == bounds


def test_classes_hold_all_values_and_about_as_many_each():
    dice = random.Random(4)
    for _turn in range(200):
        values = [dice.choice([dice.random() * 100, dice.randrange(20)]) for _one in range(dice.randrange(1, 60))]
        bounds = drawing.class_bounds(values)
        held = [drawing.class_of(value, bounds) for value in values]
        assert len(bounds) <= drawing.CLASSES
        assert bounds[-1] == max(values)
        assert sorted(set(held)) == list(range(len(bounds))), "no class is empty"
        assert all(value <= bounds[place] for value, place in zip(values, held, strict=True))
        if len(set(values)) == len(values):
            assert len(bounds) == min(drawing.CLASSES, len(values))
            sizes = [held.count(place) for place in range(len(bounds))]
            assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("classes", [1, 2, 3, 4, 5])
def test_shades_of_few_classes_are_far_apart(classes):
    shades = [drawing.shade_of(place, classes) for place in range(classes)]
    assert shades == sorted(set(shades))
    assert classes == 1 or (shades[0], shades[-1]) == (0, len(drawing.SHADES) - 1)


def words(svg: str) -> list[str]:
    return [node.text for node in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.django_db
def test_each_territory_has_its_shade_name_and_value(town):
    shown = {town.west.pk: Shaded("Ouest", 4.0, "4,0"), town.east.pk: Shaded("Est", None, "moins de 5")}
    svg = drawing.shaded_map(territories=shown, own=town.west.pk, title="Titre", description="Texte", name="essai")
    root = ET.fromstring(svg)
    assert (root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text) == ("Titre", "Texte")
    assert root.get("aria-labelledby") == "essai-title essai-desc"
    assert {"Ouest", "4,0", "Est", "moins de 5"} <= set(words(svg))
    fills = [node.get("fill") for node in root.iter(f"{SVG}path") if node.get("fill", "none") != "none"]
    assert sorted(fills) == sorted([drawing.SHADES[2], "url(#essai-unsaid)"])
    # West is drawn on the left, and both within the view.
    places = {node.text: float(node.get("x")) for node in root.iter(f"{SVG}text")}
    assert 0 < places["Ouest"] < drawing.WIDTH / 2 < places["Est"] < drawing.WIDTH


@pytest.mark.django_db
def test_names_are_only_read(town):
    shown = {town.west.pk: Shaded(HOSTILE, 1.0, HOSTILE), town.east.pk: Shaded(HOSTILE, None, HOSTILE)}
    svg = drawing.shaded_map(territories=shown, own=None, title=HOSTILE, description=HOSTILE)
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert not list(root.iter(f"{SVG}b"))
    assert root.find(f"{SVG}title").text.startswith("</text><script>")


@pytest.mark.django_db
def test_dots_are_where_their_cells_are_and_as_large_as_their_counts(town):
    street = LineString((2.01, 47.06), (2.04, 47.06), srid=4326)
    PlanFeature.objects.create(kind="avenue", name="avenue", rank=2, geometry=street)
    cells = [(2.01, 47.09, 1), (2.04, 47.01, 9)]
    svg = drawing.dot_map(territory=town.west.pk, cells=cells, title="T", description="D")
    root = ET.fromstring(svg)
    large, small = ([float(node.get(name)) for name in ("cx", "cy", "r")] for node in root.iter(f"{SVG}circle"))
    assert large[0] > small[0]
    assert large[1] > small[1], "the south is below"
    assert large[2] == pytest.approx(3 * small[2], rel=0.1)
    assert words(svg) == ["9"], "a number stands where it has room"
    assert [node.get("d") for node in root.iter(f"{SVG}path") if node.get("stroke") == drawing.LINES["avenue"][0]]


@pytest.mark.django_db
def test_without_an_outline_there_is_no_map(town):
    town.west.boundaries.all().delete()
    assert drawing.dot_map(territory=town.west.pk, cells=[], title="T", description="D") == ""
    shown = {town.west.pk: Shaded("Ouest", 1.0, "1")}
    assert drawing.shaded_map(territories=shown, own=None, title="T", description="D") == ""
