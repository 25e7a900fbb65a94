"""The national address base (BAN) of a département, from its CSV file: https://adresse.data.gouv.fr.

The file is read line by line into a temporary table and compared there, so memory does not grow with it.
"""

import gzip
import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO

from django.db import connection, transaction
from django.utils.translation import gettext as _

from geo.addresses.words import city_key, keys
from geo.importers import ImportRefused, quoted
from geo.importers.refusals import Refusals
from geo.importers.sources import local
from geo.models import Address, City, Street

COLUMNS = ("id", "numero", "rep", "nom_voie", "code_postal", "code_insee", "nom_commune", "lon", "lat")
FORMER = "code_insee_ancienne_commune"
# A line of the file has some 250 characters; a longer one is none.
MAX_LINE = 10_000
# The number that stands for "the whole hamlet" in the files of communes.
NO_NUMBER = 99_999
LENGTHS = {
    "id": Address._meta.get_field("id").max_length,
    "rep": Address._meta.get_field("suffix").max_length,
    "nom_voie": Street._meta.get_field("name").max_length,
    "code_postal": Address._meta.get_field("postcode").max_length,
    "code_insee": City._meta.get_field("code").max_length,
    "nom_commune": City._meta.get_field("name").max_length,
    FORMER: Street._meta.get_field("former_code").max_length,
}
TOLD = 100_000  # lines between two words on the progress

CREATE = """
DROP TABLE IF EXISTS pg_temp.staged_address, pg_temp.staged_street;
CREATE TEMPORARY TABLE staged_address (
    line int, id text COLLATE "C", number int, suffix text, name text, key text, core text, former text,
    postcode text, city text COLLATE "C", city_name text, city_key text, lon float8, lat float8
) ON COMMIT DROP
"""
TYPES = ["int4", "text", "int4", *["text"] * 9, "float8", "float8"]
COPY = "COPY staged_address FROM STDIN (FORMAT BINARY)"
TWICE = """
DELETE FROM staged_address s USING (
    SELECT line, row_number() OVER (PARTITION BY id ORDER BY line) AS position FROM staged_address
) AS seen
WHERE s.line = seen.line AND seen.position > 1 RETURNING s.line, s.id
"""
CITIES = """
INSERT INTO geo_city (code, name, key)
SELECT DISTINCT ON (city) city, city_name, city_key FROM staged_address ORDER BY city, line
ON CONFLICT (code) DO UPDATE SET name = excluded.name, key = excluded.key
WHERE (geo_city.name, geo_city.key) IS DISTINCT FROM (excluded.name, excluded.key)
"""
# The one of its addresses that is closest to their middle stands for a street.
STREETS = """
CREATE TEMPORARY TABLE staged_street ON COMMIT DROP AS
SELECT c.id AS city_id, s.former, s.name, min(s.key) AS key, min(s.core) AS core,
    mode() WITHIN GROUP (ORDER BY s.postcode) AS postcode,
    ST_ClosestPoint(ST_Collect(place), ST_SetSRID(ST_MakePoint(avg(s.lon), avg(s.lat)), 4326)) AS point
FROM staged_address s JOIN geo_city c ON c.code = s.city
CROSS JOIN LATERAL ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326) AS place
GROUP BY c.id, s.former, s.name;
ANALYZE staged_street, staged_address
"""
SAVE_STREETS = """
INSERT INTO geo_street AS t (city_id, former_code, name, postcode, key, core, point)
SELECT city_id, former, name, postcode, key, core, point FROM staged_street
ON CONFLICT (city_id, former_code, name) DO UPDATE
SET postcode = excluded.postcode, key = excluded.key, core = excluded.core, point = excluded.point
WHERE (t.postcode, t.key, t.core) IS DISTINCT FROM (excluded.postcode, excluded.key, excluded.core)
    OR NOT ST_OrderingEquals(t.point, excluded.point)
"""
SAVE = """
WITH saved AS (
    INSERT INTO geo_address AS a (id, street_id, number, suffix, postcode, point)
    SELECT s.id, t.id, s.number, s.suffix, s.postcode, ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326)
    FROM staged_address s JOIN geo_city c ON c.code = s.city
    JOIN geo_street t ON t.city_id = c.id AND t.former_code = s.former AND t.name = s.name
    WHERE s.number IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET street_id = excluded.street_id, number = excluded.number,
        suffix = excluded.suffix, postcode = excluded.postcode, point = excluded.point
    WHERE (a.street_id, a.number, a.suffix, a.postcode)
        IS DISTINCT FROM (excluded.street_id, excluded.number, excluded.suffix, excluded.postcode)
        OR NOT ST_OrderingEquals(a.point, excluded.point)
    RETURNING xmax = 0 AS is_new)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM saved
"""
GONE = """
DELETE FROM geo_address a USING geo_street t, geo_city c
WHERE t.id = a.street_id AND c.id = t.city_id AND c.code IN (SELECT DISTINCT city FROM staged_address)
    AND NOT EXISTS (SELECT FROM staged_address s WHERE s.id = a.id AND s.number IS NOT NULL)
"""
GONE_STREETS = """
DELETE FROM geo_street t USING geo_city c
WHERE c.id = t.city_id AND c.code IN (SELECT DISTINCT city FROM staged_address)
    AND NOT EXISTS (SELECT FROM staged_street s
                    WHERE s.city_id = t.city_id AND s.former = t.former_code AND s.name = t.name)
    AND NOT EXISTS (SELECT FROM geo_address a WHERE a.street_id = t.id)
"""
COUNTS = "SELECT (SELECT count(*) FROM staged_street), count(*) FROM staged_address WHERE number IS NOT NULL"
# A search reads what waits to enter the index of trigrams one by one.
SETTLE = """
SELECT gin_clean_pending_index('street_words'), gin_clean_pending_index('city_words');
ANALYZE geo_address, geo_street, geo_city
"""


