"""What happens to an import: a person's act changes the state and calls a worker, which does what the state asks."""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common import workers
from geo.importers import ImportRefused, territories, uploads
from geo.importers.assets import import_assets
from geo.importers.territories import Fields, as_text, import_territories
from geo.imports import findings, where
from geo.imports.picture import Finding, Picture, draw
from geo.models import Import, Level

log = logging.getLogger(__name__)
State = Import.State
ATTEMPTS = 3
WORK = "geo.tasks.work_imports"
LISTED = 200  # findings that are kept
MOST_WAITING = 20  # files of one person that have changed nothing yet
# Of one question to the database while checking or importing.
SLOW = "10min"
NOTHING = MappingProxyType({})


class NotNow(ValueError):
    """The import is in another state than this act needs."""


class TooMany(ValueError):
    """Their files that wait for them are MOST_WAITING already."""


class NotAccepted(ValueError):
    """It goes at the expense of much that is in force, and its owner has not said that this is meant."""


class Outdated(Exception):
    """What is in place has changed since the check, and the import would do something else."""


@transaction.atomic
def receive(*, owner, file, language: str) -> Import:
    """Keep an uploaded file and have its layers read. `file` is a Django UploadedFile whose ending is known.

    Raises TooMany.
    """
    if Import.objects.filter(owner=owner).exclude(file="").exclude(state=State.DONE).count() >= MOST_WAITING:
        raise TooMany
    one = Import(
        owner=owner,
        territories=where.territories_of(owner) or [],
        name=Path(file.name).name[-200:],
        size=file.size,
        language=language,
    )
    one.file.save(f"import{Path(file.name).suffix.lower()}", file, save=False)
    one.save()
    workers.call(WORK)
    return one


@transaction.atomic
def check(*, pk: int, kind: str, choices: dict) -> None:
    """Have the import tried with these choices; nothing of the town changes. Raises NotNow."""
    one = _locked(pk, State.READY, State.CHECKED)
    one.kind, one.choices, one.report, one.picture, one.attempts = kind, choices, {}, "", 0
    _move(one, State.CHECKING)


@transaction.atomic
def confirm(*, pk: int, displace: bool = False) -> None:
    """Have it done as it was checked; `displace`: at the expense of what is in force. Raises NotNow, NotAccepted."""
    one = _locked(pk, State.CHECKED)
    if one.report.get("displaces") and not displace:
        raise NotAccepted
    one.attempts = 0
    _move(one, State.RUNNING)


@transaction.atomic
def discard(*, pk: int) -> None:
    """Forget an import that has changed nothing, with its file. Raises NotNow."""
    one = _locked(pk, State.READY, State.CHECKED, State.UNREADABLE)
    storage, name = one.file.storage, one.file.name
    one.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def drop_files(*, now: dt.datetime | None = None) -> int:
    """Delete the files and pictures of imports older than IMPORT_FILE_DAYS; returns how many."""
    before = (now or timezone.now()) - dt.timedelta(days=settings.IMPORT_FILE_DAYS)
    old = Import.objects.filter(created_at__lt=before).exclude(file="").exclude(state__in=Import.WORKING)
    count = 0
    for one in old:
        one.file.delete(save=False)
        one.picture = ""
        one.save(update_fields=["file", "picture"])
        count += 1
    return count


def _locked(pk: int, *states: str) -> Import:
    one = Import.objects.select_for_update().get(pk=pk)
    if one.state not in states or (not one.file and State.UNREADABLE not in states):
        raise NotNow(one.state)
    return one


def _move(one: Import, state: str) -> None:
    one.state = state
    one.save()
    workers.call(WORK)


# --- what the worker does -----------------------------------------------------------------


def work(*, limit: int = 20) -> int:
    """Do what waiting imports ask for, at most `limit`; returns how many. Two workers never do the same."""
    for done in range(limit):
        pk = _claim()
        if pk is None:
            return done
        _do(pk)
    return limit


@transaction.atomic
def _claim() -> int | None:
    """The next one, its attempt counted before it can take the worker down."""
    one = Import.objects.waiting().select_for_update(skip_locked=True).first()
    if one is None:
        return None
    one.attempts += 1
    one.save(update_fields=["attempts"])
    return one.pk


@transaction.atomic
def _do(pk: int) -> None:
    one = Import.objects.waiting().filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
    if one is None:
        return
    act, back = {
        State.READING: (_read, State.UNREADABLE),
        State.CHECKING: (_check, State.READY),
        State.RUNNING: (_run, State.CHECKED),
    }[one.state]
    with translation.override(one.language):
        try:
            if one.attempts > ATTEMPTS:
                raise ImportRefused(_("It was tried three times and did not end. Send a smaller or simpler file."))
            with transaction.atomic():
                _hurry()
                act(one)
        except ImportRefused as refusal:
            one.state = State.READY if one.state == State.RUNNING else back
            one.report = one.report | {"refused": str(refusal), "options": list(refusal.options)}
        except Outdated:
            # To be looked at and confirmed again.
            one.state, one.attempts, one.report = State.CHECKING, 0, {"again": True}
        except OperationalError:
            log.exception("import %d took too long", pk)
            one.state = back
            one.report = {"refused": _("It took too much time: simplify the outlines, or cut the file in parts.")}
        except Exception:
            log.exception("import %d failed", pk)
            one.state = back
            said = _("Something failed on our side; it has been noted, and nothing was changed. You can try again.")
            one.report = one.report | {"refused": said}
    one.save()


