"""The territory lookup over five levels, against `ST_Contains` on whole outlines with their own GiST index.

On the real regions, départements, communes and quartiers where PARVIS_REALDATA (or ../shared/data) has them, else on
a made-up tessellation with as many vertices. All of it happens in a transaction that is rolled back.
"""

import os
import statistics
from pathlib import Path

import numpy as np
import shapely
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.report import Report, in_turn
from geo import services
from geo.importers.territories import Fields, import_territories
from geo.lookup import AT, TOLERANCE, territory_ids_at_many
from geo.models import Boundary, Level, Territory

SINGLE, ROUNDS = 500, 20
BATCH, BATCH_ROUNDS = 1_000_000, 2
FOLDER = Path(os.environ.get("PARVIS_REALDATA") or Path(__file__).resolve().parents[2] / "shared/data")
FILES = [
    ("region", "france/regions.geojson", "code", "nom"),
    ("departement", "france/departements.geojson", "code", "nom"),
    ("commune", "france/communes-31-haute-garonne.geojson", "code", "nom"),
    ("arrondissement", "paris/arrondissements.geojson", "c_arinsee", "l_ar"),
    ("quartier", "paris/quartiers.geojson", "c_quinsee", "l_qu"),
    ("quartier", "toulouse/quartiers-de-democratie-locale.geojson", "quartier", "nom_quartier"),
]
# Level, territories and vertices of each in the made-up tessellation: those of the files above.
MADE_UP = [("region", 13, 440), ("departement", 96, 150), ("commune", 587, 50), ("arrondissement", 20, 250),
           ("quartier", 100, 120)]  # fmt: skip

WHOLE = """
CREATE TABLE bench_whole AS
SELECT b.id AS boundary_id, t.id AS territory_id, t.level_id, t.code COLLATE "C" AS code, b.validity, b.geometry
FROM geo_boundary b JOIN geo_territory t ON t.id = b.territory_id;
CREATE INDEX ON bench_whole USING gist (geometry);
CREATE TABLE bench_point (n int, place geometry(Point, 4326));
ANALYZE bench_whole, geo_territorypart
"""
PLAIN = """
SELECT DISTINCT ON (level_id) territory_id FROM bench_whole
WHERE ST_Contains(geometry, {place}) AND validity @> {day}::date ORDER BY level_id, code
"""
PLAIN_AT = PLAIN.format(place="ST_SetSRID(ST_MakePoint(%s, %s), 4326)", day="%s")
# The same, with its plan kept by the session as ours is.
PLAIN_FUNCTION = f"""
CREATE FUNCTION bench_plain(lon float8, lat float8, day date) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE place geometry := ST_SetSRID(ST_MakePoint(lon, lat), 4326);
BEGIN RETURN ARRAY({PLAIN.format(place="place", day="day")}); END $$
"""
# Neither sends the points nor brings the answers back: that is left out in favour of the other side.
PLAIN_BATCH = """
SELECT count(*) FROM (
    SELECT DISTINCT ON (n, level_id) n, territory_id
    FROM bench_point JOIN bench_whole ON ST_Contains(geometry, place) AND validity @> %s::date
    ORDER BY n, level_id, code) AS answers
"""


def run(report: Report) -> None:
    """Median times of plain lookups over ours, for one point and for a million."""
    with transaction.atomic():
        real = FOLDER.is_dir()
        load_real() if real else make_up()
        with connection.cursor() as cursor:
            cursor.execute(WHOLE)
            cursor.execute(PLAIN_FUNCTION)
            points = sample(np.random.default_rng(1), BATCH)
            single(cursor, report, points)
            batch(cursor, report, points, "real outlines" if real else "made-up outlines")
        transaction.set_rollback(True)


def load_real() -> None:
    for level, path, code, name in FILES:
        import_territories(
            source=str(FOLDER / path), level=Level.objects.get(code=level), fields=Fields(code=code, name=name)
        )


