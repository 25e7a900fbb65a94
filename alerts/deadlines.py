"""Working days: Monday to Friday, but public holidays."""

import datetime as dt
from functools import lru_cache

import holidays
from django.conf import settings


@lru_cache(maxsize=8)
def _calendar(country: str, region: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=region or None)


def is_working_day(day: dt.date) -> bool:
    """Not a weekend, nor a public holiday of settings.HOLIDAYS_COUNTRY and HOLIDAYS_REGION (such as FR, 57)."""
    return day.isoweekday() <= 5 and not is_holiday(day)


def is_holiday(day: dt.date) -> bool:
    """A public holiday of the settings' country and region."""
    return day in _calendar(settings.HOLIDAYS_COUNTRY, settings.HOLIDAYS_REGION)


def due(start: dt.date, working_days: int) -> dt.date:
    """The day that many working days after `start`, which does not count; `start` itself where 0."""
    day = start
    while working_days > 0:
        day += dt.timedelta(days=1)
        working_days -= is_working_day(day)
    return day
