"""Days, months and years, and how many days of each kind there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.kernel.clock import months_later
from portal.kernel.i18n import mark

DAY = timedelta(days=1)


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
        before = days_between(self.first_on.replace(day=1), self.first_on - DAY)
        after = days_between(self.last_on + DAY, months_later(self.last_on.replace(day=1), 1) - DAY)
        outside = [[Day(day, DayKind.OUTSIDE) for day in days] for days in (before, after)]
        for day in (*outside[0], *self.days, *outside[1]):
            by_month.setdefault(day.date.replace(day=1), []).append(day)
        return [Month(first, days, Totals.of(days)) for first, days in by_month.items()]

    @property
    def working_days(self) -> list[Day]:
        """The school days and company days, without weekends and holidays."""
        return [day for day in self.days if day.kind in (DayKind.SCHOOL, DayKind.COMPANY)]


def days_between(first_on: date, last_on: date) -> list[date]:
    """Both ends included; none when they are out of order."""
    return [first_on + DAY * n for n in range((last_on - first_on).days + 1)]