@dataclass
class Report:
    """What an import found and did, in addresses but for `streets` and `cities` (how many the file has)."""

    read: int = 0
    left_out: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    streets: int = 0
    cities: int = 0
    refused: Refusals = field(default_factory=Refusals)


class Unusable(ValueError):
    """A line that cannot be taken; the message says why."""


@transaction.atomic
def import_addresses(
    *,
    source: str,
    communes: list[str] = (),
    dry_run: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """Make the addresses of the communes that the file holds (all, or those with these INSEE codes) those of the file.

    `source` is a path or an http(s) address of a CSV, also gzipped. Lines that cannot be taken are in the report; the
    others are written together or not at all. Raises ImportRefused, and then nothing was changed.
    """
    report = Report()
    with connection.cursor() as cursor:
        # Two imports at once would each remove what the other brings.
        cursor.execute("LOCK TABLE geo_city IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(CREATE)
        with local(source) as path, open_file(path) as file, cursor.copy(COPY) as copy:
            copy.set_types(TYPES)
            for row in _rows(file, frozenset(communes), report, progress):
                copy.write_row(row)
        cursor.execute(TWICE)
        for line, identifier in sorted(cursor.fetchall()):
            report.refused.add(line, _("the identifier %(id)s comes a second time") % {"id": quoted(identifier)})
        _check_communes(cursor, communes, report)
        progress(_("Comparing with the addresses in place…"))
        _save(cursor, report)
    transaction.set_rollback(dry_run)
    return report


def settle() -> None:
    """After an import: the next search finds its indexes in order, without waiting for the database to see to it.

    Does nothing inside a transaction, where it is not possible.
    """
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) geo_address, geo_street, geo_city")


def open_file(path: str) -> BinaryIO:
    """The file's bytes, unpacked where it is gzipped, whatever it is called."""
    file = open(path, "rb")  # noqa: SIM115 - the caller closes it
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if packed else file


def _save(cursor, report: Report) -> None:
    cursor.execute(CITIES)
    cursor.execute(STREETS)
    cursor.execute(SAVE_STREETS)
    cursor.execute(SAVE)
    report.created, report.changed = cursor.fetchone()
    cursor.execute(GONE)
    report.removed = cursor.rowcount
    cursor.execute(GONE_STREETS)
    cursor.execute(
        "SELECT count(*), (SELECT count(*) FROM staged_street) FROM staged_address WHERE number IS NOT NULL"
    )
    numbered, report.streets = cursor.fetchone()
    report.unchanged = numbered - report.created - report.changed
    cursor.execute("ANALYZE geo_address, geo_street, geo_city")


def _check_communes(cursor, communes: list[str], report: Report) -> None:
    cursor.execute("SELECT DISTINCT city FROM staged_address")
    held = {code for (code,) in cursor.fetchall()}
    report.cities = len(held)
    if missing := sorted(set(communes) - held):
        raise ImportRefused(
            _("The file has no address of the communes %(codes)s: check their INSEE codes, and the département.")
            % {"codes": ", ".join(map(quoted, missing))}
        )
    if not held:
        raise ImportRefused(_("No line of this file can be taken: %(why)s.") % {"why": report.refused.first()})


def _rows(file: BinaryIO, communes: frozenset[str], report: Report, progress) -> Iterator[tuple]:
    """The rows of the staging table, one per line that can be taken; counts and notes the others."""
    lines = _lines(file)
    where = _places_of(next(lines, b""))
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        report.read += 1
        if report.read % TOLD == 0:
            progress(_("%(count)d lines read…") % {"count": report.read})
        try:
            values = _values(line, where)
            if communes and values["code_insee"] not in communes:
                report.left_out += 1
                continue
            yield (number, *_row(values))
        except Unusable as problem:
            report.refused.add(number, str(problem))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines of the file; of one that is too long only the start, so that memory stays bounded."""
    try:
        while line := file.readline(MAX_LINE):
            rest = line
            while len(rest) == MAX_LINE and not rest.endswith(b"\n"):
                rest = file.readline(MAX_LINE)
            yield line
    except (OSError, EOFError, zlib.error) as error:
        raise ImportRefused(
            _("This file is damaged or incomplete: fetch it again (%(error)s).") % {"error": error}
        ) from error


def _places_of(header: bytes) -> dict[str, int]:
    """Column → position. Raises ImportRefused where the file is no CSV of addresses."""
    names = header.decode("utf-8-sig", "replace").strip().split(";")
    names = [name.strip('" ') for name in names]
    if missing := [name for name in COLUMNS if name not in names]:
        raise ImportRefused(
            _(
                "This is no address file of the BAN (adresses-XX.csv, with “;” between the columns): it lacks the "
                "columns %(missing)s."
            )
            % {"missing": ", ".join(missing)}
        )
    return {name: names.index(name) for name in (*COLUMNS, FORMER) if name in names} | {"": len(names)}


def _values(line: bytes, where: dict[str, int]) -> dict[str, str]:
    """Column → text of one line. Raises Unusable."""
    if len(line) >= MAX_LINE:
        raise Unusable(_("the line is longer than %(length)d characters") % {"length": MAX_LINE})
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise Unusable(_("not written in UTF-8")) from None
    if "\0" in text:
        raise Unusable(_("it holds a zero byte"))
    parts = _split(text.rstrip("\r\n"))
    if len(parts) != where[""]:
        raise Unusable(_("%(found)d columns instead of %(expected)d") % {"found": len(parts), "expected": where[""]})
    return {name: parts[position].strip() for name, position in where.items() if name}


def _split(line: str) -> list[str]:
    """Like csv, which would take a stray quote for the start of a field of many lines."""
    if '"' not in line:
        return line.split(";")
    parts, quote = [""], False
    at, end = 0, len(line)
    while at < end:
        char = line[at]
        if char == '"' and quote and line[at + 1 : at + 2] == '"':
            parts[-1] += '"'
            at += 1
        elif char == '"' and (quote or not parts[-1]):
            quote = not quote
        elif char == ";" and not quote:
            parts.append("")
        else:
            parts[-1] += char
        at += 1
    return parts


def _row(values: dict[str, str]) -> tuple:
    """One row of the staging table, without the number of its line. Raises Unusable."""
    for name in ("id", "nom_voie", "code_insee", "nom_commune"):
        if not values[name]:
            raise Unusable(_("%(column)s is empty") % {"column": name})
    for name, longest in LENGTHS.items():
        if len(values.get(name, "")) > longest:
            raise Unusable(_("%(column)s is longer than %(length)d characters") % {"column": name, "length": longest})
    key, core = keys(values["nom_voie"])
    if not core:
        raise Unusable(_("%(column)s has no letter") % {"column": "nom_voie"})
    return (
        values["id"],
        _number(values["numero"]),
        values["rep"].lower(),
        values["nom_voie"],
        key,
        core,
        values.get(FORMER, ""),
        values["code_postal"],
        values["code_insee"],
        values["nom_commune"],
        city_key(values["nom_commune"]),
        _degrees(values, "lon", 180),
        _degrees(values, "lat", 90),
    )


@lru_cache(10_000)
def _number(text: str) -> int | None:
    """The house number, None for a hamlet without any."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Unusable(_("%(column)s is not a house number: %(value)s") % {"column": "numero", "value": text[:30]})
    return None if int(text) == NO_NUMBER else int(text)


def _degrees(values: dict[str, str], column: str, most: int) -> float:
    text = values[column]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        raise Unusable(
            _("%(column)s is not a number of degrees: %(value)s") % {"column": column, "value": text[:30] or "–"}
        )
    return value