def make_up() -> None:
    """Nested Voronoi cells of a square whose borders are bent, the same for both neighbours."""
    rng = np.random.default_rng(2)
    square = shapely.box(0, 40, 8, 48)
    for code, count, vertices in MADE_UP:
        seeds = shapely.multipoints(rng.uniform((0, 40), (8, 48), (count, 2)))
        cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=square)), square)
        cells = shapely.segmentize(cells, shapely.length(cells).sum() / (count * vertices))
        cells = shapely.transform(cells, lambda xy: xy + 0.02 * np.sin(9 * xy[:, ::-1]))
        level = Level.objects.get(code=code)
        territories = Territory.objects.bulk_create(
            Territory(level=level, code=f"bench-{number}", name=f"{code} {number}") for number in range(count)
        )
        boundaries = Boundary.objects.bulk_create(
            Boundary(
                territory=territory,
                validity=(None, None),
                geometry=MultiPolygon(Polygon(shapely.get_coordinates(cell).tolist(), srid=4326), srid=4326),
            )
            for territory, cell in zip(territories, cells, strict=True)
        )
        services.cut(boundaries=[boundary.pk for boundary in boundaries])


def sample(rng: np.random.Generator, count: int) -> np.ndarray:
    """Points in the rectangle of a random outline, every level as often: (count, 2), lon and lat."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT level_id, ST_XMin(geometry), ST_YMin(geometry), ST_XMax(geometry), ST_YMax(geometry)"
            " FROM bench_whole ORDER BY level_id, code"
        )
        boxes = np.array(cursor.fetchall(), dtype=float)
    levels = rng.choice(np.unique(boxes[:, 0]), count)
    chosen = np.empty(count, dtype=int)
    for level in np.unique(levels):
        chosen[levels == level] = rng.choice(np.flatnonzero(boxes[:, 0] == level), (levels == level).sum())
    return rng.uniform(boxes[chosen, 1:3], boxes[chosen, 3:5])


def single(cursor, report: Report, points: np.ndarray) -> None:
    """One query for each point on one connection."""
    today = timezone.localdate()
    sides = {
        "ours": (f"SELECT {AT}", [TOLERANCE]),
        "plain": (f"SELECT ARRAY({PLAIN_AT})", []),
        "kept": ("SELECT bench_plain(%s, %s, %s)", []),
        "round trip": ("SELECT '{}'::bigint[] WHERE %s + %s < 1000 AND %s::date IS NOT NULL", []),
    }
    answers = dict.fromkeys(sides, 0)

    def act(name):
        sql, more = sides[name]

        def ask(number):
            for lon, lat in points[(number + 1) * SINGLE :][:SINGLE].tolist():
                cursor.execute(sql, [lon, lat, today, *more])
                answers[name] += len(cursor.fetchone()[0])

        return ask

    turns = in_turn(ROUNDS, *map(act, sides))
    ours, plain, kept, empty = (statistics.median(seconds) / SINGLE for seconds in turns)
    answers.pop("round trip")
    agree(answers)
    report.at_least(
        "Lookup of 1 point, 5 levels: ST_Contains on whole outlines / ours", plain / ours, 1.5, us(plain, ours)
    )
    report.say(
        "the same without the empty round trip", (plain - empty) / (ours - empty), us(plain - empty, ours - empty)
    )
    report.say("the same, ST_Contains with a kept plan too", kept / ours, us(kept, ours))


def us(theirs: float, ours: float) -> str:
    return f"{theirs * 1e6:.0f} µs / {ours * 1e6:.0f} µs"


def batch(cursor, report: Report, points: np.ndarray, outlines: str) -> None:
    with cursor.copy("COPY bench_point FROM STDIN") as copy:
        for number, (lon, lat) in enumerate(points.tolist()):
            copy.write_row((number, f"SRID=4326;POINT({lon!r} {lat!r})"))
    cursor.execute("ANALYZE bench_point")
    answers = {}

    def ours(_number):
        answers["ours"] = sum(int(np.count_nonzero(chunk)) for chunk in territory_ids_at_many(points))

    def plain(_number):
        cursor.execute(PLAIN_BATCH, [timezone.localdate()])
        answers["plain"] = cursor.fetchone()[0]

    mine, theirs = map(statistics.median, in_turn(BATCH_ROUNDS, ours, plain))
    agree(answers)
    report.at_least(f"Lookup of {len(points):,} points, {outlines}: ST_Contains on whole outlines / ours",
                    theirs / mine, 3, f"{theirs:.1f} s / {mine:.1f} s")  # fmt: skip


def agree(answers: dict[str, int]) -> None:
    """Both sides found as many territories; a comparison of different answers would mean nothing."""
    if len(set(answers.values())) != 1:
        raise AssertionError(f"the answers differ: {answers}")
