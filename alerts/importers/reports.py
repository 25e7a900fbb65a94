"""Reports of another system become alerts: in sets, once each, and nobody is written to."""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.deadlines import due
from alerts.importers.mapping import Mapping, MappingError, Row, RowRefused
from alerts.models import Alert, AlertEvent, Category, Source
from alerts.routing import route
from alerts.screening import screen
from alerts.services.reports import MAX_ADDRESS
from alerts.workflow import WORKFLOW
from common.spreadsheets import harmless, meant
from geo.lookup import territory_ids_at_many

BATCH = 2000
# The act that leads to each state, for the one step an imported report has beside its arrival.
ACT_TO = {act.target: act.name for act in reversed(WORKFLOW.transitions)}
LISTED = 20


@dataclass
class Report:
    """What became of the lines. `refused` counts reasons; `examples` are (line, reason) of the first ones."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: Counter = field(default_factory=Counter)
    examples: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        self.refused[reason] += 1
        if len(self.examples) < LISTED:
            self.examples.append((line, reason))


def import_reports(
    *,
    path: Path,
    mapping: Mapping,
    refused_path: Path | None = None,
    dry_run: bool = False,
    progress=lambda count: None,
) -> Report:
    """Import a CSV as `mapping` reads it; a second run changes only what changed in the file.

    A report is known again by its system and its number there. No mail is sent and no activity recorded: it is not
    news. Each batch is a transaction, so a run that was cut off goes on where it stopped. Refused lines go to
    `refused_path` as they were, with the reason. Raises MappingError where the file lacks a column.
    """
    report = Report()
    categories = {one.code: one for one in Category.objects.offered().select_related("competence__parent", "parent")}
    router = Router()
    with path.open(encoding=mapping.encoding, errors="replace", newline="") as file:
        reader = csv.DictReader(file, delimiter=mapping.delimiter)
        reader.fieldnames = [meant(name) for name in reader.fieldnames or []]
        if missing := mapping.columns() - set(reader.fieldnames):
            there = ", ".join(reader.fieldnames)[:500]
            raise MappingError(
                _("The mapping names the column “%(name)s”, which the file does not have. It has: %(there)s.")
                % {"name": min(missing), "there": there}
            )
        with Refusals(refused_path, reader.fieldnames, mapping.delimiter) as refusals:
            for batch in _batches(reader):
                with transaction.atomic():
                    _take(batch, mapping, categories, router, report, refusals)
                    if dry_run:
                        transaction.set_rollback(True)
                progress(report.created + report.updated + report.unchanged + report.refused.total())
    return report


class Router:
    """Who gets a report: asked once for each category in each set of territories."""

    def __init__(self):
        self.known: dict[tuple, tuple] = {}

    def find(self, category: Category, row: Row, territories: tuple[int, ...]):
        key = (category.pk, territories)
        if key not in self.known:
            found = route(category, Point(row.lon, row.lat, srid=4326))
            self.known[key] = (found.body, [body.pk for body in found.also], list(found.reasons))
        return self.known[key]


class Refusals:
    """Refused lines, written as they came with the reason in a column of its own; formulas marked as text."""

    def __init__(self, path: Path | None, columns, delimiter: str):
        self.path, self.columns, self.delimiter = path, columns, delimiter
        self.file = self.writer = None

    def __enter__(self):
        if self.path:
            self.file = self.path.open("w", encoding="utf-8-sig", newline="")
            names = [*self.columns, "parvis_ligne", "parvis_motif"]
            self.writer = csv.DictWriter(self.file, names, delimiter=self.delimiter, extrasaction="ignore")
            self.writer.writerow({name: harmless(name) for name in names})
        return self

    def __exit__(self, *error):
        if self.file:
            self.file.close()

    def add(self, line: int, raw: dict, reason: str) -> None:
        if self.writer:
            row = raw | {"parvis_ligne": line, "parvis_motif": reason}
            self.writer.writerow({name: harmless(value) for name, value in row.items()})


def _batches(reader: csv.DictReader) -> Iterator[list[tuple[int, dict]]]:
    numbered = ((reader.line_num, raw) for raw in reader)
    while batch := list(islice(numbered, BATCH)):
        yield batch


def _take(batch, mapping, categories, router, report, refusals) -> None:
    rows: dict[str, tuple[int, dict, Row]] = {}

    def refuse(line, raw, reason):
        report.refuse(line, reason)
        refusals.add(line, raw, reason)

    for line, raw in batch:
        try:
            row = mapping.read(raw)
            if row.category not in categories:
                raise RowRefused(_("the category “%(code)s” is not offered") % {"code": row.category})
            if row.key in rows:
                raise RowRefused(_("this number was there before in the file"))
        except RowRefused as error:
            refuse(line, raw, str(error))
        else:
            rows[row.key] = (line, raw, row)
    there = Alert.objects.select_for_update().filter(origin=mapping.system, origin_key__in=list(rows))
    found = {alert.origin_key: alert for alert in there}
    new = []
    for key, (line, raw, row) in rows.items():
        if key not in found and _erased(row, categories[row.category]):
            refuse(line, raw, _("closed longer ago than this category keeps reports"))
        elif key not in found:
            new.append((line, raw, row))
    for key, alert in found.items():
        changed = _bring_up(alert, rows[key][2])
        report.updated += changed
        report.unchanged += not changed
    chains = _chains([(row.lon, row.lat) for _line, _raw, row in new])
    alerts = []
    for (line, raw, row), chain in zip(new, chains, strict=True):
        if chain:
            alerts.append((row, _alert(mapping, categories[row.category], row, chain, router)))
        else:
            refuse(line, raw, _("outside every territory"))
    Alert.objects.bulk_create(alert for _row, alert in alerts)
    AlertEvent.objects.bulk_create(event for row, alert in alerts for event in _events(alert, row))
    report.created += len(alerts)


def _erased(row: Row, category: Category) -> bool:
    """Whether retention would erase it at once, or has done so: what was erased does not come back by its file."""
    if category.erase_days is None or not WORKFLOW.by_state[row.status].final:
        return False
    return (row.closed or row.created) < timezone.now() - dt.timedelta(days=category.erase_days)


def _chains(places: list[tuple[float, float]]) -> list[tuple[int, ...]]:
    """The territories of each place, smallest first; empty where it is outside."""
    if not places:
        return []
    return [tuple(int(pk) for pk in reversed(row) if pk) for chunk in territory_ids_at_many(places) for row in chunk]


def _alert(mapping: Mapping, category: Category, row: Row, chain: tuple[int, ...], router: Router) -> Alert:
    body, also, reasons = router.find(category, row, chain)
    final = WORKFLOW.by_state[row.status].final
    return Alert(
        category=category,
        description=row.description,
        public_text=screen(row.description),
        public_address=screen(row.address)[:MAX_ADDRESS],
        point=Point(row.lon, row.lat, srid=4326),
        address=row.address,
        territories=list(chain),
        body=body,
        also=also,
        reasons=reasons,
        status=row.status,
        is_public=category.visibility == Category.Visibility.PUBLIC,
        source=Source.IMPORT,
        origin=mapping.system,
        origin_key=row.key,
        due_on=due(timezone.localdate(row.created), category.target_days),
        created_at=row.created,
        updated_at=row.closed or row.created,
        answered_at=row.closed,
        # Statistics leave out a closing at the very moment of the report: its day was not known.
        closed_at=(row.closed or row.created) if final else None,
    )


def _events(alert: Alert, row: Row) -> Iterator[AlertEvent]:
    yield AlertEvent(
        alert=alert, transition="report", to_status=WORKFLOW.initial, body=alert.body, created_at=row.created
    )
    if row.status != WORKFLOW.initial:
        yield _event(alert, WORKFLOW.initial, row, row.closed or row.created)


def _event(alert: Alert, before: str, row: Row, moment: dt.datetime) -> AlertEvent:
    return AlertEvent(
        alert=alert,
        transition=ACT_TO[row.status],
        from_status=before,
        to_status=row.status,
        message=row.answer,
        body=alert.body,
        data={"imported": True},
        created_at=moment,
    )


def _bring_up(alert: Alert, row: Row) -> bool:
    """Follow the other system's state, unless somebody has acted on the alert here since."""
    if alert.status == row.status or alert.events.exclude(actor=None).exists():
        return False
    moment = row.closed or timezone.now()
    _event(alert, alert.status, row, moment).save()
    alert.status, alert.updated_at = row.status, moment
    alert.answered_at = alert.answered_at or moment
    alert.closed_at = moment if alert.state.final else None
    alert.save(update_fields=["status", "updated_at", "answered_at", "closed_at"])
    return True
