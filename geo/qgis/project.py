"""A QGIS project (QGIS 3.22 and later): each layer over OGC API – Features, drawn as its legend says, in groups.

No key is inside. A layer that needs one names an authentication configuration (AUTH) that QGIS keeps on the person's
own machine.
"""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Polygon
from django.utils.translation import gettext as _

from geo.exports import styles
from geo.layers import Layer

VERSION = "3.22.0-Białowieża"
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
SRID = 2154
AUTH = "parvis0"
PAGE = 1000  # features a request
SHAPES = {"POINT": "Point", "LINESTRING": "Line", "POLYGON": "Polygon", "MULTIPOLYGON": "Polygon"}
# Closer than 1 to this: what would cover the map from afar.
DENSE = 25_000


def document(root: str, title: str, shown: Iterable[Layer], extent: tuple[float, float, float, float]) -> str:
    """The project of the layers `shown`, as the text of a .qgs; `root` is the address of the OGC API.

    `extent` is west, south, east, north in degrees, where the map opens.
    """
    shown = list(shown)
    project = ET.Element("qgis", projectname=title, version=VERSION)
    _text(project, "title", title)
    _system(ET.SubElement(project, "projectCrs"), SRID)
    tree = ET.SubElement(project, "layer-tree-group")
    for name, members in _groups(shown):
        group = ET.SubElement(tree, "layer-tree-group", name=name, checked="Qt::Checked", expanded="1")
        for layer in members:
            ET.SubElement(
                group,
                "layer-tree-layer",
                id=_id(layer),
                name=_name(layer),
                providerKey="OAPIF",
                source=source(root, layer),
                checked="Qt::Checked" if layer.is_of_the_town or layer.name == "territories" else "Qt::Unchecked",
                expanded="0",
            )
    canvas = ET.SubElement(project, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    _text(canvas, "units", "meters")
    _box(ET.SubElement(canvas, "extent"), extent, SRID)
    _text(canvas, "rotation", "0")
    _system(ET.SubElement(canvas, "destinationsrs"), SRID)
    enabled = ET.SubElement(ET.SubElement(project, "properties"), "SpatialRefSys")
    _text(enabled, "ProjectionsEnabled", "1").set("type", "int")
    view = ET.SubElement(project, "ProjectViewSettings", UseProjectScales="0")
    default = ET.SubElement(view, "DefaultViewExtent", _bounds(extent, SRID))
    _system(default, SRID)
    layers = ET.SubElement(project, "projectlayers")
    for layer in shown:
        layers.append(_layer(root, layer, extent))
    ET.indent(project)
    return DOCTYPE + ET.tostring(project, encoding="unicode") + "\n"


def source(root: str, layer: Layer) -> str:
    """The layer as QGIS's provider OAPIF names it."""
    said = {
        "pagingEnabled": "true",
        "pageSize": str(PAGE),
        "restrictToRequestBBOX": "1",
        "srsname": "EPSG:4326",
        "typename": layer.name,
        "url": root,
        "version": "OGC_API_FEATURES",
    }
    if is_restricted(layer):
        said["authcfg"] = AUTH
    return " ".join(f"{name}='{value}'" for name, value in said.items())


def is_restricted(layer: Layer) -> bool:
    """Whether strangers do not see it."""
    return not layer.open_to(AnonymousUser())


def _groups(shown: list[Layer]) -> list[tuple[str, list[Layer]]]:
    """What is drawn above comes first."""
    # Lines and outlines below the points that stand in them.
    town = sorted((layer for layer in shown if layer.is_of_the_town), key=_depth)
    work = [layer for layer in shown if not layer.is_of_the_town and is_restricted(layer)]
    ground = [layer for layer in shown if layer not in town and layer not in work]
    ground.sort(key=_depth)
    groups = [(_("Work of the services"), work), (_("Life of the town"), town), (_("Reference"), ground)]
    return [(name, members) for name, members in groups if members]


def _layer(root: str, layer: Layer, extent: tuple) -> ET.Element:
    shape = _shape(layer)
    found = ET.Element("maplayer", type="vector", geometry=SHAPES.get(shape, "Point"), hasScaleBasedVisibilityFlag="0")
    if layer.name == "equipment":
        found.set("hasScaleBasedVisibilityFlag", "1")
        found.set("minScale", str(DENSE))
        found.set("maxScale", "0")
    _box(ET.SubElement(found, "extent"), extent, 4326)
    _text(found, "id", _id(layer))
    _text(found, "datasource", source(root, layer))
    _text(found, "title", str(layer.title))
    _text(found, "abstract", str(layer.description))
    _text(found, "layername", _name(layer))
    _system(ET.SubElement(found, "srs"), 4326)
    provider = _text(found, "provider", "OAPIF")
    provider.set("encoding", "UTF-8")
    style = ET.fromstring(styles.qml(layer, shape).partition("\n")[2])  # noqa: S314 - made by ourselves
    # Territories of all levels lie over each other.
    for option in style.iterfind(".//layer[@class='SimpleFill']//Option[@name='style']"):
        option.set("value", "no")
    found.extend(style)
    return found


def _shape(layer: Layer) -> str:
    rows = layer.queryset(AnonymousUser())
    return layer.type_of(rows)


def _depth(layer: Layer) -> int:
    """How far below others it is drawn."""
    return next((depth for depth, kind in enumerate(("POINT", "LINE")) if kind in _shape(layer)), 2)


def _id(layer: Layer) -> str:
    return f"parvis_{layer.name}"


def _name(layer: Layer) -> str:
    title = str(layer.title)
    return title[:1].upper() + title[1:]


def _system(parent: ET.Element, srid: int) -> None:
    system = ET.SubElement(parent, "spatialrefsys")
    # QGIS only looks at the authority's code where its own number is one; which, does not matter.
    _text(system, "srsid", "1")
    _text(system, "srid", str(srid))
    _text(system, "authid", f"EPSG:{srid}")


def _box(parent: ET.Element, degrees: tuple[float, float, float, float], srid: int) -> None:
    for name, value in _bounds(degrees, srid).items():
        _text(parent, name, value)


def _bounds(degrees: tuple[float, float, float, float], srid: int) -> dict[str, str]:
    """The box in that system, as QGIS names its sides."""
    box = Polygon.from_bbox(degrees)
    box.srid = 4326
    if srid != 4326:
        box.transform(srid)
    return {name: f"{value:.8f}" for name, value in zip(("xmin", "ymin", "xmax", "ymax"), box.extent, strict=True)}


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = text
    return child
