"""The coordinate reference systems we speak, with the order of axes that their authority gives them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class System:
    """A reference system: its EPSG number, its OGC name, and how coordinates are written in it.

    `north_first`: its authority puts latitude before longitude, as OGC API – Features Part 2 asks us to.
    `decimals` is a precision of about a centimetre. `computed_as`: a system whose numbers are the same and which every
    PostGIS knows.
    """

    srid: int
    title: str
    uri: str
    north_first: bool = False
    decimals: int = 3
    computed_as: int = 0


def _epsg(srid: int, title: str, **more) -> System:
    return System(srid, title, f"http://www.opengis.net/def/crs/EPSG/0/{srid}", **more)


CRS84 = System(4326, "WGS 84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", decimals=7)
SYSTEMS = (
    CRS84,
    _epsg(4326, "WGS 84", north_first=True, decimals=7),
    _epsg(4171, "RGF93 v1", north_first=True, decimals=7),
    _epsg(2154, "RGF93 v1 / Lambert-93"),
    _epsg(3857, "WGS 84 / Pseudo-Mercator"),
    *(_epsg(3900 + zone, f"RGF93 v1 / CC{zone}") for zone in range(42, 51)),
)
BY_URI = {system.uri: system for system in SYSTEMS}
# Only files come in these. RGF93 v2b has the projections of v1, and to either WGS 84 is the same within its metre: the
# numbers are those of v1, the name is what the file bears. PostGIS 3.3 lists neither, PROJ knows both.
V2B = (
    _epsg(9794, "RGF93 v2b / Lambert-93", computed_as=2154),
    *(_epsg(9800 + zone, f"RGF93 v2b / CC{zone}", computed_as=3900 + zone) for zone in range(42, 51)),
)
EXPORTED = (*SYSTEMS[1:], *V2B)
BY_SRID = {system.srid: system for system in EXPORTED}
