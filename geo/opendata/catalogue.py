"""The snapshot described in DCAT-AP as JSON-LD, for data.gouv.fr and other portals to harvest.

https://semiceu.github.io/DCAT-AP/releases/3.0.0/ and https://doc.data.gouv.fr/moissonnage/dcat/. The context stands in
the document: who reads it needs nothing else.
"""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from geo import layers
from geo.exports.writers import FORMATS
from geo.layers import Layer

MEDIA_TYPE = "application/ld+json"
LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
EU = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types"
FILE_TYPES = {"gpkg": "GPKG", "geojson": "GEOJSON", "csv": "CSV"}
LANGUAGES = {"fr": "FRA", "en": "ENG"}
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
}


def document(manifest: dict) -> dict:
    """The catalogue of a snapshot (geo.opendata.snapshot) and of the services that serve the same layers."""
    base = settings.BASE_URL
    address = base + reverse("geo:catalogue")
    shown = [layer for layer in layers.open_to(AnonymousUser()) if layer.name in manifest["layers"]]
    datasets = [_dataset(layer, manifest) for layer in shown]
    return {
        "@context": CONTEXT,
        "@id": address,
        "@type": "dcat:Catalog",
        "dct:title": _words(lambda: _("%(site)s: open data") % {"site": settings.SITE_NAME}),
        "dct:description": _words(lambda: _("Public data of what residents and their city do together, as files.")),
        "dct:publisher": _publisher(),
        "dct:license": {"@id": LICENCE},
        "dct:language": [{"@id": f"{EU}/language/{code}"} for code in LANGUAGES.values()],
        "dct:issued": _moment(min((one["issued"] for one in manifest["layers"].values()), default=manifest["made"])),
        "dct:modified": _moment(manifest["made"]),
        "foaf:homepage": {"@id": base + reverse("frontend:data")},
        "dcat:themeTaxonomy": {"@id": f"{EU}/data-theme"},
        "dcat:dataset": datasets,
        "dcat:service": _services([{"@id": one["@id"]} for one in datasets]),
    }


def _dataset(layer: Layer, manifest: dict) -> dict:
    known = manifest["layers"][layer.name]
    base = settings.BASE_URL
    found = {
        "@id": f"{base}{reverse('geo:catalogue')}#{layer.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{base}/donnees/{layer.name}",
        "dct:title": _words(lambda: f"{layer.title} – {settings.SITE_NAME}"),
        "dct:description": _words(lambda: str(layer.description or layer.title)),
        "dcat:keyword": _words(lambda: str(layer.title).lower()),
        "dcat:theme": [{"@id": f"{EU}/data-theme/{'GOVE' if layer.is_of_the_town else 'REGI'}"}],
        "dct:publisher": _publisher(),
        "dcat:contactPoint": _contact(),
        "dct:license": {"@id": LICENCE},
        "dct:accessRights": {"@id": f"{EU}/access-right/PUBLIC"},
        "dct:accrualPeriodicity": {"@id": f"{EU}/frequency/DAILY"},
        "dct:issued": _moment(known["issued"]),
        "dct:modified": _moment(known["modified"]),
        "dcat:landingPage": {"@id": base + reverse("geo:export_layer", args=[layer.name])},
        "dcat:distribution": [_distribution(layer, name, file, known) for name, file in known["files"].items()],
    }
    if known["bbox"]:
        found["dct:spatial"] = {"@type": "dct:Location", "dcat:bbox": _box(known["bbox"])}
    if known["since"]:
        found["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _moment(known["since"]),
            "dcat:endDate": _moment(manifest["made"]),
        }
    return found


def _distribution(layer: Layer, name: str, file: dict, known: dict) -> dict:
    address = settings.BASE_URL + reverse("geo:snapshot", args=[layer.name, name])
    chosen = FORMATS[name]
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": f"{chosen.title} (EPSG:{file['srid']})",
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"{IANA}/{chosen.media_type}"},
        "dct:format": {"@id": f"{EU}/file-type/{FILE_TYPES[name]}"},
        "dcat:byteSize": {"@value": str(file["size"]), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": file["sha256"], "@type": "xsd:hexBinary"},
        },
        "dct:conformsTo": {"@id": f"http://www.opengis.net/def/crs/EPSG/0/{file['srid']}"},
        "dct:license": {"@id": LICENCE},
        "dct:issued": _moment(known["issued"]),
        "dct:modified": _moment(known["modified"]),
    }


def _services(served: list[dict]) -> list[dict]:
    base = settings.BASE_URL
    ogc, tiles = base + reverse("geo:ogc"), base + reverse("geo:tiles")
    features = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
    return [
        _service(ogc, "OGC API – Features", base + reverse("geo:ogc_api"), served)
        | {"dct:conformsTo": {"@id": features}},
        _service(tiles, _("Vector tiles"), base + reverse("geo:tiles_style"), served),
    ]


def _service(address: str, title: str, description: str, served: list[dict]) -> dict:
    return {
        "@id": f"{address}#service",
        "@type": "dcat:DataService",
        "dct:title": title,
        "dcat:endpointURL": {"@id": address},
        "dcat:endpointDescription": {"@id": description},
        "dcat:servesDataset": served,
        "dct:license": {"@id": LICENCE},
        "dct:publisher": _publisher(),
    }


def _publisher() -> dict:
    name = settings.OPENDATA_PUBLISHER or settings.SITE_NAME
    return {"@id": f"{settings.BASE_URL}/#publisher", "@type": "foaf:Organization", "foaf:name": name}


def _contact() -> dict:
    found = {"@type": "vcard:Organization", "vcard:fn": settings.OPENDATA_PUBLISHER or settings.SITE_NAME}
    if settings.OPENDATA_CONTACT:
        return found | {"vcard:hasEmail": {"@id": f"mailto:{settings.OPENDATA_CONTACT}"}}
    return found | {"vcard:hasURL": {"@id": settings.BASE_URL + reverse("frontend:page", args=["a-propos"])}}


def _words(said) -> list[dict]:
    """The same text in each language."""
    found = []
    for code in LANGUAGES:
        with translation.override(code):
            found.append({"@value": said(), "@language": code})
    return found


def _moment(text: str) -> dict:
    return {"@value": text, "@type": "xsd:dateTime"}


def _box(extent) -> dict:
    west, south, east, north = extent
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    wkt = f"POLYGON(({','.join(f'{x} {y}' for x, y in corners)}))"
    return {"@value": wkt, "@type": "geosparql:wktLiteral"}
