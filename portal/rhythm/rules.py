"""School days and company days: which day is which, and how many of each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from hashlib import sha256

import holidays

from portal.kernel.clock import months_later
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark

SATURDAY = 6
DAY = timedelta(days=1)
#: When somebody is somewhere, on the school's clock: first and last moment of a lesson.
Lesson = tuple[datetime, datetime]


class Place(StrEnum):
    SCHOOL = "school"
    COMPANY = "company"


class DayKind(StrEnum):
    SCHOOL = "school"
    COMPANY = "company"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    #: Of the first and the last month, what lies before and after the calendar.
    OUTSIDE = "outside"


PLACE_LABELS = {Place.SCHOOL: mark("At school"), Place.COMPANY: mark("In the company")}
DAY_LABELS = {
    DayKind.SCHOOL: mark("school"),
    DayKind.COMPANY: mark("company"),
    DayKind.HOLIDAY: mark("public holiday"),
    DayKind.WEEKEND: mark("weekend"),
}


@dataclass(frozen=True)
class Period:
    """Days the school has declared, both ends included: where the cohort is, whatever the timetable lacks."""

    first_on: date
    last_on: date
    place: Place
    note: str = ""

    def holds(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on


@dataclass(frozen=True)
class Day:
    """One day. `minutes`: lessons planned on it, also when it is a day that counts for nobody."""

    date: date
    kind: DayKind
    minutes: int = 0
    note: str = ""

    @property
    def place_in_week(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return self.date.isoweekday()


@dataclass(frozen=True)
class Totals:
    """How many days of each kind, and the minutes of lessons the timetable holds."""

    school_days: int
    company_days: int
    minutes: int

    @classmethod
    def of(cls, days: Collection[Day]) -> "Totals":
        kinds = [day.kind for day in days]
        return cls(
            school_days=kinds.count(DayKind.SCHOOL),
            company_days=kinds.count(DayKind.COMPANY),
            minutes=sum(day.minutes for day in days),
        )

    @property
    def hours(self) -> str:
        """“412 h”, “412 h 30”, the same in both languages; the space does not break."""
        whole, rest = divmod(self.minutes, 60)
        return f"{whole}\u00a0h\u00a0{rest:02}" if rest else f"{whole}\u00a0h"


@dataclass(frozen=True)
class Month:
    first: date
    days: Sequence[Day]
    totals: Totals


@dataclass(frozen=True)
class Calendar:
    """Every day from the first to the last. `known`: there is a lesson or a declared period to go by."""

    days: Sequence[Day]
    known: bool
    #: Days on which a lesson is planned although they are a weekend, a holiday or declared for the company.
    doubtful: Sequence[date]
    #: What was declared of these days, in order.
    periods: Sequence[Period]

    @property
    def first_on(self) -> date:
        return self.days[0].date

    @property
    def last_on(self) -> date:
        return self.days[-1].date

    @property
    def totals(self) -> Totals:
        return Totals.of(self.days)

    @property
    def months(self) -> list[Month]:
        """Whole months; days before the first and after the last are `OUTSIDE`."""
        by_month: dict[date, list[Day]] = {}
        before = _days(self.first_on.replace(day=1), self.first_on - DAY)
        after = _days(self.last_on + DAY, months_later(self.last_on.replace(day=1), 1) - DAY)
        outside = [[Day(day, DayKind.OUTSIDE) for day in days] for days in (before, after)]
        for day in (*outside[0], *self.days, *outside[1]):
            by_month.setdefault(day.date.replace(day=1), []).append(day)
        return [Month(first, days, Totals.of(days)) for first, days in by_month.items()]

    @property
    def working_days(self) -> list[Day]:
        """The school days and company days, without weekends and holidays."""
        return [day for day in self.days if day.kind in (DayKind.SCHOOL, DayKind.COMPANY)]


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
        _day(day, minutes.get(day, 0), _declared(day, periods)) for day in _days(first_on, last_on)
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


def check_period(period: Period, *, starts_on: date, ends_on: date) -> None:
    """A period has its days in order, within the cohort's year."""
    if period.first_on > period.last_on:
        raise NotPossible("The last day is before the first day.")
    if period.first_on < starts_on or period.last_on > ends_on:
        raise NotPossible("These days are outside the cohort’s year.")


def check_free(period: Period, others: Iterable[Period]) -> None:
    """`NotPossible` when one of the days is declared already."""
    if any(
        other.first_on <= period.last_on and period.first_on <= other.last_on for other in others
    ):
        raise NotPossible("Another period holds some of these days already. Change that one first.")


def may_share(role: str, permissions: Collection[str]) -> bool:
    """Who renews and revokes the company's private link: student, company, and staff who check contracts."""
    return role != "staff" or bool({"registrar", "director"} & set(permissions))


def fingerprint(secret: str) -> str:
    """What is kept of a private link: enough to recognise it, not to open it."""
    return sha256(secret.encode()).hexdigest()


@cache
def public_holidays(year: int, language: str = "fr") -> Mapping[date, str]:
    """The public holidays of metropolitan France in `year`, by day, with their names."""
    spoken = "fr" if language == "fr" else "en_US"
    return dict(holidays.country_holidays("FR", years=year, language=spoken))


def holiday_name(day: date, language: str = "fr") -> str:
    """« Toussaint », “All Saints’ Day”; empty when `day` is no public holiday."""
    return public_holidays(day.year, language).get(day, "").replace("'", "’")


def _days(first_on: date, last_on: date) -> list[date]:
    return [first_on + DAY * n for n in range((last_on - first_on).days + 1)]


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
