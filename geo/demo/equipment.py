"""What stands in the streets and parks of the demo city: lights, benches, bins, playgrounds, recycling points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geo.demo.houses import beside
from geo.demo.projection import point_to_lonlat, to_metres
from geo.demo.shapes import dice

if TYPE_CHECKING:
    from geo.demo.city import City

# code, name, plural, icon, description
KINDS = [
    ("lampadaire", "Lampadaire", "Lampadaires", "💡", "Éclairage des rues et des places."),
    ("banc", "Banc", "Bancs", "🪑", "Bancs des places et des parcs."),
    ("corbeille", "Corbeille", "Corbeilles", "🗑", "Corbeilles de rue."),
    ("aire-de-jeux", "Aire de jeux", "Aires de jeux", "🛝", "Jeux d'enfants des parcs et des places."),
    ("point-tri", "Point de tri", "Points de tri", "♻", "Conteneurs pour le verre, le papier et les emballages."),
]
SEED = 5
LIT = 700.0  # metres around the middle of the town where every street light is known
CENTRE = 2200.0  # metres around it for the rest
APART = {"lampadaire": 38.0, "corbeille": 420.0, "point-tri": 2600.0}  # metres from one to the next along the streets
EDGE = 4.5  # metres from a street's middle to its kerb
GREEN = ("park", "place")
BENCH_PLOT = 2500.0  # m² of park for each bench
MAX_BENCHES = 14  # of one park
PLAYGROUND_PLOT = 4000.0  # m² of park that make room for games


class Equipment(NamedTuple):
    """One thing. `place` is the street or park it stands in."""

    kind: str
    code: str
    place: str
    lon: float
    lat: float


def equipment(city: City) -> list[Equipment]:
    """All of it, each code once in its kind and the same at every call."""
    counts: dict[str, int] = {}
    made = []
    for kind, place, x, y in (*_along_streets(city), *_in_parks(city)):
        counts[kind] = counts.get(kind, 0) + 1
        code = f"{''.join(word[0] for word in kind.split('-')).upper()}{counts[kind]:04}"
        made.append(Equipment(kind, code, place, *point_to_lonlat(x, y)))
    return made


def _along_streets(city: City) -> Iterator[tuple[str, str, float, float]]:
    walked = dict.fromkeys(APART, 0.0)
    for street in city._streets:
        if not street.name:
            continue
        for kind, apart in APART.items():
            start = apart / 2 - walked[kind] % apart
            along = np.arange(start if start > 0 else start + apart, street.line.length, apart)
            walked[kind] += street.line.length
            for n, (x, y) in enumerate(beside(street.line, along, 1, EDGE)):
                if n % 2:
                    x, y = beside(street.line, along[n : n + 1], -1, EDGE)[0]
                reach = LIT if kind == "lampadaire" else CENTRE
                if np.hypot(x, y) < reach and not shapely.contains_xy(city._water, x, y):
                    yield kind, street.name, float(x), float(y)


def _in_parks(city: City) -> Iterator[tuple[str, str, float, float]]:
    rng = dice(SEED)
    for feature in city.plan:
        if feature.kind not in GREEN or not feature.name:
            continue
        plot = to_metres(feature.geometry).buffer(-5)
        middle = plot.representative_point() if not plot.is_empty else None
        if middle is None or np.hypot(middle.x, middle.y) > CENTRE:
            continue
        if plot.area > PLAYGROUND_PLOT:
            yield "aire-de-jeux", feature.name, middle.x, middle.y
        west, south, east, north = plot.bounds
        wanted = min(MAX_BENCHES, 1 + int(plot.area / BENCH_PLOT))
        while wanted:
            x, y = rng.uniform(west, east), rng.uniform(south, north)
            if shapely.contains_xy(plot, x, y):
                wanted -= 1
                yield "banc", feature.name, x, y
