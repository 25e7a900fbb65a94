"""The map of a report's file, by folium: plan, outlines, figures by territory and by cell, what is open or late.

Nothing is loaded from anywhere: scripts and styles come from installed packages and stand in the file, whose policy
(Content-Security-Policy) lets run only these, by their digests.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import folium
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from folium.utilities import JsCode

from common.dates import long_date
from frontend.report.content import Point, Report, Section, Stock
from geo.dashboards import drawing
from geo.dashboards.drawing import Frame, Shaded
from geo.dashboards.figure import number

# Metres within which the plan's lines are drawn straight, and of a view up to which buildings are part of it.
TOLERANCE = 2.5
BUILDINGS_UP_TO = 5_000
STREETS_UP_TO = 18_000
AROUND = 0.35  # of the view's width is drawn on each side: there is something to move to
PLAN = """
SELECT kind, ST_AsGeoJSON(ST_Transform(ST_Simplify(ST_Collect(shape), %(tolerance)s), 4326), 5)
FROM (SELECT kind, ST_CollectionExtract(ST_ClipByBox2D(ST_Transform(geometry, %(srid)s), box::box2d),
                                        ST_Dimension(geometry) + 1) AS shape
      FROM geo_planfeature, ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s) AS box
      WHERE rank <= %(rank)s AND kind = ANY(%(kinds)s) AND ST_Dimension(geometry) > 0
        AND geometry && ST_Envelope(ST_Transform(box, 4326))) AS near
WHERE NOT ST_IsEmpty(shape) GROUP BY kind
"""
OUTLINES = """
SELECT territory_id, ST_AsGeoJSON(ST_Transform(ST_SimplifyPreserveTopology(
    ST_Transform(geometry, %s), %s), 4326), 5)
