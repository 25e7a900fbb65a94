"""How QGIS and other programs draw a layer: QML and SLD made from its legend.

Both sort by the field that holds the layer's style; a layer that exports none is drawn in one colour.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from geo.layers import Layer

FALLBACK = "#5a5f6a"
# For values whose legend names no colour: told apart by most who do not see all colours (Okabe and Ito, on white).
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a5a00", "#56b4e9", "#7a3e9d", "#2f2f2f")
POINT_SIZE = 3  # millimetres
LINE_WIDTH = 0.5
PIXELS = 96 / 25.4  # of SLD in a millimetre
SLD, OGC = "http://www.opengis.net/sld", "http://www.opengis.net/ogc"
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


@dataclass(frozen=True)
class Class:
    """One value of the style with its name and its colour as #rrggbb."""

    value: str
    title: str
    color: str


def classes(layer: Layer) -> list[Class]:
    """The classes of the layer's legend, none where no exported field holds the value that decides."""
    if not attribute(layer):
        return []
    return [
        Class(one.value, str(one.title), one.color or PALETTE[number % len(PALETTE)])
        for number, one in enumerate(layer.legend())
    ]


def attribute(layer: Layer) -> str:
    """The exported field that holds the layer's style, empty where none does."""
    return next((one.name for one in layer.fields if (one.source or one.name) == layer.style), "")


def qml(layer: Layer, geometry_type: str) -> str:
    """The layer's style for QGIS ≥ 3.10; `geometry_type` as Layer.type_of gives it."""
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology|Fields")
    names = ET.SubElement(root, "aliases")
    for one in layer.fields:
        ET.SubElement(names, "alias", field=one.name, name=str(one.title), index="-1")
    found = classes(layer)
    if found:
        drawn = {"type": "categorizedSymbol", "attr": attribute(layer), "symbollevels": "0", "enableorderby": "0"}
        renderer = ET.SubElement(root, "renderer-v2", drawn)
        categories = ET.SubElement(renderer, "categories")
        for number, one in enumerate(found):
            named = {"value": one.value, "label": one.title, "symbol": str(number), "render": "true", "type": "string"}
            ET.SubElement(categories, "category", named)
    else:
        renderer = ET.SubElement(root, "renderer-v2", {"type": "singleSymbol", "symbollevels": "0"})
    symbols = ET.SubElement(renderer, "symbols")
    for number, color in enumerate([one.color for one in found] or [FALLBACK]):
        _symbol(symbols, str(number), color, geometry_type)
    return DOCTYPE + _text(root)


def _symbol(symbols: ET.Element, name: str, color: str, geometry_type: str) -> None:
    full, white = f"{_rgb(color)},255", "255,255,255,255"
    if "POINT" in geometry_type:
        kind, drawer = "marker", "SimpleMarker"
        given = {"name": "circle", "color": full, "outline_color": white, "size": str(POINT_SIZE), "size_unit": "MM"}
    elif "LINE" in geometry_type:
        kind, drawer = "line", "SimpleLine"
        given = {"line_color": full, "line_width": str(LINE_WIDTH), "line_width_unit": "MM"}
    else:
        kind, drawer = "fill", "SimpleFill"
        given = {"color": f"{_rgb(color)},20", "style": "solid", "outline_color": full,
                 "outline_width": str(LINE_WIDTH), "outline_width_unit": "MM"}  # fmt: skip
    symbol = ET.SubElement(symbols, "symbol", {"type": kind, "name": name, "alpha": "1", "clip_to_extent": "1"})
    drawn = ET.SubElement(symbol, "layer", {"class": drawer, "enabled": "1", "locked": "0", "pass": "0"})
    options = ET.SubElement(drawn, "Option", type="Map")
    for key, value in given.items():
        ET.SubElement(options, "Option", {"type": "QString", "name": key, "value": value})


def sld(layer: Layer, geometry_type: str) -> str:
    """The layer's style as SLD 1.0, for GeoServer, MapServer and QGIS."""
    ET.register_namespace("", SLD)
    ET.register_namespace("ogc", OGC)
    root = ET.Element(f"{{{SLD}}}StyledLayerDescriptor", version="1.0.0")
    named = _child(root, "NamedLayer")
    _child(named, "Name", layer.name)
    style = _child(named, "UserStyle")
    _child(style, "Title", str(layer.title))
    rules = _child(style, "FeatureTypeStyle")
    for one in classes(layer) or [Class("", str(layer.title), FALLBACK)]:
        rule = _child(rules, "Rule")
        _child(rule, "Name", one.value or layer.name)
        _child(rule, "Title", one.title)
        if one.value:
            holds = ET.SubElement(ET.SubElement(rule, f"{{{OGC}}}Filter"), f"{{{OGC}}}PropertyIsEqualTo")
            ET.SubElement(holds, f"{{{OGC}}}PropertyName").text = attribute(layer)
            ET.SubElement(holds, f"{{{OGC}}}Literal").text = one.value
        _symbolizer(rule, one.color, geometry_type)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _text(root)


def _symbolizer(rule: ET.Element, color: str, geometry_type: str) -> None:
    if "POINT" in geometry_type:
        graphic = _child(_child(rule, "PointSymbolizer"), "Graphic")
        mark = _child(graphic, "Mark")
        _child(mark, "WellKnownName", "circle")
        _css(_child(mark, "Fill"), fill=color)
        _css(_child(mark, "Stroke"), stroke="#ffffff")
        _child(graphic, "Size", f"{POINT_SIZE * PIXELS:.0f}")
        return
    drawn = _child(rule, "LineSymbolizer" if "LINE" in geometry_type else "PolygonSymbolizer")
    if "LINE" not in geometry_type:
        _css(_child(drawn, "Fill"), fill=color, fill_opacity="0.08")
    _css(_child(drawn, "Stroke"), stroke=color, stroke_width=f"{LINE_WIDTH * PIXELS:.1f}")


def _child(parent: ET.Element, name: str, text: str = "") -> ET.Element:
    child = ET.SubElement(parent, f"{{{SLD}}}{name}")
    child.text = text or None
    return child


def _css(parent: ET.Element, **values: str) -> None:
    for name, value in values.items():
        ET.SubElement(parent, f"{{{SLD}}}CssParameter", name=name.replace("_", "-")).text = value


def _rgb(color: str) -> str:
    return ",".join(str(int(color[start : start + 2], 16)) for start in (1, 3, 5))


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"
