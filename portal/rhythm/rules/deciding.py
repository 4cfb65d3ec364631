"""Which day is which: what the timetable holds, what was declared, and what the law keeps free."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import holidays

from portal.rhythm.rules.days import Calendar, Day, DayKind, Period, Place, days_between

SATURDAY = 6
#: When somebody is somewhere, on the school's clock: first and last moment of a lesson.
Lesson = tuple[datetime, datetime]


def calendar(
    first_on: date, last_on: date, *, periods: Sequence[Period], lessons: Iterable[Lesson]
) -> Calendar:
    """Every day from `first_on` to `last_on`, both included.

    Weekends and French public holidays (Code du travail L3133-1) are neither school nor company days. Of the
    others, a day with a lesson is a school day, a declared one is what was declared, the rest is spent in the
    company (the programme's own words: “the other days are company days”).
    """
    minutes = minutes_by_day(lessons)
    days = [
        _day(day, minutes.get(day, 0), _declared(day, periods))
        for day in days_between(first_on, last_on)
    ]
    declared = sorted(
        (
            replace(one, first_on=max(one.first_on, first_on), last_on=min(one.last_on, last_on))
            for one in periods
            if one.first_on <= last_on and first_on <= one.last_on
        ),
        key=lambda one: one.first_on,
    )
    return Calendar(days, bool(minutes or periods), _doubtful(days, declared), declared)


def minutes_by_day(lessons: Iterable[Lesson]) -> dict[date, int]:
    """Minutes of lessons by day; two at the same time, of parallel groups, count once."""
    minutes: dict[date, int] = {}
    until: datetime | None = None
    for starts, ends in sorted(lessons):
        begins = max(starts, until) if until else starts
        until = max(ends, until) if until else ends
        more = max(0, (ends - begins) // timedelta(minutes=1))
        minutes[starts.date()] = minutes.get(starts.date(), 0) + more
    return minutes


@cache
def public_holidays(year: int, language: str = "fr") -> Mapping[date, str]:
    """The public holidays of metropolitan France in `year`, by day, with their names."""
    spoken = "fr" if language == "fr" else "en_US"
    return dict(holidays.country_holidays("FR", years=year, language=spoken))


def holiday_name(day: date, language: str = "fr") -> str:
    """« Toussaint », “All Saints’ Day”; empty when `day` is no public holiday."""
    return public_holidays(day.year, language).get(day, "").replace("'", "’")


def _declared(day: date, periods: Sequence[Period]) -> Period | None:
    return next((period for period in periods if period.holds(day)), None)


def _day(day: date, minutes: int, declared: Period | None) -> Day:
    if day in public_holidays(day.year):
        return Day(day, DayKind.HOLIDAY, minutes)
    if day.isoweekday() >= SATURDAY:
        return Day(day, DayKind.WEEKEND, minutes)
    note = declared.note if declared else ""
    at_school = minutes or (declared and declared.place == Place.SCHOOL)
    return Day(day, DayKind.SCHOOL if at_school else DayKind.COMPANY, minutes, note)


def _doubtful(days: Sequence[Day], periods: Sequence[Period]) -> list[date]:
    at_work = [period for period in periods if period.place == Place.COMPANY]
    return [
        day.date
        for day in days
        if day.minutes and (day.kind != DayKind.SCHOOL or _declared(day.date, at_work))
    ]
