"""The demo's academic year: which days the clock of today makes of the school's calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from holidays.countries import France

from portal.kernel.clock import months_later

TEACHING_MONTHS = 7
OCTOBER = 10
THURSDAY, FRIDAY, SATURDAY = 3, 4, 5
#: Without a week of lessons ahead a timetable looks dead.
LESSONS_AHEAD = timedelta(days=7)
INSTALMENTS, INSTALMENT_DAY = 6, 5
#: Months after the first one whose second week is one of intensive seminars: October and January.
INTENSIVE = (0, 3)


@dataclass(frozen=True)
class Year:
    """A year of study. `starts_on` is the first of a month; teaching lasts seven months.

    The school's own is October to April. From the last week of April to the end of September the whole
    year is moved by months, so that today lies in its third one and lessons go on. Instalments fall due
    on the 5th of November to April; from 5 January on they are moved too, so that two are always past.
    """

    starts_on: date
    first_due_on: date

    @classmethod
    def around(cls, today: date) -> "Year":
        starts_on = _october_before(today)
        if today + LESSONS_AHEAD > months_later(starts_on, TEACHING_MONTHS):
            starts_on = months_later(today.replace(day=1), -2)
        second_due = months_later(today.replace(day=1), 0 if today.day >= INSTALMENT_DAY else -1)
        first_due = max(months_later(starts_on, 1), months_later(second_due, -1))
        return cls(starts_on, first_due.replace(day=INSTALMENT_DAY))

    @property
    def name(self) -> str:
        """“2026-2027”, counted from August."""
        first = self.starts_on.year - (self.starts_on.month < 8)
        return f"{first}-{first + 1}"

    @property
    def ends_on(self) -> date:
        return months_later(self.starts_on, 12) - timedelta(days=1)

    @property
    def deposit_due_on(self) -> date:
        return months_later(self.starts_on, -1)

    @property
    def due_dates(self) -> list[date]:
        """Of the six instalments."""
        months = (months_later(self.first_due_on.replace(day=1), n) for n in range(INSTALMENTS))
        return [month.replace(day=INSTALMENT_DAY) for month in months]

    @cached_property
    def school_days(self) -> list[date]:
        """Thursdays and Fridays, and five days of an intensive week; never a public holiday."""
        days = (self._teaching_ends_on - self.starts_on).days
        return [
            day
            for day in (self.starts_on + timedelta(days=n) for n in range(days))
            if day not in self._free
            and (day.weekday() in (THURSDAY, FRIDAY) or self.is_intensive(day))
        ]

    def is_intensive(self, day: date) -> bool:
        return any(0 <= (day - monday).days < SATURDAY for monday in self.intensive_mondays)

    @cached_property
    def exam_days(self) -> list[date]:
        """The last Friday of the fourth and of the last month of teaching."""
        fridays = [day for day in self.school_days if day.weekday() == FRIDAY]
        months = [months_later(self.starts_on, n) for n in (4, TEACHING_MONTHS)]
        return [max(day for day in fridays if day < month) for month in months]

    @cached_property
    def intensive_mondays(self) -> list[date]:
        """The second Monday of the first and of the fourth month."""
        months = [months_later(self.starts_on, n) for n in INTENSIVE]
        return [day + timedelta(days=7 + -day.weekday() % 7) for day in months]

    @property
    def _teaching_ends_on(self) -> date:
        return months_later(self.starts_on, TEACHING_MONTHS)

    @cached_property
    def _free(self) -> France:
        return France(years=range(self.starts_on.year, self._teaching_ends_on.year + 1))


def _october_before(day: date) -> date:
    return date(day.year - (day.month < OCTOBER), OCTOBER, 1)
