"""The places everybody knows: each asks for a block of its own, some for a building drawn by hand."""

from __future__ import annotations

import math

from shapely import affinity
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.ops import unary_union

from geo.demo.blocks import Block, Seed

OPEN_KINDS = ("place", "park", "cemetery", "stade")  # drawn as themselves; the others stand on "civic" ground

SEEDS = (
    Seed("place", "place des Halles", 2, 2, 20000, 3),
    Seed("place", "place de l'Hôtel-de-Ville", 150, 75, 7000, 2),
    Seed("place", "place Saint-Aubin", -60, 470, 7500),
    Seed("place", "place du Marché-aux-Grains", -230, -90, 4800),
    Seed("place", "place de la Gare", 705, 1085, 11000, 2),
    Seed("place", "place des Tanneurs", 420, -130, 4800),
    Seed("place", "place de la Poterne", 480, 260, 3600),
    Seed("place", "place de la Liberté", 1230, 860, 9500),
    Seed("place", "place des Mariniers", 320, -1080, 6500),
    Seed("place", "place Belle-Croix", 190, -2060, 9000),
    Seed("park", "Jardin de l'Évêché", -470, 270, 13000, 2),
    Seed("park", "Jardin des Plantes", -880, 640, 52000, 2),
    Seed("park", "square du Levant", 1620, 620, 14000),
    Seed("park", "square Louise-Labé", -1330, 330, 14000),
    Seed("park", "Parc des Hauts-Murs", -1500, 900, 70000, 2),
    Seed("park", "Parc de la Pointe", -330, -640, 40000, 2),
    Seed("park", "square de l'Île", 380, -715, 11000, 3),
    Seed("park", "Parc Belle-Croix", 800, -1950, 62000, 2),
    Seed("park", "Bois des Coteaux", -2150, -2650, 260000, 2),
    Seed("park", "Jardin des Coteaux", -700, -1820, 32000, 3),
    Seed("park", "Parc de Saint-Aubin", -420, 1700, 80000, 2),
    Seed("park", "Parc du Ru", 1600, 2250, 110000, 3),
    Seed("cemetery", "Cimetière de l'Est", 2050, 1750, 60000, 3),
    Seed("cemetery", "Cimetière des Coteaux", -1420, -2120, 42000, 3),
    Seed("stade", "Stade Alice-Milliat", 1650, -1380, 75000),
    Seed("stade", "Stade des Hauts-Murs", -2150, 1250, 55000, 4),
    Seed("hopital", "Centre hospitalier", -560, 1480, 70000),
    Seed("piscine", "Piscine des Saules", 520, -1330, 13000, 3),
    Seed("lycee", "Lycée Lucie-Aubrac", 1010, 440, 21000, 4),
    Seed("lycee", "Lycée des Coteaux", -1150, -1380, 30000, 4),
    Seed("college", "Collège Jean-Zay", -1150, 30, 22000, 4),
    Seed("college", "Collège Rosa-Parks", 480, -2200, 24000, 4),
    Seed("ecole", "École des Halles", -160, 210, 6500, 5),
    Seed("ecole", "École de l'Île", 190, -660, 9000, 5),
    Seed("ecole", "École de la Gare", 1480, 1010, 13000, 5),
    Seed("ecole", "École des Tanneries", 1380, -210, 13000, 5),
    Seed("ecole", "École des Grands-Prés", 2080, -1180, 17000, 5),
    Seed("ecole", "École Belle-Croix", 330, -1850, 13000, 5),
    Seed("ecole", "École des Coteaux", -1560, -1480, 15000, 5),
    Seed("ecole", "École du Port", -1480, -10, 15000, 5),
    Seed("ecole", "École des Hauts-Murs", -1780, 620, 17000, 5),
    Seed("ecole", "École Saint-Aubin", -250, 1420, 15000, 5),
    Seed("maison_quartier", "Maison de quartier des Coteaux", -1330, -1720, 13000, 5),
    Seed("maison_quartier", "Maison de quartier des Hauts-Murs", -1250, 620, 13000, 5),
    Seed("maison_quartier", "Maison de quartier Belle-Croix", -230, -2050, 13000, 5),
)

