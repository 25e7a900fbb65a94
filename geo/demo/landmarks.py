"""The places everybody knows: their points, and the few buildings drawn by hand. Local metres."""

from __future__ import annotations

from shapely import affinity
from shapely.geometry import Polygon, box
from shapely.ops import unary_union

# kind, name, x, y, rank
LANDMARKS = (
    ("mairie", "Hôtel de ville", 128, 60, 2),
    ("gare", "Gare de Valmore", 905, 1128, 2),
    ("marche", "Marché des Halles", 2, 2, 3),
    ("eglise", "Collégiale Saint-Aubin", -60, 470, 3),
    ("mediatheque", "Médiathèque Marguerite-Yourcenar", -470, 270, 3),
    ("theatre", "Théâtre des Halles", -230, -90, 4),
    ("musee", "Musée de la Lys", 410, -130, 4),
    ("hopital", "Centre hospitalier", -560, 1560, 3),
    ("stade", "Stade Alice-Milliat", 1650, -1380, 3),
    ("piscine", "Piscine des Saules", 520, -1330, 3),
    ("lycee", "Lycée Lucie-Aubrac", 980, 480, 4),
    ("lycee", "Lycée des Coteaux", -1150, -1380, 4),
    ("college", "Collège Jean-Zay", -1150, 30, 4),
    ("college", "Collège Rosa-Parks", 480, -2200, 4),
    ("ecole", "École des Halles", -160, 210, 5),
    ("ecole", "École de l'Île", 250, -660, 5),
    ("ecole", "École de la Gare", 1480, 1010, 5),
    ("ecole", "École des Tanneries", 1380, -210, 5),
    ("ecole", "École des Grands-Prés", 2150, -1120, 5),
    ("ecole", "École Belle-Croix", 330, -1850, 5),
    ("ecole", "École des Coteaux", -1560, -1480, 5),
    ("ecole", "École du Port", -1480, -300, 5),
    ("ecole", "École des Hauts-Murs", -1780, 620, 5),
    ("ecole", "École Saint-Aubin", -250, 1420, 5),
    ("maison_quartier", "Maison de quartier des Coteaux", -1330, -1720, 5),
    ("maison_quartier", "Maison de quartier des Hauts-Murs", -1250, 560, 5),
    ("maison_quartier", "Maison de quartier Belle-Croix", -230, -2050, 5),
    ("port", "Port de plaisance", -1700, -720, 4),
)


def _turned(shape: Polygon, angle: float, x: float, y: float) -> Polygon:
    return affinity.translate(affinity.rotate(shape, angle, origin=(0, 0)), x, y)


CHURCH = unary_union([box(-26, -8, 26, 8), box(2, -17, 14, 17), box(-32, -6, -26, 6)])
TOWN_HALL = unary_union([box(-20, -7, 20, 7), box(-20, -15, -10, 7), box(10, -15, 20, 7)])
HALLS = box(-30, -18, 30, 18)
STATION = unary_union([box(-60, -8, 60, 8), box(-16, -12, 16, 12)])

NOTABLE_BUILDINGS = (
    ("Halles", _turned(HALLS, 4, 2, 0)),
    ("Hôtel de ville", _turned(TOWN_HALL, 0, 128, 60)),
    ("Collégiale Saint-Aubin", _turned(CHURCH, 5, -60, 470)),
    ("Gare", _turned(STATION, 13, 905, 1150)),
)
