"""Static maps as SVG, for paper: the base plan, outlines, districts shaded by a figure, counts per cell as dots.

Everything is measured in settings.METRIC_SRID and fitted to a view WIDTH units wide, in whole units. The drawings use
attributes only, no style sheet, and hold title and description for who cannot see them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH = 1600
# Height by width of a view: a longer one would not fit its page, a flatter one shows nothing.
FLATTEST, TALLEST = 0.55, 0.95
MARGIN = 0.04
CLASSES = 5
# From light to dark, each told from its neighbours in black and white too.
SHADES = ("#eef0f8", "#c8cfeb", "#98a4d8", "#5c6bb8", "#26348a")
NAMED_FROM = 40  # units of radius that a name needs
LIGHT_FROM = 3  # on this shade and darker ones, words are white
INK, LINE, ACCENT = "#1b2232", "#6d6a62", "#17267c"
FONT = "Libertinus Serif, Georgia, serif"
# Metres of a view's width up to which objects of the plan of that rank are drawn.
RANKS = ((3_000, 4), (9_000, 3), (40_000, 2))
AREAS = {
    "wood": "#e4ead9",
    "park": "#dfe9cf",
    "cemetery": "#e6eadb",
    "stade": "#e2ebd2",
    "river": "#cfe2ea",
    "lake": "#cfe2ea",
    "building": "#ebe6da",
}
LINES = {
    "path": ("#dcd6c8", 2),
    "street": ("#d5cebd", 4),
    "avenue": ("#c3baa5", 7),
    "bridge": ("#c3baa5", 7),
    "motorway": ("#b0a68e", 9),
    "railway": ("#a39e92", 3),
}
# What XML has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

EXTENT = """
SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (
    SELECT ST_Extent(ST_Transform(geometry, %s)) AS e FROM geo_boundary
    WHERE territory_id = ANY(%s) AND validity @> current_date) AS o
"""
# Simplified to one unit of the view; the label stands where most room is.
OUTLINES = """
SELECT territory_id, ST_AsSVG(shape, 1, 0), ST_X(middle), -ST_Y(middle), radius FROM (
    SELECT territory_id, shape, (ST_MaximumInscribedCircle(shape)).center AS middle,
           (ST_MaximumInscribedCircle(shape)).radius AS radius
    FROM (SELECT territory_id, ST_SnapToGrid(ST_SimplifyPreserveTopology(ST_TransScale(
            ST_Transform(geometry, %(srid)s), %(left)s, %(top)s, %(scale)s, %(scale)s), 1), 1) AS shape
          FROM geo_boundary WHERE territory_id = ANY(%(keys)s) AND validity @> current_date) AS fitted
    WHERE NOT ST_IsEmpty(shape)) AS placed
"""
PLAN = """
SELECT kind, replace(ST_AsSVG(ST_SnapToGrid(ST_Simplify(ST_TransScale(ST_Collect(shape),
           %(left)s, %(top)s, %(scale)s, %(scale)s), 1.5), 1), 1, 0), ';', ' ')
FROM (SELECT kind, ST_CollectionExtract(ST_ClipByBox2D(ST_Transform(geometry, %(srid)s), box::box2d),
                                        ST_Dimension(geometry) + 1) AS shape
      FROM geo_planfeature, ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s) AS box
      WHERE rank <= %(rank)s AND kind = ANY(%(kinds)s) AND ST_Dimension(geometry) > 0
        AND geometry && ST_Envelope(ST_Transform(box, 4326))) AS near
WHERE NOT ST_IsEmpty(shape) GROUP BY kind
"""
PLACES = """
SELECT ST_X(p), -ST_Y(p) FROM unnest(%(lons)s::float[], %(lats)s::float[]) WITH ORDINALITY AS c(lon, lat, nth),
    ST_TransScale(ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), %(srid)s),
                  %(left)s, %(top)s, %(scale)s, %(scale)s) AS p ORDER BY nth
