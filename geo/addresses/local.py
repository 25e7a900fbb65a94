"""The search in our own tables: streets by trigrams of their names, then the number inside the street.

A text has several readings (words.understand); each asks the index of streets, and the best answers of all are kept.
"""

from functools import cached_property

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.utils import timezone

from geo.addresses.found import Found, named
from geo.addresses.words import Reading, Typed, understand
from geo.lookup import TOLERANCE
from geo.models import Territory

# How much of the words typed a name must have (pg_trgm's word similarity). Swapped letters in a short name leave a
# third; asking for so little is slower, so it is done only where the first question finds nothing good, and first in
# the cities named alone.
WANTED, AT_LEAST = 0.5, 0.3
GOOD, FAIR = 0.8, 0.6
NOISE = 0.5
# How alike the name of a city must be to the words that may be it.
CITY_LIKE = 0.6
# Cities whose names are so much less like it than the best one are not meant.
CITY_MARGIN = 0.2
# Who names a city rarely means a street of that name elsewhere.
CITY_IGNORED, SURE = 0.85, 0.9
WRONG_POSTCODE = 0.7
NO_SUCH_NUMBER = 0.65
# Streets whose numbers are looked at: the same street may come from several readings.
CANDIDATES = 40
# Objects of the plan that are streets, or no place that one goes to.
NO_PLACE = ["street", "avenue", "path", "motorway", "railway", "bridge", "building", "built"]

# The planner takes comparing trigrams for as cheap as comparing numbers, and would read a whole table of streets.
BEFORE = """
SELECT set_config('pg_trgm.word_similarity_threshold', %s, true), set_config('enable_seqscan', 'off', true)
"""
AFTER = "SELECT set_config('enable_seqscan', 'on', true)"
INSIDE = """EXISTS (
    SELECT FROM geo_territorypart p WHERE p.territory_id = %(territory)s AND p.validity @> %(today)s::date
    AND ST_DWithin(p.geometry, {point}, %(tolerance)s))"""
ANYWHERE = "true"
HERE = "ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography"
CITIES = """
SELECT words, c.id, likeness FROM unnest(%(words)s::text[]) AS words JOIN geo_city c ON c.key %% words
CROSS JOIN LATERAL (SELECT (similarity(c.key, words) + word_similarity(words, c.key)) / 2 AS likeness) AS likely
WHERE likeness >= %(like)s
"""
READINGS = """unnest(%(positions)s::int[], %(keys)s::text[], %(cores)s::text[], %(cities)s::bigint[],
    %(likeness)s::float8[]) AS r (position, key, core, city, likeness)"""
