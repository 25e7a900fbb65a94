"""Small drawing tools in local metres: curves through points, coastlines, smooth noise."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence

import numpy as np
from shapely.geometry import LineString, Polygon

Point = tuple[float, float]


def dice(seed: int | str) -> random.Random:
    """Repeatable chance: the same seed draws the same city on every machine."""
    return random.Random(seed)  # noqa: S311 - a drawing, not a secret


def spline(points: Sequence[Point], spacing: float = 60.0, closed: bool = False) -> list[Point]:
    """A Catmull-Rom curve through the points, a vertex about every `spacing` metres.

    The given points are vertices of the result, so that two curves through the same point share a node.
    """
    pts = list(points)
    if closed:
        padded = [pts[-1], *pts, pts[0], pts[1]]
    else:
        first, second, before, last = pts[0], pts[1], pts[-2], pts[-1]
        padded = [
            (2 * first[0] - second[0], 2 * first[1] - second[1]),
            *pts,
            (2 * last[0] - before[0], 2 * last[1] - before[1]),
        ]
    curve: list[Point] = []
    for (x0, y0), (x1, y1), (x2, y2), (x3, y3) in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        steps = max(1, round(math.hypot(x2 - x1, y2 - y1) / spacing))
        for i in range(steps):
            t = i / steps
            t2, t3 = t * t, t * t * t
            a, b, c, d = -t3 + 2 * t2 - t, 3 * t3 - 5 * t2 + 2, -3 * t3 + 4 * t2 + t, t3 - t2
            curve.append(
                ((a * x0 + b * x1 + c * x2 + d * x3) / 2, (a * y0 + b * y1 + c * y2 + d * y3) / 2) if i else (x1, y1)
            )
    curve.append(pts[0] if closed else pts[-1])
    return curve


def wiggle(points: Sequence[Point], rng: random.Random, amplitude: float, spacing: float) -> list[Point]:
    """Midpoint displacement: a border that looks drawn by hedges and brooks rather than by a ruler."""

    def between(a: Point, b: Point) -> list[Point]:
        length = math.hypot(b[0] - a[0], b[1] - a[1])
        if length < spacing:
            return [a]
        shift = rng.uniform(-amplitude, amplitude)
        middle = (
            (a[0] + b[0]) / 2 - (b[1] - a[1]) * shift,
            (a[1] + b[1]) / 2 + (b[0] - a[0]) * shift,
        )
        return between(a, middle) + between(middle, b)

    result: list[Point] = []
    for a, b in itertools.pairwise(points):
        result += between(a, b)
    return [*result, points[-1]]


def normals(curve: Sequence[Point]) -> np.ndarray:
    """Unit vectors to the left of the curve at each vertex."""
    xy = np.asarray(curve)
    tangent = np.gradient(xy, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1)[:, None]
    return np.column_stack([-tangent[:, 1], tangent[:, 0]])


def shifted(curve: Sequence[Point], distance: np.ndarray) -> np.ndarray:
    """The curve moved to its left by a distance (metres) given at each vertex."""
    return np.asarray(curve) + normals(curve) * np.asarray(distance)[:, None]


def ribbon(curve: Sequence[Point], half_width: np.ndarray) -> Polygon:
    """A polygon of varying width around a curve: a river."""
    return Polygon(np.vstack([shifted(curve, half_width), shifted(curve, -half_width)[::-1]])).buffer(0)


def blob(x: float, y: float, radius: Callable[[float], float], vertices: int = 48) -> Polygon:
    """A round shape whose radius (metres) depends on the angle (radians)."""
    angles = [2 * math.pi * i / vertices for i in range(vertices)]
    return Polygon([(x + radius(a) * math.cos(a), y + radius(a) * math.sin(a)) for a in angles])


def smooth_noise(x, y, wavelength: float, phase: float):
    """A gentle field between about -1 and 1: five plane waves in unrelated directions. Scalars or arrays."""
    total = 0.0
    for i in range(5):
        angle = phase + i * 1.2566 + 0.37 * i * i
        k = 2 * math.pi / wavelength * (0.7 + 0.17 * i)
        total = total + np.sin(k * (math.cos(angle) * x + math.sin(angle) * y) + phase * (3 + i))
    return total / 3.2


def rounded(polygon: Polygon, radius: float) -> Polygon:
    """The polygon with its convex corners rounded: ponds and woods have none."""
    return polygon.buffer(-radius, quad_segs=3).buffer(radius, quad_segs=3)


def line_pieces(geometry) -> list[LineString]:
    """The LineStrings inside any result of an overlay."""
    if geometry.is_empty:
        return []
    if geometry.geom_type == "LineString":
        return [geometry]
    return [piece for part in getattr(geometry, "geoms", []) for piece in line_pieces(part)]


def polygon_pieces(geometry) -> list[Polygon]:
    """The Polygons inside any result of an overlay."""
    if geometry.is_empty:
        return []
    if geometry.geom_type == "Polygon":
        return [geometry]
    return [piece for part in getattr(geometry, "geoms", []) for piece in polygon_pieces(part)]
