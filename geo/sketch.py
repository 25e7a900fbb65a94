"""A small map made of lines alone, for paper: the city's own plan and outlines, in a plane around the place.

No tiles, no script and no other host: SVG that a page holds and a printer draws sharp.
"""

import math
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

WIDTH, HEIGHT = 1000, 640  # units of the drawing
METRES = 111_200  # a degree of latitude, half a percent more or less
LEAST = 300  # metres shown at least from side to side
MARGIN = 0.12
# Metres from side to side up to which objects of the plan of each rank are drawn.
RANKS = ((1200, 5), (4000, 4), (9000, 3), (30_000, 2), (math.inf, 1))
LETTER, LINE = 9, 18  # units a letter of a street's name takes, and a line of them
NAMES = 40
GROUPS = {
    "water": ("river", "lake"),
    "green": ("wood", "park", "meadow", "cemetery", "square", "garden"),
    "street": ("street", "path", "bridge", "place"),
    "avenue": ("avenue", "motorway"),
    "railway": ("railway",),
    "building": ("building",),
}
GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}

PLANE = "ST_Affine({geometry}, %(across)s, 0, 0, %(up)s, %(east)s, %(north)s)"
BOX = "ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4326)"
SHAPES = f"""
SELECT kind, ST_AsSVG({PLANE.format(geometry="clipped")}, 0, 0), ST_Dimension(clipped) FROM (
    SELECT kind, rank, id, ST_ClipByBox2D(geometry, {BOX}) AS clipped FROM geo_planfeature
    WHERE geometry && {BOX} AND rank <= %(rank)s AND kind = ANY(%(kinds)s)
) AS seen WHERE NOT ST_IsEmpty(clipped) ORDER BY ST_Dimension(clipped) DESC, rank, id
"""  # noqa: S608 - constants
OUTLINES = f"""
SELECT ST_AsSVG({PLANE.format(geometry="clipped")}, 0, 0) FROM (
    SELECT ST_ClipByBox2D(ST_Boundary(b.geometry), {BOX}) AS clipped FROM geo_boundary b
    WHERE b.geometry && {BOX} AND b.validity @> %(today)s::date
) AS seen WHERE NOT ST_IsEmpty(clipped)
"""  # noqa: S608 - constants
# The longest straight way of each street in the box, with how it lies.
STREETS = f"""
SELECT DISTINCT ON (name) name, ST_X(middle), -ST_Y(middle), degrees(ST_Azimuth(first, last)), ST_Length(line)
FROM (
    SELECT name, line, ST_LineInterpolatePoint(line, 0.5) AS middle,
        ST_LineInterpolatePoint(line, 0.35) AS first, ST_LineInterpolatePoint(line, 0.65) AS last
    FROM (
        SELECT name, (ST_Dump(ST_LineMerge({PLANE.format(geometry="clipped")}))).geom AS line FROM (
            SELECT name, ST_ClipByBox2D(geometry, {BOX}) AS clipped FROM geo_planfeature
            WHERE geometry && {BOX} AND kind IN ('street', 'avenue') AND name <> '' AND rank <= %(rank)s
        ) AS seen WHERE ST_Dimension(clipped) = 1
    ) AS lines WHERE ST_GeometryType(line) = 'ST_LineString'
) AS placed WHERE ST_Length(line) > %(letter)s * length(name) AND ST_Distance(first, last) > 0
ORDER BY name, ST_Length(line) DESC
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Sketch:
    """`shapes`: (kind, path, whether it is filled), widest below. `streets`: (name, x, y, degrees). `bar`: (metres,
    units) of a scale. All in units of a drawing `width` by `height`."""

    shapes: list[tuple[str, str, bool]]
    outlines: list[str]
    streets: list[tuple[str, float, float, float]]
    bar: tuple[int, float]
    west: float
    north: float
    across: float
    up: float
    width: int = WIDTH
    height: int = HEIGHT

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Where that place (degrees) lies in the drawing."""
        return round((lon - self.west) * self.across, 1), round((self.north - lat) * self.up, 1)


def sketch(places: list[tuple[float, float]]) -> Sketch:
    """The map on which these places (longitude, latitude; one at least) lie with some margin. Three statements."""
    lons, lats = zip(*places, strict=True)
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    metres_across = METRES * max(math.cos(math.radians(lat)), 0.01)
    wide = max((max(lons) - min(lons)) * metres_across, LEAST) * (1 + 2 * MARGIN)
    high = max((max(lats) - min(lats)) * METRES, LEAST * HEIGHT / WIDTH) * (1 + 2 * MARGIN)
    metres = max(wide, high * WIDTH / HEIGHT)  # from side to side
    unit = WIDTH / metres
    across, up = unit * metres_across, unit * METRES
    west, north = lon - WIDTH / across / 2, lat + HEIGHT / up / 2
    given = {
        "across": across,
        "up": up,
        "east": -west * across,
        # PostGIS turns the drawing over: in SVG, y grows downwards.
        "north": -north * up,
        "w": west,
        "e": west + WIDTH / across,
        "s": north - HEIGHT / up,
        "n": north,
        "rank": next(rank for limit, rank in RANKS if metres <= limit),
        "kinds": list(GROUP_OF),
        "letter": LETTER,
        "today": timezone.localdate(),
    }
    with connection.cursor() as cursor:
        cursor.execute(SHAPES, given)
        shapes = [(GROUP_OF[kind], path, dimension == 2) for kind, path, dimension in cursor.fetchall() if path]
        cursor.execute(OUTLINES, given)
        outlines = [path for (path,) in cursor.fetchall() if path]
        cursor.execute(STREETS, given)
        streets = sorted(cursor.fetchall(), key=lambda row: (-row[4], row[0]))
    named = [(name, round(x, 1), round(y, 1), _readable(azimuth)) for name, x, y, azimuth, _length in streets]
    return Sketch(shapes, outlines, _apart(named)[:NAMES], _bar(metres, unit), west, north, across, up)


def _readable(azimuth: float) -> float:
    """The turn in degrees by which a text follows a line of that azimuth and is not upside down."""
    return round((azimuth % 180) - 90, 1)


def _apart(names: list[tuple[str, float, float, float]]) -> list[tuple[str, float, float, float]]:
    """Those that lie on none before them and whole in the drawing."""
    taken: list[tuple[float, float]] = []
    kept = []
    for name, x, y, turn in names:
        half, angle = LETTER * len(name) / 2, math.radians(turn)
        steps = [step * LETTER - half for step in range(len(name) + 1)]
        places = [(x + step * math.cos(angle), y + step * math.sin(angle)) for step in steps]
        inside = all(0 <= px <= WIDTH and 0 <= py <= HEIGHT for px, py in (places[0], places[-1]))
        if inside and all(math.dist(one, other) > LINE for one in places for other in taken):
            taken += places
            kept.append((name, x, y, turn))
    return kept


def _bar(metres: float, unit: float) -> tuple[int, float]:
    """A round length of about a fifth of the drawing, in metres and units."""
    power = 10 ** math.floor(math.log10(metres / 5))
    length = next(step * power for step in (5, 2, 1) if step * power <= metres / 5)
    return int(length), round(length * unit, 1)
