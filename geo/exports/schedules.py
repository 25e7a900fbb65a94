"""Exports that the clock makes: each moment of its rhythm once, whoever many clocks there are."""

import datetime as dt
import logging
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F
from django.utils import timezone, translation

from geo.exports import stores, wanted
from geo.exports.locks import alone
from geo.models import ExportSchedule

log = logging.getLogger(__name__)
Rhythm = ExportSchedule.Rhythm
MAX_ATTEMPTS = 3


def slot(schedule: ExportSchedule, now: dt.datetime) -> dt.datetime:
    """The latest moment at or before `now` when it is due, in the time of the platform."""
    local = timezone.localtime(now)
    day = local.date()
    if schedule.rhythm == Rhythm.DAILY and local.hour < schedule.hour:
        day -= dt.timedelta(days=1)
    if schedule.rhythm == Rhythm.WEEKLY:
        day -= dt.timedelta(days=day.weekday() or (7 if local.hour < schedule.hour else 0))
    if schedule.rhythm == Rhythm.MONTHLY:
        if day.day == 1 and local.hour < schedule.hour:
            day -= dt.timedelta(days=1)
        day = day.replace(day=1)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(schedule.hour)))


def due(now: dt.datetime) -> list[ExportSchedule]:
    """Those whose latest moment has come since they were set up and was not dealt with."""
    active = ExportSchedule.objects.filter(is_active=True).select_related("owner")
    return [one for one in active if (one.last_slot or one.created_at) < slot(one, now)]


def run_due(now: dt.datetime | None = None) -> None:
    """Make those that are due. A failure is kept with the schedule and in the log; the next moment tries again."""
    now = now or timezone.now()
    for schedule in due(now):
        with alone(f"schedule:{schedule.pk}") as mine:
            if mine and (fresh := next((one for one in due(now) if one.pk == schedule.pk), None)):
                _run(fresh, slot(fresh, now))


def _run(schedule: ExportSchedule, moment: dt.datetime) -> None:
    row = ExportSchedule.objects.filter(pk=schedule.pk)
    if schedule.attempts >= MAX_ATTEMPTS:
        log.error("scheduled export %s: given up after %d attempts", schedule.name, schedule.attempts)
        row.update(last_slot=moment, attempts=0, last_error="interrupted each time")
        return
    row.update(attempts=F("attempts") + 1)
    result = {"last_slot": moment, "attempts": 0}
    try:
        path, rows = put(schedule, moment)
        result |= {"last_success_at": timezone.now(), "last_path": path, "last_rows": rows, "last_error": ""}
    except Exception as error:
        log.exception("scheduled export %s failed", schedule.name)
        result["last_error"] = f"{type(error).__name__}: {error}"[:2000]
        if not connection.is_usable():
            connection.close()
            raise  # taken up again in a minute
    row.update(**result)


def put(schedule: ExportSchedule, moment: dt.datetime) -> tuple[str, int]:
    """Make the file of that moment and put it into its store; returns its path there and the number of rows.

    Raises what geo.exports.wanted and geo.exports.stores raise.
    """
    owner = schedule.owner
    if owner and not owner.is_active:
        raise wanted.NotThere("the account whose rights it has is closed")
    asked = wanted.again(schedule.layers, schedule.format, schedule.srid, schedule.parameters)
    name = stores.dated(schedule.path, timezone.localdate(moment))
    with (
        translation.override(settings.LANGUAGE_CODE),
        tempfile.TemporaryDirectory(prefix="parvis-export-") as folder,
    ):
        path = Path(folder) / asked.filename
        rows = asked.write(asked.select(owner or AnonymousUser()), path)
        stores.put(schedule.store, name, path)
    log.info("scheduled export %s: %d rows to %s", schedule.name, rows, schedule.store)
    return name, rows
