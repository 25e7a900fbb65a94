"""House numbers along the named streets of the demo city: odd on one side, even on the other, like in France."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geo.demo.ground import Street
from geo.demo.projection import ORIGIN, from_lambert93

if TYPE_CHECKING:
    from geo.demo.city import City

PITCH = 12.0  # metres from one house to the next on the same side
ASIDE = 9.0  # metres from a street's middle to its doors
DECIMALS = 6  # of a degree, as in the national address base
POSTCODES = 99_100  # of the first commune; ten more for the next


class House(NamedTuple):
    """One address. `street` numbers the streets of the city, `city` is the code of the commune."""

    street: int
    name: str
    number: int
    city: str
    city_name: str
    postcode: str
    lon: float
    lat: float


def first_houses(streets: tuple[Street, ...]) -> list[int]:
    """For each piece of street, how many houses of a side the earlier pieces of its name have."""
    count: Counter[str] = Counter()
    first = []
    for street in streets:
        first.append(count[street.name])
        count[street.name] += int(street.line.length / PITCH) + 1
    return first


def house_number(first: int, at: float, side: int) -> int:
    """The number `at` metres along a piece whose first house is `first`; `side` is 1 for even, -1 for odd."""
    return 1 + 2 * (first + int(at / PITCH)) + (side > 0)


def beside(line, along: np.ndarray, side: int, aside: float) -> np.ndarray:
    """Points so many metres along the line and `aside` metres to one side of it: (n, 2), in the line's metres."""
    start = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(along - 2, 0)))
    end = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(along + 2, line.length)))
    ahead = end - start
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
    return (start + end) / 2 + side * aside * np.column_stack([-ahead[:, 1], ahead[:, 0]])


def houses(city: City) -> Iterator[House]:
    """Every address of the demo city and its communes, street by street, where it is built up."""
    communes = [(one, f"{POSTCODES + 10 * n}") for n, one in enumerate(city.level("commune"))]
    built = shapely.union_all([feature.geometry for feature in city.plan if feature.kind == "built"])
    shapely.prepare([built, city._water, *(one.geometry for one, _postcode in communes)])
    numbers: dict[tuple[str, str], int] = {}
    for street, first in zip(city._streets, first_houses(city._streets), strict=True):
        if not street.name or street.line.length < PITCH:
            continue
        along = np.arange(PITCH / 2, street.line.length, PITCH)
        for side in (-1, 1):
            places = beside(street.line, along, side, ASIDE)
            lon, lat = from_lambert93(places[:, 0] + ORIGIN[0], places[:, 1] + ORIGIN[1])
            dry = shapely.contains_xy(built, lon, lat) & ~shapely.contains_xy(city._water, places[:, 0], places[:, 1])
            for commune, postcode in communes:
                for n in np.flatnonzero(dry & shapely.contains_xy(commune.geometry, lon, lat)):
                    yield House(
                        street=numbers.setdefault((commune.code, street.name), len(numbers) + 1),
                        name=street.name,
                        number=house_number(first, along[n], side),
                        city=commune.code,
                        city_name=commune.name,
                        postcode=postcode,
                        lon=round(float(lon[n]), DECIMALS),
                        lat=round(float(lat[n]), DECIMALS),
                    )
