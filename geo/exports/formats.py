"""The file formats that leave the platform, in one table: who writes them, in which systems, and what they are for."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from geo import crs


@dataclass(frozen=True)
class Format:
    """A file format.

    `driver` is GDAL's, empty where pyarrow writes it; `options` are for GDAL's layer; `ending` is the file name's.
    `only_srid`: the one system it allows (0: any of crs.EXPORTED). `streams`: rows leave as they are read, and no file
    is made. `words`: it has no type for dates, which leave as ISO 8601 text. `many`: it holds several layers.
    `bare`: shapes alone, without fields. `coordinates`: "wkb", or "text" for columns that people read.
    """

    name: str
    title: str
    purpose: str
    media_type: str
    driver: str = ""
    ending: str = ""
    options: tuple[tuple[str, str], ...] = ()
    only_srid: int = 0
    streams: bool = False
    words: bool = False
    many: bool = False
    bare: bool = False
    coordinates: str = "wkb"

    @property
    def systems(self) -> dict[int, str]:
        """EPSG number and title of each system it can be written in."""
        return {srid: title for srid, title in SRIDS.items() if srid == (self.only_srid or srid)}

    @property
    def file_ending(self) -> str:
        """What the name of the file ends with, without the dot."""
        return self.ending or self.name


SRIDS = {system.srid: system.title for system in crs.EXPORTED}
FORMATS = {
    one.name: one
    for one in (
        Format(
            "gpkg",
            "GeoPackage",
            _("For QGIS and ArcGIS: one file, with colours and descriptions inside."),
            "application/geopackage+sqlite3",
            "GPKG",
            # 1.4 differs in nothing of ours, and programs of the years before warn of it.
            options=(("VERSION", "1.3"),),
            many=True,
        ),
        Format(
            "geojson",
            "GeoJSON",
            _("For maps on the web and for programs."),
            "application/geo+json",
            "GeoJSON",
            options=(("RFC7946", "YES"),),
            only_srid=4326,
            words=True,
        ),
        Format(
            # One object a line, without record separators: what GDAL writes, and what reads line by line.
            "geojsonl",
            "GeoJSONSeq",
            _("For programs that read line by line: one object on each line, however many."),
            "application/x-ndjson",
            "GeoJSONSeq",
            only_srid=4326,
            streams=True,
            words=True,
        ),
        Format(
            "fgb",
            "FlatGeobuf",
            _("For large layers: quick to open and to search by place."),
            "application/flatgeobuf",
            "FlatGeobuf",
        ),
        Format(
            "parquet",
            "GeoParquet",
            _("For data analysis: DuckDB, pandas, R."),
            "application/vnd.apache.parquet",
        ),
        Format(
            "shp",
            "Shapefile",
            _("For older software: names of fields are cut to 10 characters and texts to 254."),
            "application/zip",
            "ESRI Shapefile",
            ending="shp.zip",
            options=(("ENCODING", "UTF-8"),),
            words=True,
        ),
        Format(
            "kml",
            "KML",
            _("For Google Earth."),
            "application/vnd.google-earth.kml+xml",
            "KML",
            only_srid=4326,
            words=True,
        ),
        Format(
            "csv",
            "CSV",
            _("For a spreadsheet: coordinates stand in columns of their own."),
            "text/csv",
            streams=True,
            words=True,
            coordinates="text",
        ),
        Format(
            "dxf",
            "DXF",
            _("For technical drawing (AutoCAD): the shapes alone."),
            "image/vnd.dxf",
            "DXF",
            bare=True,
        ),
    )
}