CHURCH = unary_union([box(-26, -8, 26, 8), box(2, -17, 14, 17), box(-32, -6, -26, 6)])
TOWN_HALL = unary_union([box(-20, -7, 20, 7), box(-20, -15, -10, 7), box(10, -15, 20, 7)])
HALLS = box(-28, -16, 28, 16)
THEATRE = unary_union([box(-15, -9, 15, 9), box(-10, -13, 10, 9)])
MUSEUM = unary_union([box(-18, -6, 18, 6), box(-18, -6, -8, 14)])
LIBRARY = unary_union([box(-22, -8, 22, 8), box(-6, -8, 22, 14)])

# the block it stands on: kind, name, footprint centred on (0, 0), rank
MONUMENTS = {
    "place des Halles": ("marche", "Marché des Halles", HALLS, 3),
    "place de l'Hôtel-de-Ville": ("mairie", "Hôtel de ville", TOWN_HALL, 2),
    "place Saint-Aubin": ("eglise", "Collégiale Saint-Aubin", CHURCH, 3),
    "place du Marché-aux-Grains": ("theatre", "Théâtre des Grains", THEATRE, 4),
    "place des Tanneurs": ("musee", "Musée de la Lys", MUSEUM, 4),
    "Jardin de l'Évêché": ("mediatheque", "Médiathèque Marguerite-Yourcenar", LIBRARY, 3),
}

# beside the tracks or in the water, not on a block: kind, name, x, y, rank
OTHER_LANDMARKS = (("port", "Port de plaisance", -1700, -735, 4),)
STATION_SQUARE = "place de la Gare"
STATION = unary_union([box(-60, -8, 60, 8), box(-16, -12, 16, 12)])
STATION_SETBACK = 36.0  # metres from the tracks to the middle of the building


def station_by(railway: LineString, square: Point) -> Polygon:
    """The station building: along the tracks, on the side of its square."""
    at = railway.project(square)
    a, b = railway.interpolate(at - 30), railway.interpolate(at + 30)
    middle = railway.interpolate(at)
    length = math.dist((a.x, a.y), (b.x, b.y))
    nx, ny = -(b.y - a.y) / length, (b.x - a.x) / length
    side = 1 if (square.x - middle.x) * nx + (square.y - middle.y) * ny > 0 else -1
    shape = affinity.rotate(STATION, _degrees(b.x - a.x, b.y - a.y), origin=(0, 0))
    shift = side * STATION_SETBACK
    return affinity.translate(shape, middle.x + nx * shift, middle.y + ny * shift)


def monument_on(block: Block) -> Polygon | MultiPolygon:
    """The block's hand-drawn building, turned along the block and shrunk until it fits."""
    footprint = MONUMENTS[block.seed.name][2]
    corners = list(block.polygon.minimum_rotated_rectangle.exterior.coords)
    sides = [(corners[i], corners[i + 1]) for i in (0, 1)]
    (x0, y0), (x1, y1) = max(sides, key=lambda s: (s[0][0] - s[1][0]) ** 2 + (s[0][1] - s[1][1]) ** 2)
    middle = block.polygon.centroid
    room = block.polygon.buffer(-9)
    for scale in (1.25, 1.1, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
        shape = affinity.scale(footprint, scale, scale, origin=(0, 0))
        shape = affinity.rotate(shape, _degrees(x1 - x0, y1 - y0), origin=(0, 0))
        shape = affinity.translate(shape, middle.x, middle.y)
        if room.contains(shape):
            break
    return shape


def _degrees(dx: float, dy: float) -> float:
    """The direction of a line, in degrees between -90 and 90."""
    return math.degrees(math.atan2(dy, dx) if dx > 0 else math.atan2(-dy, -dx))
