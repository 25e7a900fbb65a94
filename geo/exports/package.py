"""What a GeoPackage says of its layers beside their rows: styles for QGIS and descriptions.

Styles are in `layer_styles`, where QGIS and GDAL look; descriptions in the metadata extension of the standard
(OGC 12-128r19, annex F.8), as QGIS's own metadata, which its layer properties show.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from geo.crs import BY_SRID
from geo.exports import styles
from geo.layers import Layer

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
LICENCE_NAME = "Licence Ouverte / Open Licence 2.0"
QMD = "http://mrcc.com/qgis.dtd"
EXTENSION = "http://www.geopackage.org/spec/#extension_metadata"
TABLES = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE IF NOT EXISTS gpkg_metadata (
    id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
    md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS gpkg_metadata_reference (
    reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
    timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
    CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
    CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', 'layer_styles');
"""
STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
                          styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, ?, ?, ?, ?, 1, ?, '')
"""


def complete(path: Path, written: Iterable[tuple[Layer, QuerySet]], srid: int) -> None:
    """Add styles and descriptions of these layers to the GeoPackage at `path`, which has them in EPSG:`srid`."""
    with sqlite3.connect(path) as package:
        package.executescript(TABLES)
        for table in ("gpkg_metadata", "gpkg_metadata_reference"):
            package.execute(
                "INSERT OR IGNORE INTO gpkg_extensions VALUES (?, NULL, 'gpkg_metadata', ?, 'read-write')",
                [table, EXTENSION],
            )
        columns = dict(package.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall())
        for layer, rows in written:
            shape = layer.type_of(rows)
            drawn = (styles.qml(layer, shape), styles.sld(layer, shape))
            package.execute(
                STYLE, [layer.name, columns[layer.name], str(layer.title)[:30], *drawn, str(layer.description)]
            )
            told = package.execute(
                "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) VALUES (?, ?, ?, ?)",
                ["dataset", QMD, "text/xml", description(layer, srid)],
            )
            package.execute(
                "INSERT INTO gpkg_metadata_reference (reference_scope, table_name, md_file_id) VALUES ('table', ?, ?)",
                [layer.name, told.lastrowid],
            )
    package.close()


def is_public(layer: Layer) -> bool:
    """Whether anybody may have it, and so under an open licence."""
    return layer.open_to(AnonymousUser())


def description(layer: Layer, srid: int) -> str:
    """What the layer is, what each field means, its licence, date and system, as QGIS's metadata (QMD)."""
    root = ET.Element("qgis", version="3.22.0")
    moment = timezone.now()
    fields = "\n".join(f"{one.name}: {one.title}" for one in layer.fields)
    texts = {
        "identifier": f"{settings.BASE_URL}/exports/{layer.name}/",
        "language": settings.LANGUAGE_CODE,
        "type": "dataset",
        "title": str(layer.title),
        "abstract": f"{layer.description}\n\n{_('Fields')}\n{fields}",
    }
    for name, text in texts.items():
        ET.SubElement(root, name).text = text
    opened, kept = f"{LICENCE_NAME} ({LICENCE})", _("For the work of the service; not to be published.")
    ET.SubElement(root, "license").text = opened if is_public(layer) else kept
    ET.SubElement(root, "rights").text = settings.SITE_NAME
    ET.SubElement(root, "encoding").text = "UTF-8"
    system = ET.SubElement(ET.SubElement(root, "crs"), "spatialrefsys")
    ET.SubElement(system, "srid").text = str(srid)
    ET.SubElement(system, "authid").text = f"EPSG:{srid}"
    ET.SubElement(system, "description").text = BY_SRID[srid].title
    ET.SubElement(root, "dates").append(ET.Element("date", type="Created", value=f"{moment:%Y-%m-%dT%H:%M:%SZ}"))
    links = ET.SubElement(root, "links")
    ET.SubElement(links, "link", type="WWW:LINK", name=settings.SITE_NAME, url=texts["identifier"])
    return ET.tostring(root, encoding="unicode")
