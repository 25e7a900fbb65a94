"""`manage.py import_territories`: everything or nothing, whatever the file."""

import http.server
import json
import threading
import zipfile
from datetime import date

import numpy as np
import pyogrio
import pytest
import shapely
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from geo import lookup
from geo.importers import sources
from geo.models import Boundary, Level, Territory, TerritoryPart
from tests.conftest import box as geos_box
from tests.conftest import make_territory
from tests.geo import realdata

pytestmark = pytest.mark.django_db
WEST, EAST = shapely.box(2.0, 47.0, 2.05, 47.1), shapely.box(2.05, 47.0, 2.1, 47.1)
BOWTIE = shapely.Polygon([(2.0, 47.0), (2.1, 47.1), (2.1, 47.0), (2.0, 47.1)])


def write(path, rows, crs="EPSG:4326", code_type=object, driver=None):
    """A vector file of (code, name, shape) rows."""
    codes, names, shapes = zip(*rows, strict=True) if rows else ((), (), ())
    wkb = np.array([None if s is None else s.wkb for s in shapes], dtype=object)
    kinds = {s.geom_type for s in shapes if s is not None}
    pyogrio.raw.write(
        path,
        wkb,
        [np.array(codes, dtype=code_type), np.array(names, dtype=object)],
        ["code", "nom"],
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        crs=crs,
        driver=driver,
    )
    return str(path)


def run(source, capsys, **options):
    """The lines the command writes."""
    call_command(
        "import_territories",
        source,
        **{"level": "quartier", "code_field": "code", "name_field": "nom"} | options,
    )
    return capsys.readouterr().out.replace("\xa0", " ")


def state():
    rows = Territory.objects.order_by("pk").values_list("pk", "code", "name", "parent_id", "population")
    outlines = Boundary.objects.order_by("pk").values_list("pk", "territory_id", "validity", "geometry")
    return list(rows), [(*row[:3], row[3].wkt) for row in outlines], TerritoryPart.objects.count()


def refused(source, capsys, **options):
    """The message, after making sure that nothing was changed."""
    before = state()
    with pytest.raises(CommandError) as refusal:
        run(source, capsys, **options)
    assert state() == before
    return str(refusal.value).replace("\xa0", " ")


def halves(tmp_path, name="quartiers.geojson"):
    return write(tmp_path / name, [("1", "Ouest", WEST), ("2", "Est", EAST)])


def test_running_it_twice_changes_nothing(tmp_path, capsys):
    source = halves(tmp_path)
    assert "Créés : 2, modifiés : 0, inchangés : 0" in run(source, capsys)
    before = state()
    assert "Créés : 0, modifiés : 0, inchangés : 2" in run(source, capsys)
    assert state() == before


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2154", "EPSG:3857"])
def test_every_format_and_system_gives_the_same_outlines(tmp_path, capsys, ending, crs):
    source = halves(tmp_path)
    run(source, capsys)
    shapes = [shapely.transform(shape, lambda xy: _to(crs, xy)) for shape in (WEST, EAST)]
    path = write(tmp_path / f"layer.{ending}", [("1", "Ouest", shapes[0]), ("2", "Est", shapes[1])], crs)
    if ending == "shp":
        with zipfile.ZipFile(tmp_path / "quartiers.zip", "w") as archive:
            for part in tmp_path.glob("layer.*"):
                archive.write(part, f"livraison/{part.name}")
        path = str(tmp_path / "quartiers.zip")
    assert "inchangés : 2" in run(path, capsys)