# The index is asked once for the same words, whatever the city: OFFSET keeps the planner from asking it otherwise.
BY_WORDS = f"""unnest(%(different)s::text[]) AS words
CROSS JOIN LATERAL (SELECT * FROM geo_street WHERE words <%% core OFFSET 0) AS s
JOIN {READINGS} ON r.core = words AND (r.city IS NULL OR s.city_id = r.city)"""  # noqa: S608
IN_CITIES = f"{READINGS} JOIN geo_street s ON s.city_id = r.city AND r.core <%% s.core"
# The words weigh as much as the whole name, which tells "rue de la Gare" from "avenue de la Gare".
STREETS = """
SELECT r.position, s.id, s.name, s.postcode, c.name, ST_X(s.point), ST_Y(s.point), score
FROM {likely}
JOIN geo_city c ON c.id = s.city_id
CROSS JOIN LATERAL (
    SELECT (word_similarity(r.core, s.core) + similarity(r.key, s.key)) / 2 * r.likeness
        * CASE WHEN %(postcode)s IN ('', s.postcode) THEN 1 ELSE %(wrong)s END AS score
) AS likely
WHERE {inside}
ORDER BY round(score::numeric, 2) DESC, {distance}s.name, s.id, r.position LIMIT %(limit)s
"""
NUMBERS = """
SELECT street_id, number, suffix, postcode, ST_X(point), ST_Y(point) FROM geo_address
WHERE (street_id, number) IN (SELECT * FROM unnest(%s::bigint[], %s::int[])) ORDER BY suffix, id
"""
PLACES = """
SELECT kind, name, ST_X(point), ST_Y(point), (word_similarity(%(text)s, words) + similarity(%(text)s, words)) / 2
FROM (
    SELECT 'territory' AS kind, t.name, geo_plain(t.name) AS words, ST_PointOnSurface(b.geometry) AS point
    FROM geo_territory t JOIN geo_boundary b ON b.territory_id = t.id AND b.validity @> %(today)s::date
    WHERE %(text)s <%% geo_plain(t.name)
    UNION ALL (
        SELECT DISTINCT ON (name) 'place', name, geo_plain(name), ST_PointOnSurface(geometry)
        FROM geo_planfeature
        WHERE %(text)s <%% geo_plain(name) AND NOT (name = '') AND kind <> ALL(%(no_place)s)
        ORDER BY name, ST_Dimension(geometry), id)
) AS named
WHERE {inside}
ORDER BY 5 DESC, name LIMIT %(limit)s
"""
NEAREST = f"""
SELECT a.number, a.suffix, s.name, a.postcode, c.name, ST_X(a.point), ST_Y(a.point),
    ST_Distance(a.point::geography, {HERE})
FROM (
    SELECT * FROM geo_address ORDER BY (point::geography(POINT, 4326)) <-> {HERE} LIMIT 1
) AS a JOIN geo_street s ON s.id = a.street_id JOIN geo_city c ON c.id = s.city_id
"""  # noqa: S608 - a constant
WITHIN = f"""
SELECT position FROM unnest(%(positions)s::int[], %(lons)s::float8[], %(lats)s::float8[]) AS f (position, lon, lat)
WHERE {INSIDE.format(point="ST_SetSRID(ST_MakePoint(lon, lat), 4326)")} ORDER BY position
"""  # noqa: S608 - a constant


def search(text: str, *, near: Point | None = None, territory: Territory | None = None, limit: int = 8) -> list[Found]:
    """See geo.addresses.search."""
    typed = understand(text)
    if len(typed.plain) < 2 or not limit:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        search = _Search(cursor, typed, near, territory)
        # A city named well has few streets: read to the last typing error, they often hold the answer.
        found = search.streets(AT_LEAST, in_cities=True) if search.asked_cities else []
        if _best(found) < GOOD:
            found += search.streets(WANTED)
        found += search.places(limit)
        if _best(found) < FAIR:
            found = search.streets(AT_LEAST) + found
    found = list(dict.fromkeys(found))
    found.sort(key=lambda one: -round(one.score, 2))
    # What is only half as good as the best is noise beside it.
    least = _best(found) * NOISE
    return [one for one in found if one.score >= least][:limit]


def _best(found: list[Found]) -> float:
    return max((one.score for one in found), default=0)


def reverse(place: Point, *, metres: float) -> Found | None:
    """See geo.addresses.reverse."""
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, {"lon": place.x, "lat": place.y})
        row = cursor.fetchone()
    if row is None or row[-1] > metres:
        return None
    number, suffix, street, postcode, city, lon, lat, distance = row
    return Found("address", named(number, suffix, street), f"{postcode} {city}".strip(), lon, lat, distance=distance)


def inside(found: list[Found], territory: Territory) -> list[Found]:
    """Those that lie in the present outline of the territory, in the order given."""
    with connection.cursor() as cursor:
        places = {"positions": list(range(len(found))), "lons": [f.lon for f in found], "lats": [f.lat for f in found]}
        cursor.execute(WITHIN, places | _limits(territory))
        return [found[position] for (position,) in cursor.fetchall()]


def _limits(territory: Territory | None) -> dict:
    return {"territory": territory and territory.pk, "today": timezone.localdate(), "tolerance": TOLERANCE}


