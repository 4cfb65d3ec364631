from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from portal.kernel import clock


class LessonKind(StrEnum):
    CLASS = "class"
    SEMINAR = "seminar"
    CONFERENCE = "conference"
    EXAM = "exam"


class LessonStatus(StrEnum):
    PLANNED = "planned"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, order=True)
class Week:
    """An ISO week of school days, written 2026-W36 in URLs."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The week `text` names; `ValueError` when the calendar has no such week."""
        year, _, number = text.partition("-W")
        return cls.containing(date.fromisocalendar(int(year), int(number), 1))

    @classmethod
    def containing(cls, day: date) -> Self:
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def days(self) -> list[date]:
        """Monday to Friday."""
        return [self.monday + timedelta(days=n) for n in range(5)]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The instants Monday begins and Saturday begins at school."""
        return clock.midnight(self.monday), clock.midnight(self.monday + timedelta(days=5))

    def shift(self, weeks: int) -> "Week":
        return Week.containing(self.monday + timedelta(weeks=weeks))

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"