def _to(crs, xy):
    srid = int(crs.removeprefix("EPSG:"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS q(x, y, n),"
            " ST_Transform(ST_SetSRID(ST_MakePoint(x, y), 4326), %s) AS p ORDER BY n",
            [xy[:, 0].tolist(), xy[:, 1].tolist(), srid],
        )
        return np.array(cursor.fetchall())


def test_a_file_over_territories_in_force_is_refused_without_the_option(tmp_path, capsys, town):
    source = write(tmp_path / "q.gpkg", [("N", "Nord", shapely.box(2.0, 47.05, 2.1, 47.1))])
    said = refused(source, capsys)
    assert "--generation, --displace" in said
    assert town.west.name in said
    out = run(source, capsys, displace=True)
    assert "en vigueur" in out
    assert Territory.objects.filter(code="N").exists()


def test_a_new_generation_keeps_the_old_outlines(tmp_path, capsys):
    run(write(tmp_path / "a.geojson", [("1", "Ouest", WEST), ("2", "Est", EAST)]), capsys)
    moved = shapely.box(2.0, 47.0, 2.06, 47.1)
    new = write(
        tmp_path / "b.geojson", [("1", "Couchant", moved), ("3", "Levant", shapely.box(2.06, 47.0, 2.1, 47.1))]
    )
    assert "--generation" in refused(new, capsys)
    out = run(new, capsys, generation="2026-01-01")
    assert "Créés : 1, modifiés : 1, inchangés : 0" in out
    assert "1 · Ouest → Couchant" in out
    assert "clos à cette date :\n  - Est" in out
    place = Point(2.055, 47.05, srid=4326)
    assert [t.code for t in lookup.territories_at(place, date(2025, 12, 31))] == ["2"]
    assert [t.code for t in lookup.territories_at(place, date(2026, 1, 1))] == ["1"]
    before = state()
    assert "Créés : 0, modifiés : 0, inchangés : 2" in run(new, capsys, generation="2026-01-01")
    assert state() == before
    assert "postérieur" in refused(str(tmp_path / "a.geojson"), capsys, generation="2026-01-01")


def test_a_file_of_one_town_ends_nothing_in_another(town, tmp_path, capsys):
    make_territory("quartier", "V-1", "Bourg", geos_box(2.1, 47.0, 2.2, 47.1), town.village)
    source = write(tmp_path / "a.geojson", [("T1001-1", "Ouest", shapely.box(2.0, 47.0, 2.05, 47.1))])
    out = run(source, capsys, parent_level="commune", generation="2026-01-01")
    assert "  - Est\n" in out
    assert "Bourg" not in out


def test_without_parents_a_file_ends_only_what_it_covers(tmp_path, capsys):
    run(halves(tmp_path), capsys)
    run(write(tmp_path / "village.geojson", [("3", "Bourg", shapely.box(2.1, 47.0, 2.2, 47.1))]), capsys)
    one = write(tmp_path / "one.geojson", [("1", "Ouest", WEST)])
    out = run(one, capsys, generation="2026-01-01")
    assert "clos à cette date" not in out
    assert "2 autres territoires du niveau, hors de ces contours, continuent" in out
    whole = write(tmp_path / "whole.geojson", [("1", "Tout", shapely.box(2.0, 47.0, 2.1, 47.1))])
    out = run(whole, capsys, generation="2026-02-01")
    ended = out.split("clos à cette date :\n")[1]
    assert "  - Est\n" in ended
    assert "Bourg" not in ended
    assert "1 autre territoire du niveau, hors de ces contours, continue." in out


def test_a_known_parent_ends_its_absent_children_without_parent_level(town, tmp_path, capsys):
    source = write(tmp_path / "a.geojson", [("T1001-1", "Ouest", shapely.box(2.0, 47.0, 2.05, 47.1))])
    assert "clos à cette date :\n  - Est\n" in run(source, capsys, generation="2026-01-01")


def test_only_the_outline_in_force_ends(town, tmp_path, capsys):
    """The one that goes already has two generations."""
    options = {"parent_level": "commune"}
    moved = [("1", "Ouest", shapely.box(2.0, 47.0, 2.06, 47.1)), ("2", "Est", shapely.box(2.06, 47.0, 2.1, 47.1))]
    run(halves(tmp_path), capsys, **options, displace=True)
    run(write(tmp_path / "b.geojson", moved), capsys, **options, generation="2026-11-01", displace=True)
    last = write(tmp_path / "c.geojson", moved[:1])
    assert "donnez un jour postérieur" in refused(last, capsys, **options, generation="2026-11-01")
    assert "donnez un jour postérieur" in refused(last, capsys, **options, generation="2026-10-01")
    assert "  - Est\n" in run(last, capsys, **options, generation="2026-11-20")
    spans = Boundary.objects.filter(territory__level__code="quartier", territory__code="2").order_by("validity")
    assert [(b.validity.lower, b.validity.upper) for b in spans] == [
        (None, date(2026, 11, 1)),
        (date(2026, 11, 1), date(2026, 11, 20)),
    ]
    assert "inchangés : 1" in run(last, capsys, **options, generation="2026-11-20")


def test_a_code_of_another_town_needs_a_prefix(tmp_path, capsys):
    run(halves(tmp_path), capsys)
    away = write(tmp_path / "b.geojson", [("1", "Marais", shapely.box(2.3, 48.8, 2.4, 48.9))])
    for options in ({}, {"generation": "2026-11-01"}, {"dry_run": True}):
        said = refused(away, capsys, **options)
        assert "ailleurs : 1 (« Ouest »)." in said
        assert "--code-prefix" in said
    assert "Créés : 1" in run(away, capsys, code_prefix="75-")
    assert sorted(Territory.objects.values_list("code", "name")) == [("1", "Ouest"), ("2", "Est"), ("75-1", "Marais")]
    assert "inchangés : 1" in run(away, capsys, code_prefix="75-")


def test_outlines_far_from_all_the_others_are_said(tmp_path, capsys):
    assert "1 000 km" not in run(halves(tmp_path), capsys)
    near = write(tmp_path / "near.geojson", [("3", "Nord", shapely.box(2.0, 55.0, 2.1, 55.1))])
    far = write(tmp_path / "far.geojson", [("3", "Sud", shapely.box(0, 0, 0.1, 0.1))])
    assert "1 000 km" not in run(near, capsys, dry_run=True)
    for dry_run in (True, False):
        assert "à plus de 1 000 km" in run(far, capsys, dry_run=dry_run)


def test_the_parent_shares_the_largest_area(town, tmp_path, capsys):
    astride = shapely.box(2.09, 47.0, 2.13, 47.05)
    away = shapely.box(5.0, 47.0, 5.1, 47.1)
    out = run(
        write(tmp_path / "a.geojson", [("1", "Pont", astride), ("2", "Loin", away)]),
        capsys,
        parent_level="commune",
        displace=True,
    )
    assert Territory.objects.get(level__code="quartier", code="1").parent == town.village
    assert "aucun parent trouvé pour :\n  - Loin" in out


def test_a_trial_says_the_same_and_changes_nothing(tmp_path, capsys):
    source, before = halves(tmp_path), state()
    out = run(source, capsys, dry_run=True)
    assert "Créés : 2" in out
    assert "rien n’a été modifié" in out
    assert state() == before


def test_invalid_outlines_are_repaired_and_said(tmp_path, capsys):
    out = run(write(tmp_path / "a.geojson", [("1", "Nœud", BOWTIE)]), capsys)
    assert "Contours réparés" in out
    assert "1 Nœud (Self-intersection" in out
    boundary = Boundary.objects.get()
    assert boundary.repaired
    assert boundary.geometry.valid
    assert "inchangés : 1" in run(str(tmp_path / "a.geojson"), capsys)


def test_overlaps_and_gaps_are_measured(tmp_path, capsys):
    ring = shapely.box(2.0, 47.0, 2.1, 47.1) - shapely.box(2.04, 47.04, 2.06, 47.06)
    rows = [("1", "Anneau", ring), ("2", "Sud", shapely.box(2.0, 46.9, 2.1, 47.001))]
    out = run(write(tmp_path / "a.geojson", rows), capsys)
    # 0.1° × 0.001° and 0.02° × 0.02° at 47° north: one degree is about 111.2 km by 76 km.
    assert _area_after(out, "« Anneau » et « Sud » · ") == pytest.approx(0.1 * 76_100 * 0.001 * 111_200, rel=0.01)
    assert _area_after(out, "2.050000, 47.050000 · ") == pytest.approx(0.02 * 76_100 * 0.02 * 111_200, rel=0.01)


def _area_after(out, text):
    line = next(line for line in out.splitlines() if text in line)
    return int("".join(filter(str.isdigit, line.split(text)[1].split("m²")[0])))


def test_whole_numbers_become_clean_codes(tmp_path, capsys):
    run(write(tmp_path / "a.gpkg", [(1.0, "Ouest", WEST), (2.0, "Est", EAST)], code_type=float), capsys)
    assert sorted(Territory.objects.values_list("code", flat=True)) == ["1", "2"]


def test_population_comes_with_its_year(tmp_path, capsys):
    path = tmp_path / "a.geojson"
    shape = json.loads(shapely.to_geojson(WEST))
    properties = {"code": "1", "nom": "Ouest", "pop": 1200}
    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": properties, "geometry": shape}],
            }
        )
    )
    assert "vont ensemble" in refused(str(path), capsys, population_field="pop")
    run(str(path), capsys, population_field="pop", population_year=2023)
    territory = Territory.objects.get()
    assert (territory.population, territory.population_year) == (1200, 2023)
    assert "« Ouest » (ligne 1)" in refused(str(path), capsys, population_field="nom", population_year=2023)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("1", "A", WEST), ("1", "B", EAST)], "plusieurs fois : 1 (ligne 1), 1 (ligne 2)."),
        ([("1", "A", WEST), ("", "B", EAST)], "vide à la ligne 2."),
        ([("1", "A", WEST), ("2", " ", EAST)], "pas de nom : 2 (ligne 2)."),
        ([("1", "A", WEST), ("2", "B", None)], "pas de contour (géométrie vide, points ou lignes) : 2 (ligne 2)."),
        ([("1", "A", shapely.Point(2, 47))], "pas de contour"),
        ([("1", "A", shapely.Polygon())], "pas de contour"),
        ([("1", "A", shapely.Polygon([(2, 47), (2.1, 47), (2, 47)]))], "pas de contour"),
        ([("1" * 41, "A", WEST)], "Plus de 40 caractères"),
        ([("1/2", "A", WEST), ("..", "B", EAST)], "entrer dans une adresse : « 1/2 » (ligne 1), « .. » (ligne 2)."),
        ([("a\x07b", "A", WEST)], "ni signe invisible"),
        ([("", "A", WEST), ("", "B", EAST)], "vide aux lignes 1, 2."),
        ([], "aucun objet"),
    ],
)
def test_what_cannot_be_a_territory_is_refused(tmp_path, capsys, rows, said):
    halves(tmp_path, "before.geojson")
    run(str(tmp_path / "before.geojson"), capsys)
    assert said in refused(write(tmp_path / "a.gpkg", rows), capsys)


