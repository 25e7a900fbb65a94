"""The places of interest of the demo city: its landmarks where people go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from geo.demo.city import City

# kind of the plan: code, name, plural, icon
KINDS = {
    "mairie": ("mairie", "Mairie", "Mairies", "🏛"),
    "ecole": ("ecole", "École", "Écoles", "🏫"),
    "college": ("college", "Collège", "Collèges", "🏫"),
    "lycee": ("lycee", "Lycée", "Lycées", "🏫"),
    "mediatheque": ("mediatheque", "Médiathèque", "Médiathèques", "📚"),
    "maison_quartier": ("maison-de-quartier", "Maison de quartier", "Maisons de quartier", "🏠"),
    "piscine": ("piscine", "Piscine", "Piscines", "🏊"),
    "hopital": ("hopital", "Hôpital", "Hôpitaux", "🏥"),
}


class Place(NamedTuple):
    """One of them, in degrees."""

    kind: str
    code: str
    name: str
    lon: float
    lat: float


def places(city: City) -> Iterator[Place]:
    """Each named landmark of these kinds once, always in the same order."""
    seen = set()
    for feature in city.plan:
        if feature.kind in KINDS and feature.name and feature.name not in seen:
            seen.add(feature.name)
            middle = feature.geometry.representative_point()
            yield Place(KINDS[feature.kind][0], f"LI{len(seen):03}", feature.name, middle.x, middle.y)
