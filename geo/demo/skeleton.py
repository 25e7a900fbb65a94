"""What a planner would draw first, by hand: river, railway, motorway, boulevards, avenues, villages.

Everything else of the plan (streets, blocks, fields) is derived from these lines. Local metres, the town
hall's square at (0, 0).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, MultiPolygon, Polygon, box
from shapely.ops import unary_union

from geo.demo.shapes import Point, blob, ribbon, shifted, smooth_noise, spline

EXTENT = box(-10000, -8900, 10000, 8900)

RIVER_POINTS = [
    (-13000, -2200), (-11200, -3500), (-9400, -3300), (-7700, -2100), (-5900, -2700), (-4400, -1700),
    (-3300, -2050), (-2500, -1750), (-1700, -1080), (-800, -670), (100, -660), (900, -860), (1700, -900),
    (2450, -350), (3150, 330), (4150, 420), (5400, -350), (6900, 250), (8600, -350), (10300, 500),
    (13000, 300),
]  # fmt: skip
RIVER_HALF_WIDTH = 42.0
ISLAND_WEST, ISLAND_EAST = -520.0, 560.0
ISLAND_HALF_WIDTH = 92.0
BASIN = Polygon([(-1420, -910), (-1380, -830), (-1960, -560), (-2000, -640)])

RAILWAY_POINTS = [
    (13000, 4700), (7400, 2750), (3800, 1950), (1900, 1400), (700, 1140), (-600, 1230), (-2000, 1020),
    (-3600, 420), (-5600, 300), (-8200, 1200), (-13000, 1500),
]  # fmt: skip
MOTORWAY_POINTS = [
    (-13000, -6700), (-9300, -5200), (-6400, -3850), (-3200, -3450), (0, -3300), (3000, -3750),
    (6200, -5300), (13000, -7300),
]  # fmt: skip

RING_POINTS = [
    (-720, 250), (-430, 640), (20, 740), (470, 640), (740, 300), (820, -150),
    (830, -750), (800, -1150), (450, -1500), (0, -1600), (-450, -1480), (-790, -1120),
    (-790, -600), (-800, -150),
]  # fmt: skip
BELT_POINTS = [
    (0, 2150), (900, 2120), (1700, 1800), (2200, 1250), (2250, 600), (2180, 60), (2480, -520),
    (2300, -1200), (1750, -1800), (950, -2300), (0, -2500), (-1000, -2380), (-1750, -1950), (-2060, -1480),
    (-2420, -900), (-2520, -150), (-2350, 700), (-1900, 1450), (-1000, 2000),
]  # fmt: skip
HALLS_POINTS = [(-62, -38), (-30, -58), (48, -50), (74, 8), (40, 52), (-46, 46)]  # the market square
WALL_POINTS = [
    (-330, -180), (-350, 60), (-250, 290), (10, 370), (270, 300), (370, 60), (340, -200), (190, -330),
    (-30, -370), (-220, -310),
]  # fmt: skip


@dataclass(frozen=True)
class Road:
    """A hand-drawn road: `outer_name` is what it is called beyond the town's belt."""

    kind: str
    name: str
    points: tuple[Point, ...]
    outer_name: str = ""


@dataclass(frozen=True)
class Village:
    """A neighbouring commune's core; radius in metres."""

    key: str
    name: str
    x: float
    y: float
    radius: float


VILLAGES = (
    Village("NW", "Montrevel-les-Bois", -4900, 4600, 420),
    Village("N", "Saint-Aubert-la-Plaine", 300, 5400, 520),
    Village("NE", "Courtelune", 4900, 3900, 460),
    Village("SE", "Bréville-aux-Prés", 5300, -3300, 500),
    Village("S", "Villemorne", 0, -5600, 430),
    Village("SW", "La Chapelle-Orvain", -5100, -5100, 380),
)

