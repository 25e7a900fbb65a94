"""When digests leave. Imports no Django."""

import datetime as dt
from zoneinfo import ZoneInfo


def next_daily(now: dt.datetime, *, hour: int, zone: ZoneInfo) -> dt.datetime:
    """The next time it is `hour` o'clock in `zone`, after `now` (aware)."""
    local = now.astimezone(zone)
    today = dt.datetime.combine(local.date(), dt.time(hour), zone)
    return today if today > now else dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(hour), zone)


def next_weekly(now: dt.datetime, *, weekday: int, hour: int, zone: ZoneInfo) -> dt.datetime:
    """The next `weekday` (1 is Monday, 7 Sunday) at `hour` o'clock in `zone`, after `now` (aware)."""
    daily = next_daily(now, hour=hour, zone=zone).date()
    ahead = (weekday - daily.isoweekday()) % 7
    return dt.datetime.combine(daily + dt.timedelta(days=ahead), dt.time(hour), zone)


def after_quiet(now: dt.datetime, *, since: int, until: int, zone: ZoneInfo) -> dt.datetime | None:
    """When the quiet hours end that `now` (aware) is in, from `since` to `until` o'clock; None in the others."""
    hour = now.astimezone(zone).hour
    quiet = since <= hour < until if since <= until else hour >= since or hour < until
    return next_daily(now, hour=until, zone=zone) if quiet else None


def hour_start(now: dt.datetime) -> dt.datetime:
    """The full hour that `now` (aware) is in; hours start together in all zones that are whole hours apart."""
    return now.replace(minute=0, second=0, microsecond=0)
