"""Files that QGIS loads into its list of connections: one kind of connection in each, as QGIS wants it."""

from xml.etree import ElementTree as ET

from geo.layers import Layer
from geo.qgis.project import PAGE
from geo.tiles.grid import MAX_ZOOM


def features(name: str, root: str) -> str:
    """The connection to OGC API – Features, for “WFS / OGC API – Features”, Load."""
    top = ET.Element("qgsWFSConnections", version="1.1")
    ET.SubElement(
        top,
        "wfs",
        name=name,
        url=root,
        version="OGC_API_FEATURES",
        pagingenabled="true",
        pagesize=str(PAGE),
        maxnumfeatures="",
        ignoreAxisOrientation="0",
        invertAxisOrientation="0",
        username="",
        password="",
        authcfg="",
    )
    return _text(top)


def tiles(name: str, root: str, shown: list[Layer]) -> str:
    """A connection to the vector tiles of each layer, for “Vector Tiles”, Load; `root` is where tiles are."""
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
            styleUrl="",
            authcfg="",
            username="",
            password="",
            referer="",
        )
    return _text(top)


def _text(top: ET.Element) -> str:
    ET.indent(top)
    return "<!DOCTYPE connections>\n" + ET.tostring(top, encoding="unicode") + "\n"