ROADS = (
    Road("avenue", "avenue de Montrevel", (
        (-415, 600), (-800, 950), (-1500, 1620), (-2300, 2600), (-3400, 3500), (-4900, 4600),
        (-7400, 6000), (-11200, 7600)), "route de Montrevel"),
    Road("avenue", "avenue Louise-Michel", (
        (15, 720), (110, 1300), (60, 2150), (-180, 3300), (100, 4400), (300, 5400), (700, 7200),
        (300, 9600)), "route de Saint-Aubert"),
    Road("avenue", "avenue Olympe-de-Gouges", (
        (710, 330), (1250, 700), (1850, 1020), (2500, 1400), (3500, 2450), (4900, 3900), (7600, 5600),
        (11200, 6600)), "route de Courtelune"),
    Road("avenue", "avenue des Tanneries", (
        (790, -20), (1500, 130), (2215, 330), (3000, 930), (4000, 1120), (5300, 1000), (7500, 1450),
        (11200, 2300)), "route de l'Étang"),
    Road("avenue", "avenue du Port", (
        (-780, -120), (-1500, -150), (-2500, -330), (-3600, -620), (-5300, -700), (-7500, 100),
        (-11200, -300)), "route des Marais"),
    Road("avenue", "avenue de Belle-Croix", (
        (790, -1130), (1300, -1480), (1900, -1660), (3000, -2150), (4100, -2900), (5300, -3300),
        (7600, -3700), (11200, -5100)), "route de Bréville"),
    Road("avenue", "avenue Jean-Jaurès", (
        (5, -1580), (70, -2000), (20, -2500), (-150, -3300), (60, -4400), (0, -5600), (300, -7300),
        (-100, -9600)), "route de Villemorne"),
    Road("avenue", "avenue des Coteaux", (
        (-770, -1100), (-1250, -1500), (-1850, -1860), (-2700, -2700), (-3600, -3600), (-5100, -5100),
        (-7400, -6800), (-11200, -7900)), "route de La Chapelle"),
    Road("avenue", "avenue des Grands-Prés", (
        (815, -1010), (1500, -1230), (2400, -1000), (3100, -420), (4200, -250), (5500, -1050), (7400, -600),
        (8700, -1100), (11200, -400)), "route des Grands-Prés"),
    Road("avenue", "avenue de la Gare", ((480, 610), (640, 840), (810, 1180))),
    Road("avenue", "avenue Simone-Veil", (
        (110, 1300), (700, 1480), (1300, 1700), (2000, 1560))),
    Road("avenue", "route des Trois-Clochers", ((-4900, 4600), (-3300, 5400), (-1500, 5250), (300, 5400))),
    Road("avenue", "route de la Plaine", ((300, 5400), (1700, 5050), (3300, 4600), (4900, 3900))),
    Road("avenue", "route du Val", ((4900, 3900), (5350, 2600), (5300, 1000))),
    Road("avenue", "route des Sources", ((-4900, 4600), (-5500, 2500), (-5000, 800), (-5300, -700))),
    Road("avenue", "route du Pressoir", ((5300, -3300), (5100, -2100), (5500, -1050))),
    Road("avenue", "route des Blés", ((5300, -3300), (4100, -4900), (2000, -5100), (0, -5600))),
    Road("avenue", "route des Vignes", ((0, -5600), (-1700, -5500), (-3200, -4700), (-5100, -5100))),
    Road("avenue", "route des Étangs", ((-4900, 4600), (-4700, 6600), (-5600, 9600))),
    Road("avenue", "route du Moulin-Vert", ((4900, 3900), (4500, 6300), (5400, 9600))),
    Road("avenue", "route des Bruyères", ((5300, -3300), (6700, -4600), (6300, -6600), (7000, -9600))),
    Road("avenue", "route de la Lande", ((-5100, -5100), (-4700, -7000), (-5500, -9600))),
    # inside the boulevards: the old gates' streets, from the market square outwards
    Road("street", "rue de la Grande-Porte", ((-35, 40), (-95, 190), (-190, 330), (-270, 480), (-415, 655))),
    Road("street", "rue Saint-Aubin", ((15, 40), (40, 180), (10, 370), (45, 560), (15, 760))),
    Road("street", "rue des Halles", ((40, 35), (160, 150), (270, 300), (370, 430), (480, 660))),
    Road("street", "rue de l'Hôtel-de-Ville", ((60, 0), (200, -10), (365, 20), (560, -40), (840, -20))),
    Road("street", "rue des Tanneurs", ((40, -40), (130, -160), (270, -270), (400, -390), (600, -800))),
    Road("street", "rue du Vieux-Port", ((-45, -35), (-150, -140), (-285, -255), (-400, -400), (-560, -640))),
    Road("street", "rue de l'Arsenal", ((-50, 5), (-200, 20), (-345, 50), (-560, -20), (-820, -120))),
    # the bridge axis: one street from the square across the island to the southern gate
    Road("avenue", "rue du Pont-aux-Saules", (
        (5, -45), (-10, -200), (-30, -370), (0, -520), (20, -800), (-30, -1100), (30, -1380), (5, -1620))),
)  # fmt: skip

RING_NAMES = (
    "boulevard de la République",
    "boulevard Émile-Zola",
    "boulevard des Saules",
    "boulevard des Remparts",
)
BELT_NAMES = (
    "boulevard de Ceinture-Nord",
    "boulevard du Levant",
    "boulevard de Ceinture-Sud",
    "boulevard du Couchant",
)


def river_line() -> list[Point]:
    """The middle of the river, from west (downstream) to east."""
    return spline(RIVER_POINTS, 70)


def _island_swell(x: np.ndarray) -> np.ndarray:
    """0 away from the island, up to 1 at its middle."""
    t = np.clip((x - ISLAND_WEST) / (ISLAND_EAST - ISLAND_WEST), 0, 1)
    return np.sin(np.pi * t) ** 0.8


