"""A geocoder of somebody else, asked over HTTP in the way of the national one (Addok): GEOCODER_URL.

It may fail in any way: then nothing of it is believed, the failure is logged, and for a while it is not asked again,
so that no visitor waits for it.
"""

import http.client
import json
import logging
import math
import urllib.parse
import urllib.request

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.cache import cache

from geo.addresses.found import Found, named

log = logging.getLogger(__name__)
KINDS = {"housenumber": "address", "street": "street", "municipality": "territory"}
MAX_ANSWER = 1_000_000  # bytes
REST = 30  # seconds without asking after a failure
RESTING = "geocoder-rests"


class Failure(Exception):
    """The geocoder did not give an answer that can be used."""


def is_set() -> bool:
    """Whether this deployment names a geocoder."""
    return bool(settings.GEOCODER_URL)


def search(text: str, *, near: Point | None, limit: int) -> list[Found] | None:
    """What the geocoder finds, or None where it failed."""
    query = {"q": text, "limit": limit}
    if near:
        query |= {"lon": near.x, "lat": near.y}
    return _ask("search", query)


def reverse(place: Point) -> tuple[bool, Found | None]:
    """Whether the geocoder answered, and the address closest to `place` (None: it knows of none)."""
    found = _ask("reverse", {"lon": place.x, "lat": place.y, "limit": 1})
    if found is None:
        return False, None
    return True, found[0] if found else None


def _ask(what: str, query: dict) -> list[Found] | None:
    if cache.get(RESTING):
        return None
    url = f"{settings.GEOCODER_URL.rstrip('/')}/{what}/?{urllib.parse.urlencode(query)}"
    try:
        return [_found(feature, what) for feature in _features(url)]
    except Failure as failure:
        cache.set(RESTING, True, REST)
        log.warning("geocoder: %s; our own addresses answer for %d s", failure, REST)
        return None


def _features(url: str) -> list[dict]:
    if not url.startswith(("http://", "https://")):
        raise Failure("GEOCODER_URL is no http(s) address")
    try:
        with urllib.request.urlopen(url, timeout=settings.GEOCODER_TIMEOUT) as answer:  # noqa: S310 - see above
            content = answer.read(MAX_ANSWER + 1)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Failure(str(error) or type(error).__name__) from error
    if len(content) > MAX_ANSWER:
        raise Failure("the answer is too large")
    try:
        features = json.loads(content)["features"]
        if not isinstance(features, list):
            raise TypeError
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Failure("the answer is no GeoJSON") from error
    return features


def _found(feature: dict, what: str) -> Found:
    try:
        said = feature["properties"]
        lon, lat = map(float, feature["geometry"]["coordinates"][:2])
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise ValueError("coordinates")
        kind = KINDS.get(said["type"], "place")
        name, city = str(said["name"]), f"{said.get('postcode', '')} {said.get('city', '')}".strip()
        if number := said.get("housenumber"):
            name = named(number, "", str(said.get("street") or name.removeprefix(f"{number} ")))
        elif kind == "territory":
            city = str(said.get("postcode", ""))
        distance = float(said["distance"]) if what == "reverse" else None
        score = float(said.get("score", 0))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Failure(f"a feature cannot be read ({error!r})") from error
    if not (math.isfinite(score) and (distance is None or math.isfinite(distance))):
        raise Failure("a figure is not finite")
    return Found(kind, name[:200], city[:200], lon, lat, score, distance)
