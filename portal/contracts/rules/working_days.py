"""French working days: *jours ouvrables*, Monday to Saturday without public holidays (Code du travail L3133-1)."""

from datetime import date, timedelta
from functools import cache

import holidays

DAY = timedelta(days=1)
SUNDAY, SATURDAY = 7, 6


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The public holidays of metropolitan France in `year`."""
    return frozenset(holidays.country_holidays("FR", years=year))


def is_holiday(day: date) -> bool:
    return day in public_holidays(day.year)


def is_working_day(day: date) -> bool:
    """Whether `day` is a *jour ouvrable*."""
    return day.isoweekday() != SUNDAY and not is_holiday(day)


def is_office_day(day: date) -> bool:
    """Whether somebody sits in an office: Monday to Friday without public holidays."""
    return day.isoweekday() < SATURDAY and not is_holiday(day)


def working_days_after(day: date, count: int) -> date:
    """The last of `count` working days that follow `day`, which itself does not count."""
    while count:
        day += DAY
        count -= is_working_day(day)
    return day
