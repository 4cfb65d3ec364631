"""Days and periods as people type them, and the fiscal year they lie in."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from portal.kernel.errors import NotPossible

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Outside these years a day is a typing mistake; instants near year 1 or 9999 do not even exist.
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class FiscalYear:
    begins: date
    ends: date


def parse_day(text: str) -> date:
    """The day of “2026-09-30”; `ValueError` for everything else, other digits and 31 February included."""
    if not DAY.fullmatch(text):
        raise ValueError(f"not a day: {text[:40]!r}")
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"not a day of our time: {text!r}")
    return day


def fiscal_year_of(day: date, first_month: int) -> FiscalYear:
    """The twelve months that hold `day` and begin on the first of `first_month`."""
    year = day.year if day.month >= first_month else day.year - 1
    return FiscalYear(date(year, first_month, 1), date(year + 1, first_month, 1) - timedelta(1))


def default_period(today: date, first_month: int) -> tuple[date, date]:
    """From the beginning of the fiscal year to yesterday."""
    yesterday = today - timedelta(days=1)
    return fiscal_year_of(yesterday, first_month).begins, yesterday


def check_order(begins: date | None, ends: date | None) -> None:
    """`NotPossible` for a period that ends before it begins."""
    if begins and ends and ends < begins:
        raise NotPossible("The period ends before it begins.")


def check_closed(begins: date, ends: date, today: date, first_month: int) -> None:
    """`NotPossible` unless the period is over and lies in one fiscal year.

    Entries are numbered through their fiscal year. A day that is not over would still grow, and
    with it the numbers of a second export of the same period.
    """
    if ends >= today:
        raise NotPossible("The books hold days that are over: choose yesterday or earlier.")
    if fiscal_year_of(begins, first_month) != fiscal_year_of(ends, first_month):
        raise NotPossible("The period must lie within one fiscal year.")