"""


def class_bounds(values: Sequence[float], count: int = CLASSES) -> list[float]:
    """The highest value of each class, rising: quantiles, so that each class holds about as many of the values.

    The method of most statistical atlases for values that are few and uneven. Equal values are never parted, so
    there may be fewer classes; none where there is no value.
    """
    ordered = sorted(values)
    nth = (-(-len(ordered) * place // count) for place in range(1, count + 1))
    return sorted({ordered[position - 1] for position in nth if position})


def class_of(value: float, bounds: Sequence[float]) -> int:
    """The class a value lies in, from 0; that of the highest where it is above all."""
    return min(bisect_left(bounds, value), len(bounds) - 1)


def shade_of(place: int, classes: int) -> int:
    """Which of SHADES a class has: the lightest and the darkest are used, however few there are."""
    return round(place * (len(SHADES) - 1) / max(1, classes - 1)) if classes > 1 else len(SHADES) // 2


def classes(shaded: Iterable["Shaded"], bounds: Sequence[float]) -> list[tuple[int, str]]:
    """For each class that holds any value, rising: which of SHADES it has, and its values in words ("2 – 5")."""
    held: dict[int, list[Shaded]] = {}
    for one in sorted((one for one in shaded if one.value is not None), key=lambda one: one.value):
        held.setdefault(class_of(one.value, bounds), []).append(one)
    return [
        (
            shade_of(place, len(bounds)),
            some[0].text if some[0].text == some[-1].text else f"{some[0].text} – {some[-1].text}",
        )
        for place, some in sorted(held.items())
    ]


@dataclass(frozen=True)
class Frame:
    """The part of the ground a view shows, in metres of METRIC_SRID; `scale` is units for a metre."""

    west: float
    south: float
    east: float
    north: float

    @property
    def scale(self) -> float:
        return WIDTH / (self.east - self.west)

    @property
    def height(self) -> int:
        """Units."""
        return round((self.north - self.south) * self.scale)

    def wider(self, share: float) -> "Frame":
        """With that share of its width and height more on each side."""
        x, y = share * (self.east - self.west), share * (self.north - self.south)
        return Frame(self.west - x, self.south - y, self.east + x, self.north + y)

    @property
    def parameters(self) -> dict:
        """What the statements are given. y grows upwards in the database and downwards in a view."""
        sides = {"west": self.west, "south": self.south, "east": self.east, "north": self.north}
        fit = {"left": -self.west, "top": -self.north, "scale": self.scale}
        return sides | fit | {"srid": settings.METRIC_SRID}


@dataclass(frozen=True)
class Outline:
    """A territory in a view: its path, and the centre and radius (units) of the widest circle in it."""

    path: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Shaded:
    """A territory of a shaded map: its name, its value (None: not said) and the value as people read it."""

    name: str
    value: float | None
    text: str


def frame(keys: Sequence[int]) -> Frame | None:
    """The view that shows these territories whole; None where none of them has an outline."""
    with connection.cursor() as cursor:
        cursor.execute(EXTENT, [settings.METRIC_SRID, list(keys)])
        west, south, east, north = cursor.fetchone()
    if west is None:
        return None
    width, height = max(east - west, 1), max(north - south, 1)
    shown_width = max(width, height / TALLEST) * (1 + 2 * MARGIN)
    shown_height = max(height * (1 + 2 * MARGIN), shown_width * FLATTEST)
    x, y = (west + east) / 2, (south + north) / 2
    return Frame(x - shown_width / 2, y - shown_height / 2, x + shown_width / 2, y + shown_height / 2)


def outlines(view: Frame, keys: Sequence[int]) -> dict[int, Outline]:
    """{id: outline} of those of these territories that have one."""
    with connection.cursor() as cursor:
        cursor.execute(OUTLINES, view.parameters | {"keys": list(keys)})
        return {key: Outline(path, x, y, radius) for key, path, x, y, radius in cursor.fetchall()}


def plan(view: Frame) -> SafeString:
    """The base plan, light enough to write on."""
    width = view.east - view.west
    rank = next((rank for metres, rank in RANKS if width <= metres), 1)
    kinds = [*AREAS, *LINES]
    with connection.cursor() as cursor:
        cursor.execute(PLAN, view.parameters | {"rank": rank, "kinds": kinds})
        found = dict(cursor.fetchall())
    thick = max(0.5, min(2.0, 2_000 / width))
    areas = [(found[kind], color) for kind, color in AREAS.items() if found.get(kind)]
    lines = [(found[kind], color, round(wide * thick, 1)) for kind, (color, wide) in LINES.items() if found.get(kind)]
    return format_html(
        '<g fill-rule="evenodd">{}</g><g fill="none" stroke-linecap="round" stroke-linejoin="round">{}</g>',
        format_html_join("", '<path d="{}" fill="{}"/>', areas),
        format_html_join("", '<path d="{}" stroke="{}" stroke-width="{}"/>', lines),
    )


def shaded_map(
    *, territories: Mapping[int, Shaded], own: int | None, title: str, description: str, name: str = "shaded"
) -> SafeString | str:
    """Territories (by id) shaded by their values in quantiles, with name and value written on each.

    `own` is drawn with a thick outline; a value that is not said is hatched. `name` keeps apart the ids of several
    drawings on a page. Empty where no territory has an outline.
    """
    if not (view := frame(list(territories))):
        return ""
    shapes = outlines(view, list(territories))
    bounds = class_bounds([one.value for one in territories.values() if one.value is not None])
    drawn, words, thick = [], [], ""
    for key, shape in shapes.items():
        one = territories[key]
        place = None if one.value is None else shade_of(class_of(one.value, bounds), len(bounds))
        fill = f"url(#{name}-unsaid)" if place is None else SHADES[place]
        drawn.append((shape.path, fill))
        words.append(_label(shape, one, light=place is not None and place >= LIGHT_FROM))
        if key == own:
            thick = format_html(
                '<g fill="none" stroke-linejoin="round"><path d="{}" stroke="#ffffff" stroke-width="19"/>'
                '<path d="{}" stroke="{}" stroke-width="11"/></g>',
                *(shape.path, shape.path, INK),
            )
    legend, rows = _legend(territories.values(), bounds, name)
    body = format_html(
        '{}<g fill-rule="evenodd" stroke="{}" stroke-width="3" stroke-linejoin="round">{}</g>{}{}'
        '<g transform="translate(0 {})">{}</g>',
        _hatches(name),
        LINE,
        format_html_join("", '<path d="{}" fill="{}"/>', drawn),
        thick,
        mark_safe("".join(words)),  # noqa: S308 - each made by format_html
        view.height,
        legend,
    )
    return svg(view.height + rows, title, description, body, name)


def dot_map(
    *, territory: int, cells: Sequence[tuple[float, float, int]], title: str, description: str, name: str = "dots"
) -> SafeString | str:
    """Counts per cell (longitude, latitude, how many) as dots whose area tells the count, over the plan.

    The number stands in the dots that have room for it. Empty where the territory has no outline.
    """
    if not (view := frame([territory])):
        return ""
    shape = outlines(view, [territory]).get(territory)
    most = max((count for _lon, _lat, count in cells), default=1)
    widest = WIDTH / 34
    dots, words = [], []
    for (x, y), (_lon, _lat, count) in sorted(
        zip(_places(view, cells), cells, strict=True), key=lambda one: -one[1][2]
    ):
        radius = max(9.0, widest * (count / most) ** 0.5)
        dots.append((round(x), round(y), round(radius, 1)))
        if radius > 12 + 8 * len(str(count)):
            words.append((round(x), round(y) + 12, count))
    outline = (
        format_html('<path d="{}" fill="none" stroke="{}" stroke-width="7"/>', shape.path, ACCENT) if shape else ""
    )
    body = format_html(
        '{}{}<g fill="{}" fill-opacity="0.82" stroke="#ffffff" stroke-width="3">{}</g>'
        '<g font-size="34" font-weight="bold" text-anchor="middle" fill="#ffffff">{}</g>',
        plan(view),
        outline,
        ACCENT,
        format_html_join("", '<circle cx="{}" cy="{}" r="{}"/>', dots),
        format_html_join("", '<text x="{}" y="{}">{}</text>', words),
    )
    return svg(view.height, title, description, body, name)


def _places(view: Frame, cells) -> list[tuple[float, float]]:
    lons, lats = [cell[0] for cell in cells], [cell[1] for cell in cells]
    with connection.cursor() as cursor:
        cursor.execute(PLACES, view.parameters | {"lons": lons, "lats": lats})
        return cursor.fetchall()


def svg(height: int, title: str, description: str, body: SafeString, name: str) -> SafeString:
    """A drawing WIDTH units wide, with its title and description; `name` is the beginning of their ids."""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc"'
        ' font-family="{}"><title id="{}-title">{}</title><desc id="{}-desc">{}</desc>'
        '<rect width="{}" height="{}" fill="#fffdf8"/>{}</svg>',
        *(WIDTH, height, name, name, FONT, name, writable(title), name, writable(description), WIDTH, height, body),
    )


def writable(text: str) -> str:
    """The text without what no XML file may hold."""
    return UNWRITABLE.sub("\ufffd", str(text))


def _hatches(name: str) -> SafeString:
    return format_html(
        '<defs><pattern id="{}-unsaid" width="18" height="18" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect width="18" height="18" fill="#ffffff"/>'
        '<rect width="4" height="18" fill="#b9b4a6"/></pattern></defs>',
        name,
    )


def _label(shape: Outline, one: Shaded, *, light: bool) -> SafeString:
    """The value and under it the name, in as many lines and as small as the room asks; the value alone in little."""
    named = shape.radius >= NAMED_FROM
    lines = _lines(writable(one.name), most=max(8, int(shape.radius / 8))) if named else []
    size = max(24, min(36, round(4 * shape.radius / max((len(part) for part in lines), default=1))))
    value = max(18, min(54, round(shape.radius * 0.8)))
    fill, halo = ("#ffffff", SHADES[-1]) if light else (INK, "#ffffff")
    top = round(shape.y - size * (len(lines) - 1) / 2)
    rows = [(round(shape.x), top + round(size * (place + 0.9)), part) for place, part in enumerate(lines)]
    return format_html(
        '<g text-anchor="middle" fill="{}" stroke="{}" stroke-width="7" stroke-linejoin="round" paint-order="stroke">'
        '<text x="{}" y="{}" font-size="{}" font-weight="bold">{}</text><g font-size="{}">{}</g></g>',
        fill,
        halo,
        round(shape.x),
        top - 6 if named else round(shape.y + value / 3),
        value,
        writable(one.text),
        size,
        format_html_join("", '<text x="{}" y="{}">{}</text>', rows),
    )


def _lines(text: str, most: int) -> list[str]:
    """The text in lines of about so many letters, parted at spaces and hyphens."""
    lines: list[str] = []
    for word in re.findall(r"[^\s-]+-?", text) or [text]:
        joint = "" if lines and lines[-1].endswith("-") else " "
        if lines and len(lines[-1]) + len(word) < most:
            lines[-1] += joint + word
        else:
            lines.append(word)
    return lines


def _legend(shaded, bounds: Sequence[float], name: str) -> tuple[SafeString, int]:
    """(the classes with the values they hold, the height it takes)."""
    boxes = [(SHADES[shade], text) for shade, text in classes(shaded, bounds)]
    if unsaid := next((one for one in shaded if one.value is None), None):
        boxes.append((f"url(#{name}-unsaid)", unsaid.text))
    step = WIDTH // max(1, len(boxes))
    rows = [
        (step * place + 20, fill, LINE, step * place + 84, writable(text)) for place, (fill, text) in enumerate(boxes)
    ]
    drawn = format_html_join(
        "",
        '<rect x="{}" y="22" width="50" height="34" fill="{}" stroke="{}" stroke-width="2"/>'
        '<text x="{}" y="51" font-size="34" fill="#1b2232">{}</text>',
        rows,
    )
    return drawn, 76 if boxes else 0