@pytest.mark.parametrize("code", [".", "..", "1/2", "1\\2", "1?2", "1#2", "1%2", "1\n", "\x7f"])
def test_no_code_that_breaks_an_address_is_ever_kept(code):
    made = Territory(level=Level.objects.get(code="commune"), code=code, name="A")
    with pytest.raises(ValidationError):
        made.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()


def test_coordinates_that_are_not_degrees_need_their_system(tmp_path, capsys):
    metres = shapely.box(574_000, 6_279_000, 575_000, 6_280_000)
    source = write(tmp_path / "a.geojson", [("1", "Capitole", metres)])
    assert "--crs" in refused(source, capsys)
    run(source, capsys, crs="EPSG:2154")
    assert Boundary.objects.get().geometry.extent == pytest.approx((1.4397, 43.5985, 1.4523, 43.6076), abs=1e-3)
    assert "EPSG:999999" in refused(source, capsys, crs="EPSG:999999")


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_without_a_system_is_taken_as_degrees_and_says_so(tmp_path, capsys):
    source = write(tmp_path / "a.shp", [("1", "Ouest", WEST)], crs=None)
    assert "EPSG:4326 (degrés) est supposé" in run(source, capsys)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"code_field": "insee"}, "pas de champ « insee ». Ses champs : code, nom."),
        ({"code_field": "insee", "name_field": "nom_quartier"}, "pas de champ « insee », « nom_quartier »."),
        ({"level": "canton"}, "pas de niveau « canton »"),
        ({"parent_level": "canton"}, "pas de niveau « canton »"),
        ({"parent_level": "quartier"}, "n’est pas au-dessus"),
        ({"generation": "2026-02-30"}, "n’est pas une date"),
        ({"generation": "demain"}, "n’est pas une date"),
        ({"layer": "rues"}, "pas de couche « rues »"),
        ({"parent_field": "nom"}, "--parent-level"),
    ],
)
def test_wrong_options_say_what_exists(tmp_path, capsys, options, said):
    assert said in refused(halves(tmp_path), capsys, **options)