def _hurry() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [SLOW])


def _read(one: Import) -> None:
    with _local(one) as path:
        one.layers = uploads.describe(path)
    one.state = State.READY


def _check(one: Import) -> None:
    """Draw the file, then try the import; what refuses it does not take the picture away."""
    within = _within(one)
    again = {"again": True} if one.report.get("again") else {}
    with _local(one) as path:
        table = _reader(one)(str(path), fields=_columns(one), layer=_layer(one)["name"], others=True)
        names = [as_text(value) for value in table.columns[one.choices.get("name") or one.choices["code"]]]
        picture = draw(table, names, one.choices.get("crs", ""), within)
        one.picture = picture.as_json()
        one.report = _report({"read": len(table)}, picture.findings, picture) | again
        report = _import(one, path, within, dry_run=True)
    counts = _counts(report)
    prefix, codes = one.choices.get("code_prefix", ""), map(as_text, table.columns[one.choices["code"]])
    lines = {prefix + code: line for code, line in zip(codes, table.lines(), strict=True)}
    found = _findings(one, report, dict(zip(table.lines(), names, strict=True)), lines)
    if one.kind != Import.Kind.TERRITORIES:
        # The importer says the same of them, with what it left out.
        picture.findings = []
    picture.findings += found
    one.picture = picture.as_json()
    one.report = _report(counts, picture.findings, picture) | again | _announced(report)
    one.state = State.CHECKED


def _run(one: Import) -> None:
    with _local(one) as path:
        report = _import(one, path, _within(one), dry_run=False)
    if _announced(report) != {name: one.report.get(name) for name in ("displaces", "digest")}:
        raise Outdated
    one.report = _report(_counts(report), _findings(one, report), None)
    one.state = State.DONE


def _announced(report) -> dict:
    """What a confirmation is given for: another outcome needs another one."""
    text = json.dumps(dataclasses.asdict(report), sort_keys=True, default=vars)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"displaces": report.displaces, "digest": digest}


def _within(one: Import) -> list[int] | None:
    """As the owner's mandates are now. Raises ImportRefused."""
    within = where.territories_of(one.owner)
    if within == []:
        raise ImportRefused(_("You have no mandate to import data any more."))
    return within


def _import(one: Import, path: Path, within: list[int] | None, *, dry_run: bool):
    """Try or do it. Returns the report of the importer. Raises ImportRefused."""
    said, layer = one.choices, _layer(one)
    shared = {
        "source": str(path),
        "layer": layer["name"],
        "crs": said.get("crs", ""),
        "within": within,
        "read": _reader(one),
        "dry_run": dry_run,
    }
    if one.kind == Import.Kind.TERRITORIES:
        levels = {level.code: level for level in Level.objects.all()}
        return import_territories(
            level=levels[said["level"]],
            parent_level=levels.get(said.get("parent_level")),
            generation=dt.date.fromisoformat(said["generation"]) if said.get("generation") else None,
            code_prefix=said.get("code_prefix", ""),
            fields=Fields(
                code=said["code"],
                name=said["name"],
                parent=said.get("parent", ""),
                population=said.get("population", ""),
                population_year=said.get("population_year"),
            ),
            # Said in the report; who confirms says that it is meant.
            displace=True,
            **shared,
        )
    return import_assets(
        kind=said["asset_kind"],
        kind_name=said["asset_kind_name"],
        is_place=one.kind == Import.Kind.PLACES,
        id_column=said["code"],
        name_column=said.get("name", ""),
        **shared,
    )


def _counts(report) -> dict:
    counts = {"read": report.read, "unchanged": report.unchanged, "changed": report.changed}
    if isinstance(report, territories.Report):
        return counts | {"created": len(report.created), "ended": len(report.ended)}
    return counts | {"created": report.created, "ended": report.deactivated, "left_out": report.refused.count}


def _findings(one: Import, report, names=NOTHING, lines=NOTHING) -> list[Finding]:
    """What to say of it; `names` by line and `lines` by code, where known."""
    said = one.choices
    if isinstance(report, territories.Report):
        return findings.of_territories(report, lines) + findings.of_crs(report.crs, report.crs_assumed)
    found = findings.of_assets(report, said["asset_kind_name"], names)
    return found + findings.of_crs("EPSG:4326", not (said.get("crs") or _layer(one)["crs"]))


def _report(counts: dict, found: list[Finding], picture: Picture | None) -> dict:
    order = ("error", "warning", "info")
    found = sorted(found, key=lambda one: order.index(one.weight))
    for one in found:
        one.at = one.at or (picture and picture.place_of(one.line))
    listed = [dataclasses.asdict(one) for one in found[:LISTED]]
    return {"counts": counts, "findings": listed, "more": len(found) - len(listed)}


def _layer(one: Import) -> dict:
    return one.layers[one.choices["layer"]]


def _reader(one: Import):
    return uploads.reader(_layer(one)["member"])


def _columns(one: Import) -> list[str]:
    named = (one.choices.get(name) for name in ("code", "name", "parent", "population"))
    return list(dict.fromkeys(filter(None, named)))


@contextlib.contextmanager
def _local(one: Import) -> Iterator[Path]:
    """The file, alone in a folder of its own and under a name of ours."""
    with tempfile.TemporaryDirectory(prefix="parvis-import-") as folder:
        path = Path(folder) / f"file{Path(one.file.name).suffix}"
        with one.file.open("rb") as source, path.open("wb") as copy:
            for block in source.chunks():
                copy.write(block)
        yield path
