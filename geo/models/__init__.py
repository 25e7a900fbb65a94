"""Places and who is competent there.

Geometry is stored in EPSG:4326, the system of GeoJSON, Open311 and tiles. Metres come from a cast to geography or
from settings.METRIC_SRID.
"""

from geo.models.addresses import Address, City, Street
from geo.models.bodies import Body, Competence, Jurisdiction
from geo.models.exports import Export, ExportSchedule
from geo.models.ground import Asset, AssetKind, PlanFeature
from geo.models.imports import Import
from geo.models.territories import Boundary, Level, Territory, TerritoryPart

__all__ = [
    "Address",
    "Asset",
    "AssetKind",
    "Body",
    "Boundary",
    "City",
    "Competence",
    "Export",
    "ExportSchedule",
    "Import",
    "Jurisdiction",
    "Level",
    "PlanFeature",
    "Street",
    "Territory",
    "TerritoryPart",
]