def test_a_file_that_is_none(tmp_path, capsys):
    (tmp_path / "a.geojson").write_text("rien")
    (tmp_path / "d.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert "aucun objet" in refused(str(tmp_path / "d.geojson"), capsys)
    (tmp_path / "b.zip").write_bytes(b"PK rien")
    assert "endommagé" in refused(str(tmp_path / "a.geojson"), capsys)
    assert "endommagé" in refused(str(tmp_path / "b.zip"), capsys)
    assert "n’existe pas" in refused(str(tmp_path / "c.geojson"), capsys)


@pytest.fixture
def served(tmp_path):
    """An address that serves tmp_path."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=tmp_path)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_address_is_downloaded(served, tmp_path, capsys, monkeypatch):
    halves(tmp_path)
    with zipfile.ZipFile(tmp_path / "export", "w") as archive:
        archive.write(tmp_path / "quartiers.geojson", "quartiers.geojson")
    assert "erreur 404" in refused(f"{served}/rien.geojson", capsys)
    assert "Créés : 2" in run(f"{served}/quartiers.geojson", capsys)
    assert "inchangés : 2" in run(f"{served}/export", capsys)
    monkeypatch.setattr(sources, "MAX_DOWNLOAD", 100)
    assert "dépasse" in refused(f"{served}/quartiers.geojson", capsys)


def test_an_address_that_nobody_serves(capsys):
    assert "injoignable" in refused("http://127.0.0.1:9/quartiers.geojson", capsys)


@realdata.needed
def test_real_towns_import_whole_and_twice():
    reports = [realdata.load(position) for position in range(len(realdata.ALL))]
    assert [len(report.created) for report in reports] == [13, 96, 587, 20, 20, 80]
    assert not any(report.orphans for report in reports)
    toulouse = Territory.objects.get(level__code="commune", code="31555")
    assert toulouse.children.count() == 20
    assert toulouse.parent.code == "31"
    assert Territory.objects.get(level__code="departement", code="75").children.count() == 20
    before = state()
    again = [realdata.load(position) for position in range(len(realdata.ALL))]
    assert [(report.unchanged, report.changed) for report in again] == [
        (13, 0),
        (96, 0),
        (587, 0),
        (20, 0),
        (20, 0),
        (80, 0),
    ]
    assert state() == before