def river_polygon() -> tuple[Polygon, Polygon]:
    """(water with the island's hole and the basin, the island)."""
    curve = spline(RIVER_POINTS, 45)
    x = np.asarray(curve)[:, 0]
    wide = np.clip((x - ISLAND_WEST + 220) / (ISLAND_EAST - ISLAND_WEST + 440), 0, 1)
    half = RIVER_HALF_WIDTH + 4 * np.sin(x / 700) + (ISLAND_HALF_WIDTH + 4) * np.sin(np.pi * wide) ** 1.5
    inside = [(p, s) for p, s in zip(curve, _island_swell(x), strict=True) if s > 0.02]
    island = ribbon([p for p, _ in inside], np.array([s for _, s in inside]) * ISLAND_HALF_WIDTH)
    return unary_union([ribbon(curve, half), BASIN]).difference(island), island


def river_border() -> list[Point]:
    """The line where administrative limits follow the river: it takes the channel north of the island."""
    curve = river_line()
    x = np.asarray(curve)[:, 0]
    wide = np.clip((x - ISLAND_WEST + 220) / (ISLAND_EAST - ISLAND_WEST + 440), 0, 1)
    return [tuple(p) for p in shifted(curve, 116 * np.sin(np.pi * wide) ** 1.2).tolist()]


def lake_polygon() -> Polygon:
    """The leisure lake of the eastern meadows."""
    return blob(3350, -1250, lambda a: 300 + 70 * math.sin(2 * a + 0.6) + 30 * math.sin(3 * a), 36)


@dataclass(frozen=True)
class Skeleton:
    """The hand-drawn lines, ready to cut the ground into faces."""

    water: Polygon
    island: Polygon
    lake: Polygon
    railway: LineString
    motorway: LineString
    ring: LineString
    belt: LineString
    roads: tuple[tuple[Road, LineString], ...]
    halls: LineString
    wall: LineString
    corridor: Polygon | MultiPolygon  # ground no block may use: water, tracks, motorway and their banks


WATER_BANK, RAIL_BANK, MOTORWAY_BANK = 15.0, 17.0, 30.0
LAKE_PARK = 130.0  # metres of public meadow around the lake


def build_skeleton() -> Skeleton:
    """Draw the fixed lines."""
    water, island = river_polygon()
    lake = lake_polygon()
    railway = LineString(spline(RAILWAY_POINTS, 90))
    motorway = LineString(spline(MOTORWAY_POINTS, 110))
    corridor = unary_union(
        [
            water.buffer(WATER_BANK, quad_segs=3),
            lake.buffer(LAKE_PARK, quad_segs=3),
            railway.buffer(RAIL_BANK),
            motorway.buffer(MOTORWAY_BANK),
        ]
    ).simplify(1.0)
    return Skeleton(
        water=water,
        island=island,
        lake=lake,
        railway=railway,
        motorway=motorway,
        ring=LineString(spline(RING_POINTS, 45, closed=True)),
        belt=LineString(spline(BELT_POINTS, 60, closed=True)),
        roads=tuple((road, LineString(spline(road.points, 60))) for road in ROADS),
        halls=LineString(spline(HALLS_POINTS, 200, closed=True)),
        wall=LineString(spline(WALL_POINTS, 45, closed=True)),
        corridor=corridor,
    )


# the edge of the built-up town: degrees from east, metres from the middle; fingers along the avenues
TOWN_EDGE = (
    (0, 2450), (12, 2350), (21, 3350), (27, 2600), (34, 3500), (42, 2500), (58, 2350), (74, 2150),
    (84, 2500), (91, 3250), (98, 2450), (113, 1950), (126, 2300), (135, 3250), (144, 2350), (160, 2250),
    (172, 2500), (180, 3450), (188, 3300), (198, 2500), (209, 2150), (221, 2950), (229, 2750), (239, 1950),
    (256, 1900), (266, 2600), (275, 2550), (285, 2450), (296, 2350), (307, 1850), (318, 2250),
    (327, 3250), (336, 2450),
    (348, 2150), (355, 2750), (360, 2450),
)  # fmt: skip
EDGE_ANGLES = np.radians([angle for angle, _ in TOWN_EDGE])
EDGE_METRES = np.array([float(metres) for _, metres in TOWN_EDGE])


def town_reach(x, y):
    """How far inside the built-up town a point is, in metres (negative outside). Scalars or arrays."""
    angle = np.arctan2(y, x) % (2 * np.pi)
    edge = np.interp(angle, EDGE_ANGLES, EDGE_METRES)
    return edge + 190 * smooth_noise(x, y, 1300, 0.9) + 80 * smooth_noise(x, y, 500, 2.1) - np.hypot(x, y)


def village_reach(x, y):
    """The same for the nearest village."""
    reach = -1e9
    for village in VILLAGES:
        reach = np.maximum(reach, village.radius - np.hypot(x - village.x, y - village.y))
    return reach + 130 * smooth_noise(x, y, 800, 4.3)