FROM geo_boundary WHERE territory_id = ANY(%s) AND validity @> current_date
"""
# Words are set as text, never as HTML: whatever a name holds, it is only read.
POPUP = JsCode(
    """(feature, layer) => {
    const { says, url, link } = feature.properties;
    if (!says) return;
    const box = document.createElement("div");
    says.forEach((text, place) => {
        const line = document.createElement(place ? "p" : "strong");
        line.textContent = text;
        box.append(line);
    });
    if (url) {
        const anchor = document.createElement("a");
        anchor.href = url;
        anchor.textContent = link;
        box.append(anchor);
    }
    layer.bindPopup(box);
}"""
)
# Leaflet speaks English, and folium has no way to say otherwise.
FINISH = """
(() => {
    const words = %(words)s;
    L.control.scale({ imperial: false }).addTo(%(name)s);
    const map = document.querySelector(".folium-map");
    map.setAttribute("role", "region");
    map.setAttribute("aria-label", words.map);
    for (const [where, word] of Object.entries(words.controls)) {
        for (const control of map.querySelectorAll(where)) {
            control.title = word;
            control.setAttribute("aria-label", word);
        }
    }
})();
"""
# What is switched on later still lies under what can be pressed: between Leaflet's tiles (200) and shapes (400).
PANES = {"ground": 310, "areas": 320, "outline": 330}
# Squares in another hue than territories: both may be shown at once.
SQUARES = ("#fdeedd", "#f9cf9c", "#ee9f55", "#cf6a1c", "#7f3608")
UNSAID = "#d9d6cd"
HOLLOW = {"fill": True, "radius": 7, "color": drawing.INK, "weight": 2, "fillColor": "#ffffff", "fillOpacity": 0.9}
FULL = {"fill": True, "radius": 6, "color": "#ffffff", "weight": 1.5, "fillColor": "#b3261e", "fillOpacity": 1}


@dataclass(frozen=True)
class Legend:
    """What the signs of one layer of the map mean: (colour, whether it is a round sign, in words)."""

    title: str
    signs: list[tuple[str, bool, str]]


@dataclass(frozen=True)
class Parts:
    """What a page needs to hold the map: its policy, style, place and scripts."""

    policy: str
    style: SafeString
    place: SafeString
    scripts: SafeString
    legends: list[Legend]


def parts(report: Report) -> Parts:
    """The map of a report, to be put into a page that loads nothing."""
    view = drawing.frame([report.territory.pk])
    chart = folium.Map(location=[46.5, 2.5], zoom_start=6, tiles=None, attributionControl=False)
    # Of this map alone: the lists of the class are everybody's.
    chart.default_js, chart.default_css = [], []
    if view:
        _draw(chart, report, view)
    folium.LayerControl(collapsed=JsCode("window.innerWidth < 640")).add_to(chart)
    figure = chart.get_root()
    figure.render()
    finish = FINISH % {"words": _words(), "name": chart.get_name()}
    scripts = [_leaflet_js(), _one_line_end(figure.script.render() + finish)]
    style = _style()
    policy = (
        f"default-src 'none'; img-src data:; style-src {_digest(style)}; "
        f"script-src {' '.join(map(_digest, scripts))}; base-uri 'none'; form-action 'none'"
    )
    return Parts(
        policy,
        mark_safe(f"<style>{style}</style>"),  # noqa: S308 - our own style and Leaflet's
        mark_safe(figure.html.render()),  # noqa: S308 - an empty box
        mark_safe("".join(f"<script>{one}</script>" for one in scripts)),  # noqa: S308 - folium escapes what it is given
        [one for section in report.sections for one in _legends(section)] if view else [],
    )


def _legends(section: Section) -> list[Legend]:
    """Of the layers that the map of a section has, from what is on top to what is below."""
    stocks = [(one, _sign(place)["fillColor"]) for place, one in enumerate(section.stocks) if one.points]
    squares, shades = _by_square(section), section.shades()
    found = [
        Legend(str(section.layer.title), [(color, True, one.title) for one, color in stocks]),
        Legend(
            _squares_title(section),
            [(SQUARES[shade], False, text) for shade, text in drawing.classes(squares, _bounds(squares))],
        ),
        Legend(
            section.shaded_title,
            [
                *(
                    (drawing.SHADES[shade], False, text)
                    for shade, text in drawing.classes(shades.values(), _bounds(shades.values()))
                ),
                *{(UNSAID, False, one.text) for one in shades.values() if one.value is None},
            ],
        ),
    ]
    return [one for one in found if one.signs]


def _bounds(shaded: Iterable[Shaded]) -> list[float]:
    return drawing.class_bounds([one.value for one in shaded if one.value is not None])


def _by_square(section: Section) -> list[Shaded]:
    """What each square says, in the order of its cells."""
    return [Shaded("", total, number(total)) for _lon, _lat, total in section.cells]


def _squares_title(section: Section) -> str:
    return _("%(figure)s, by square") % {"figure": section.main.title}


def _sign(place: int) -> dict:
    """How the points of the figure in that place are drawn."""
    return FULL if place % 2 else HOLLOW


def _draw(chart: folium.Map, report: Report, view: Frame) -> None:
    for pane, depth in PANES.items():
        folium.map.CustomPane(pane, z_index=depth, pointer_events=True).add_to(chart)
    _add(chart, _("Plan of the city"), _plan(view.wider(AROUND)), pane="ground", interactive=False)
    own = report.territory.pk
    shapes = _outlines({own, *(key for section in report.sections for key in section.shades())})
    for section in report.sections:
        _shades(chart, section, shapes)
        _squares(chart, section)
    line = {"color": drawing.ACCENT, "weight": 4, "fill": False}
    title = _("Outline: %(territory)s") % {"territory": report.territory}
    _add(chart, title, [_feature(shapes[own], line)] if own in shapes else [], pane="outline", interactive=False)
    for section in report.sections:
        for place, stock in enumerate(section.stocks):
            _points(chart, section, stock, _sign(place))
    if own in shapes:
        west, south, east, north = _box(view)
        chart.fit_bounds([[south, west], [north, east]])


def _add(chart: folium.Map, name: str, features: list[dict], *, show: bool = True, points: bool = False, **options):
    """A layer to switch on and off. The list of layers is HTML: names are escaped."""
    if not features:
        return
    marker = folium.CircleMarker(radius=6) if points else None
    data = {"type": "FeatureCollection", "features": features}
    popup = None if options.get("interactive") is False else POPUP
    folium.GeoJson(data, name=escape(name), show=show, on_each_feature=popup, marker=marker, **options).add_to(chart)


def _feature(geometry: dict, style: dict, says: list[str] | None = None, url: str = "") -> dict:
    said = {"says": says} if says else {}
    if url:
        said |= {"url": url, "link": _("See it on the site (with a network)")}
    return {"type": "Feature", "geometry": geometry, "properties": {"style": style, **said}}


def _shades(chart: folium.Map, section: Section, shapes: dict[int, dict]) -> None:
    shades = section.shades()
    bounds = _bounds(shades.values())
    features = []
    for key, one in shades.items():
        if key not in shapes:
            continue
        fill = UNSAID
        if one.value is not None:
            fill = drawing.SHADES[drawing.shade_of(drawing.class_of(one.value, bounds), len(bounds))]
        style = {"color": drawing.LINE, "weight": 1.5, "fillColor": fill, "fillOpacity": 0.8}
        features.append(_feature(shapes[key], style, [one.name, f"{section.shaded_title}\u00a0: {one.text}"]))
    _add(chart, section.shaded_title, features, show=False, pane="areas")


def _squares(chart: folium.Map, section: Section) -> None:
    bounds = _bounds(_by_square(section))
    features = []
    for lon, lat, total in section.cells:
        x, y = (size / 2 for size in section.square.size)
        ring = [[lon - x, lat - y], [lon + x, lat - y], [lon + x, lat + y], [lon - x, lat + y]]
        ring = [[round(x, 5), round(y, 5)] for x, y in [*ring, ring[0]]]
        fill = SQUARES[drawing.shade_of(drawing.class_of(total, bounds), len(bounds))]
        style = {"color": SQUARES[-1], "weight": 1, "fillColor": fill, "fillOpacity": 0.75}
        said = f"{section.main.title}\u00a0: {total}"
        features.append(_feature({"type": "Polygon", "coordinates": [ring]}, style, [said]))
    _add(chart, _squares_title(section), features, show=False, pane="areas")


def _points(chart: folium.Map, section: Section, stock: Stock, style: dict) -> None:
    features = [
        _feature(
            {"type": "Point", "coordinates": [round(one.lon, 6), round(one.lat, 6)]},
            style,
            list(filter(None, [one.title, one.address, one.state, *_days(stock, one)])),
            one.url,
        )
        for one in stock.points
    ]
    _add(chart, f"{stock.indicator.title} ({len(features)})", features, points=True)


def _days(stock: Stock, point: Point) -> list[str]:
    received = _("Received on %(day)s") % {"day": long_date(point.since)} if point.since else ""
    return [received, stock.lateness(point)]


def _plan(view: Frame) -> list[dict]:
    width = view.east - view.west
    rank = 4 if width <= STREETS_UP_TO else 2
    kinds = [kind for kind in (*drawing.AREAS, *drawing.LINES) if kind != "building" or width <= BUILDINGS_UP_TO]
    with connection.cursor() as cursor:
        cursor.execute(PLAN, view.parameters | {"rank": rank, "kinds": kinds, "tolerance": TOLERANCE})
        found = dict(cursor.fetchall())
    features = []
    for kind in kinds:
        if kind in found:
            if kind in drawing.AREAS:
                style = {"fillColor": drawing.AREAS[kind], "fillOpacity": 1, "stroke": False}
            else:
                color, width = drawing.LINES[kind]
                style = {"color": color, "weight": max(1, width / 2), "fill": False}
            features.append(_feature(json.loads(found[kind]), style))
    return features


def _outlines(keys) -> dict[int, dict]:
    with connection.cursor() as cursor:
        cursor.execute(OUTLINES, [settings.METRIC_SRID, TOLERANCE, list(keys)])
        return {key: json.loads(shape) for key, shape in cursor.fetchall()}


def _box(view: Frame) -> tuple[float, float, float, float]:
    """West, south, east and north of a view in degrees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM ST_Transform(ST_MakeEnvelope("
            "%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s), 4326) AS e",
            view.parameters,
        )
        return cursor.fetchone()


def _words() -> str:
    words = {
        "map": _("Map"),
        "controls": {
            ".leaflet-control-zoom-in": _("Zoom in"),
            ".leaflet-control-zoom-out": _("Zoom out"),
            ".leaflet-control-layers-toggle": _("What the map shows"),
        },
    }
    return json.dumps(words, ensure_ascii=True).replace("<", "\\u003c")


@cache
def _installed(name: str) -> bytes:
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(name)
    return Path(found).read_bytes()


@cache
def _leaflet_js() -> str:
    """Leaflet without the address of its source map, for which browsers would ask."""
    script = _installed("leaflet/leaflet.js").decode().split("//# sourceMappingURL")[0]
    return _one_line_end(script)


@cache
def _style() -> str:
    """Leaflet's style with its pictures inside, and the report's own."""
    style = _installed("leaflet/leaflet.css").decode()
    for name in ("layers.png", "layers-2x.png", "marker-icon.png"):
        picture = base64.b64encode(_installed(f"leaflet/images/{name}")).decode()
        style = style.replace(f"url(images/{name})", f"url(data:image/png;base64,{picture})")
    return _one_line_end(style + _installed("frontend/css/report.css").decode())


def _one_line_end(text: str) -> str:
    """With the ends of line that a browser makes of any, or its digest would be another."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
