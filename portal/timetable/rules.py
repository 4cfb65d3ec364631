import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Self

from portal.kernel import clock
from portal.kernel.i18n import mark

#: The half-hour grid of the week: 08:30 to 17:30, or to 22:00 in a week with evening classes. What lies
#: outside is drawn at the edge and keeps its true time in words.
GRID_STARTS, DAY_ENDS, HALF_HOUR = time(8, 30), time(17, 30), timedelta(minutes=30)
GRID_ROWS, LONGEST_IN_GRID = 27, 18
#: Days on which a usual week has its classes; the other columns are narrow then.
USUAL_DAYS = frozenset({4, 5})
FIRST_YEAR, LAST_YEAR = 2000, 2099
WRITTEN = re.compile(r"([0-9]{4})-W([0-9]{2})")


class LessonKind(StrEnum):
    CLASS = "class"
    SEMINAR = "seminar"
    CONFERENCE = "conference"
    EXAM = "exam"


class LessonStatus(StrEnum):
    PLANNED = "planned"
    MOVED = "moved"
    CANCELLED = "cancelled"


KIND_LABELS = {
    LessonKind.CLASS: mark("Class"),
    LessonKind.SEMINAR: mark("Seminar"),
    LessonKind.CONFERENCE: mark("Conference"),
    LessonKind.EXAM: mark("Exam"),
}


@dataclass(frozen=True, order=True)
class Week:
    """An ISO week, written 2026-W36 in addresses."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The week `text` names, in that one spelling; `ValueError` when the calendar has no such week."""
        written = WRITTEN.fullmatch(text)
        if not written or not FIRST_YEAR <= int(written[1]) <= LAST_YEAR:
            raise ValueError(f"{text!r} names no week")
        return cls.containing(date.fromisocalendar(int(written[1]), int(written[2]), 1))

    @classmethod
    def containing(cls, day: date) -> Self:
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def days(self) -> list[date]:
        """Monday to Sunday."""
        return [self.monday + timedelta(days=n) for n in range(7)]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The instants at which this Monday and the next one begin at school."""
        return clock.midnight(self.monday), clock.midnight(self.monday + timedelta(days=7))

    @property
    def earlier(self) -> "Week | None":
        return self._shift(-1)

    @property
    def later(self) -> "Week | None":
        return self._shift(+1)

    def _shift(self, weeks: int) -> "Week | None":
        other = Week.containing(self.monday + timedelta(weeks=weeks))
        return other if FIRST_YEAR <= other.year <= LAST_YEAR else None

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"


@dataclass(frozen=True)
class Slot:
    """A lesson as a student sees it; times are on the school's clock."""

    id: int
    title_fr: str
    title_en: str
    group_fr: str
    group_en: str
    kind: str
    status: str
    starts: datetime
    ends: datetime
    room: str
    remote_url: str
    lecturer: str
    was_room: str
    was_starts: datetime | None
    places: int | None

    @property
    def place_in_grid(self) -> str:
        """The classes that put the lesson on the half-hour grid: start, and length in half hours."""
        opens = datetime.combine(self.starts.date(), GRID_STARTS, self.starts.tzinfo)
        row = min(max((self.starts - opens) // HALF_HOUR, 0), GRID_ROWS - 1)
        end = -((opens - self.ends) // HALF_HOUR)
        length = max(1, min(end - row, LONGEST_IN_GRID, GRID_ROWS - row))
        return f"t{(opens + row * HALF_HOUR):%H%M} n{length}"

    @property
    def week(self) -> Week:
        return Week.containing(self.starts.date())

    @property
    def begins_at(self) -> str:
        """“09:00”, the same in both languages; written here, as Babel costs more than the whole lesson."""
        return f"{self.starts:%H:%M}"

    @property
    def finishes_at(self) -> str:
        return f"{self.ends:%H:%M}"

    @property
    def in_the_evening(self) -> bool:
        return self.ends.time() > DAY_ENDS or self.ends.date() > self.starts.date()

    @property
    def room_has_a_name(self) -> bool:
        """“Amphitheatre 1” says what it is, “B204” does not."""
        return " " in self.room

    @property
    def elsewhere(self) -> bool:
        """Moved to another room, at the same time."""
        return self.changed and bool(self.was_room) and self.was_starts is None

    @property
    def cancelled(self) -> bool:
        return self.status == LessonStatus.CANCELLED

    @property
    def changed(self) -> bool:
        return self.status != LessonStatus.PLANNED
