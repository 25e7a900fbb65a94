"""Lambert-93 (EPSG:2154) to longitude/latitude and back, from IGN's published constants (NTG_71).

The generator draws in metres, because a street is 10 m wide wherever it is; the result is stored in degrees.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

EXPONENT = 0.7256077650532670
CONSTANT = 11754255.4260960  # metres
FALSE_EAST = 700000.0  # metres
FALSE_NORTH = 12655612.0498760  # metres, ordinate of the pole
ECCENTRICITY = 0.0818191910428158  # GRS 80
CENTRAL_MERIDIAN = 3.0  # degrees

CITY_LON, CITY_LAT = 1.95, 46.75
DECIMALS = 7  # of a degree, about 1 cm: below it, digits are noise


def to_lambert93(lon, lat):
    """Degrees (RGF93/WGS 84) to Lambert-93 metres; scalars or arrays."""
    phi = np.radians(lat)
    sin = np.sin(phi)
    isometric = np.arctanh(sin) - ECCENTRICITY * np.arctanh(ECCENTRICITY * sin)
    radius = CONSTANT * np.exp(-EXPONENT * isometric)
    angle = EXPONENT * np.radians(np.asarray(lon) - CENTRAL_MERIDIAN)
    return FALSE_EAST + radius * np.sin(angle), FALSE_NORTH - radius * np.cos(angle)


def from_lambert93(east, north):
    """Lambert-93 metres to degrees; scalars or arrays. Six rounds give far better than a micrometre."""
    dx, dy = np.asarray(east) - FALSE_EAST, FALSE_NORTH - np.asarray(north)
    isometric = -np.log(np.hypot(dx, dy) / CONSTANT) / EXPONENT
    sin = np.tanh(isometric)
    for _ in range(6):
        sin = np.tanh(isometric + ECCENTRICITY * np.arctanh(ECCENTRICITY * sin))
    return CENTRAL_MERIDIAN + np.degrees(np.arctan2(dx, dy) / EXPONENT), np.degrees(np.arcsin(sin))


ORIGIN = tuple(float(v) for v in to_lambert93(CITY_LON, CITY_LAT))  # Lambert-93 metres of the town's middle


def to_lonlat(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in local metres (x east, y north of the town's middle) to degrees."""

    def convert(xy: np.ndarray) -> np.ndarray:
        lon, lat = from_lambert93(xy[:, 0] + ORIGIN[0], xy[:, 1] + ORIGIN[1])
        return np.round(np.column_stack([lon, lat]), DECIMALS)

    return shapely.transform(geometry, convert)


def to_metres(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in degrees back to local metres."""

    def convert(xy: np.ndarray) -> np.ndarray:
        east, north = to_lambert93(xy[:, 0], xy[:, 1])
        return np.column_stack([east - ORIGIN[0], north - ORIGIN[1]])

    return shapely.transform(geometry, convert)


def point_to_lonlat(x: float, y: float) -> tuple[float, float]:
    """One local point to (longitude, latitude)."""
    lon, lat = from_lambert93(x + ORIGIN[0], y + ORIGIN[1])
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise ValueError("point outside the projection")
    return round(float(lon), DECIMALS), round(float(lat), DECIMALS)