class _Search:
    """One search, with what its statements share."""

    def __init__(self, cursor, typed: Typed, near: Point | None, territory: Territory | None):
        self.cursor, self.typed, self.near, self.territory = cursor, typed, near, territory
        self.limits = _limits(territory)

    def _inside(self, point: str) -> str:
        return INSIDE.format(point=point) if self.territory else ANYWHERE

    @cached_property
    def asked(self) -> list[tuple[Reading, int | None, float]]:
        """The readings that make sense: with the id of the city named and how alike its name is, or None and 1."""
        words = list({reading.city for reading in self.typed.readings} - {""})
        known: dict[str, list] = {}
        if words:
            self.cursor.execute(CITIES, {"words": words, "like": CITY_LIKE})
            for typed, city, likeness in self.cursor.fetchall():
                known.setdefault(typed, []).append((city, likeness))
        closest = max((likeness for cities in known.values() for _city, likeness in cities), default=0)
        known[""] = [(None, CITY_IGNORED if closest > SURE else 1.0)]
        return [
            (reading, city, likeness)
            for reading in self.typed.readings
            for city, likeness in known.get(reading.city, ())
            if city is None or likeness > closest - CITY_MARGIN
        ]

    @property
    def asked_cities(self) -> list[tuple[Reading, int, float]]:
        """Those of `asked` that name a city."""
        return [one for one in self.asked if one[1]]

    def streets(self, threshold: float, *, in_cities: bool = False) -> list[Found]:
        """Streets, with the number of the reading where the street has it."""
        asked = self.asked_cities if in_cities else self.asked
        if not asked:
            return []
        self.cursor.execute(BEFORE, [str(threshold)])
        self.cursor.execute(self.statement(in_cities=in_cities), self.arguments(asked))
        rows = self.cursor.fetchall()
        self.cursor.execute(AFTER)
        best = {}
        for position, street, *row in rows:
            best.setdefault(street, (asked[position][0], *row))
        return self._with_numbers(best)

    def statement(self, *, in_cities: bool = False) -> str:
        """The SQL that finds streets."""
        distance = f"s.point::geography <-> {HERE}, " if self.near else ""
        likely = IN_CITIES if in_cities else BY_WORDS
        return STREETS.format(likely=likely, inside=self._inside("s.point"), distance=distance)

    def arguments(self, asked: list[tuple[Reading, int | None, float]]) -> dict:
        """What `statement` is given: these readings, as columns."""
        return self.limits | {
            "different": list({reading.core for reading, _city, _likeness in asked}),
            "positions": list(range(len(asked))),
            "keys": [reading.key for reading, _city, _likeness in asked],
            "cores": [reading.core for reading, _city, _likeness in asked],
            "cities": [city for _reading, city, _likeness in asked],
            "likeness": [likeness for _reading, _city, likeness in asked],
            "postcode": self.typed.postcode,
            "wrong": WRONG_POSTCODE,
            "lon": self.near and self.near.x,
            "lat": self.near and self.near.y,
            "limit": CANDIDATES,
        }

    def _with_numbers(self, streets: dict[int, tuple]) -> list[Found]:
        wanted = [
            (street, reading.number) for street, (reading, *_rest) in streets.items() if reading.number is not None
        ]
        numbers: dict[int, list] = {}
        if wanted:
            self.cursor.execute(NUMBERS, [list(column) for column in zip(*wanted, strict=True)])
            for street, *row in self.cursor.fetchall():
                numbers.setdefault(street, []).append(row)
        found = []
        for street, (reading, name, postcode, city, lon, lat, score) in streets.items():
            house = _house(numbers.get(street, ()), reading.suffix)
            if house:
                number, suffix, postcode, lon, lat = house
                name = named(number, suffix, name)
            elif reading.number is not None:
                score *= NO_SUCH_NUMBER
            kind, city = "address" if house else "street", f"{postcode} {city}".strip()
            found.append(Found(kind, name, city, lon, lat, score))
        return found

    def places(self, limit: int) -> list[Found]:
        """Territories and named objects of the plan."""
        self.cursor.execute(
            PLACES.format(inside=self._inside("point")),
            self.limits | {"text": self.typed.plain, "no_place": NO_PLACE, "limit": limit},
        )
        return [Found(kind, name, "", lon, lat, score) for kind, name, lon, lat, score in self.cursor.fetchall()]


def _house(rows: list, suffix: str):
    """Of the addresses with the right number, the one whose suffix is closest to what was typed."""
    return min(rows, key=lambda row: (row[1] != suffix, row[1][:1] != suffix[:1], row[1] != ""), default=None)
