"""Files that QGIS loads into its list of connections: one kind of connection in each, as QGIS wants it."""

from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from geo.layers import Layer
from geo.qgis.project import AUTH, PAGE, is_restricted
from geo.tiles.grid import MAX_ZOOM


def features(name: str, root: str, shown: list[Layer]) -> str:
    """The connection to OGC API – Features, for “WFS / OGC API – Features”, Load.

    Where a layer of `shown` is not for everybody, a second one asks for the person's key.
    """
    top = ET.Element("qgsWFSConnections", version="1.1")
    connections = [(name, "")]
    if any(map(is_restricted, shown)):
        connections.append((_("%(site)s – my mandates") % {"site": name}, AUTH))
    for title, key in connections:
        ET.SubElement(
            top,
            "wfs",
            name=title,
            url=root,
            version="OGC_API_FEATURES",
            pagingenabled="true",
            pagesize=str(PAGE),
            maxnumfeatures="",
            ignoreAxisOrientation="0",
            invertAxisOrientation="0",
            username="",
            password="",
            authcfg=key,
        )
    return _text(top)


def tiles(name: str, root: str, shown: list[Layer]) -> str:
    """A connection to the vector tiles of each layer, for “Vector Tiles”, Load; `root` is where tiles are.

    The style is that of all layers: QGIS takes from it what is drawn of the one.
    """
    top = ET.Element("qgsVectorTileConnections", version="1.0")
    for layer in shown:
        ET.SubElement(
            top,
            "vectortile",
            name=f"{name} – {layer.title}",
            url=f"{root}{layer.name}/{{z}}/{{x}}/{{y}}.mvt",
            zmin="0",
            zmax=str(MAX_ZOOM),
            serviceType="generic",
            styleUrl=f"{root}style.json",
            authcfg=AUTH if is_restricted(layer) else "",
            username="",
            password="",
            referer="",
        )
    return _text(top)


def _text(top: ET.Element) -> str:
    ET.indent(top)
    return "<!DOCTYPE connections>\n" + ET.tostring(top, encoding="unicode") + "\n"
