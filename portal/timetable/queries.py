from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN

from portal.kernel import clock
from portal.programme import Course, Enrolment, GroupMembership, LanguageGroup, Scheme, Student
from portal.timetable.models import Lesson
from portal.timetable.rules import USUAL_DAYS, LessonKind, LessonStatus, Slot, Week

WORKDAYS = 5


@dataclass(frozen=True)
class Day:
    date: date
    slots: list[Slot]


@dataclass(frozen=True)
class Timetable:
    """One week of one student. `work_study`: days without lessons are spent in the company."""

    days: list[Day]
    work_study: bool = False
    changes: list[Slot] = field(default_factory=list)

    @property
    def school_days(self) -> int:
        return sum(1 for day in self.days if day.slots)

    @property
    def last_day(self) -> date:
        return self.days[-1].date

    @property
    def shape(self) -> str:
        """The classes of the grid: equal columns, how many when the weekend counts, rows for the evening."""
        unusual = any(day.slots and day.date.isoweekday() not in USUAL_DAYS for day in self.days)
        late = any(slot.in_the_evening for day in self.days for slot in day.slots)
        wide = f"d{len(self.days)}" if len(self.days) > WORKDAYS else ""
        return " ".join(
            filter(None, ["intensive" if unusual else "", wide, "late" if late else ""])
        )


def week_of(person_id: int, week: Week) -> Timetable:
    """Monday to Friday, and the weekend only when there is something; one query."""
    start, end = week.span
    during = (Lesson.starts_at >= start) & (Lesson.starts_at < end)
    scheme, slots = _read(person_id, during, join=JOIN.LEFT_OUTER)
    by_day: dict[date, list[Slot]] = {}
    for slot in slots:
        by_day.setdefault(slot.starts.date(), []).append(slot)
    days = [
        Day(day, by_day.get(day, []))
        for day in week.days
        if day.isoweekday() <= WORKDAYS or day in by_day
    ]
    changed = [slot for slot in slots if slot.changed]
    return Timetable(days, scheme not in (None, Scheme.INITIAL), changed)


def next_lesson(person_id: int, now: datetime) -> Slot | None:
    """What comes next and is not over yet, cancelled lessons left out; one query."""
    begun_lately = Lesson.starts_at > now - timedelta(days=1)  # lets the index find the place
    coming = begun_lately & (Lesson.ends_at > now) & (Lesson.status != LessonStatus.CANCELLED)
    _, slots = _read(person_id, coming, most=1)
    return slots[0] if slots else None


def seminars(person_id: int) -> list[Slot]:
    """Every seminar and conference of the student's cohort, in order; one query."""
    kinds = (LessonKind.SEMINAR, LessonKind.CONFERENCE)
    return _read(person_id, Lesson.kind.in_(kinds))[1]


def taught_to_cohort(cohort_id: int) -> list[tuple[datetime, datetime]]:
    """When somebody of the cohort is taught, on the school's clock; cancelled lessons left out; one query."""
    return _hours(Lesson.select().where(Lesson.cohort == cohort_id))


def taught_to_student(student_id: int) -> list[tuple[datetime, datetime]]:
    """When a student is taught, in all years and the own groups, on the school's clock; one query."""
    own_groups = GroupMembership.select(GroupMembership.group).where(
        GroupMembership.enrolment == Enrolment.id
    )
    return _hours(
        Lesson.select()
        .join(Enrolment, on=(Enrolment.cohort == Lesson.cohort))
        .where(
            (Enrolment.student == student_id)
            & Enrolment.withdrawn_on.is_null()
            & (Lesson.group.is_null() | Lesson.group.in_(own_groups))
        )
    )


def _hours(lessons: Any) -> list[tuple[datetime, datetime]]:
    held = (
        lessons.select(Lesson.starts_at, Lesson.ends_at)
        .where(Lesson.status != LessonStatus.CANCELLED)
        .order_by(Lesson.starts_at)
        .tuples()
    )
    return [(clock.school_time(starts), clock.school_time(ends)) for starts, ends in held]


def _read(
    person_id: int, wanted: Any, *, join: str = JOIN.INNER, most: int = 500
) -> tuple[str | None, list[Slot]]:
    """The scheme of the latest enrolment, and lessons of the cohorts and of the own groups; one query.

    With an outer join the scheme is known even when there is no lesson.
    """
    own_groups = GroupMembership.select(GroupMembership.group).where(
        GroupMembership.enrolment == Enrolment.id
    )
    theirs = (
        (Lesson.cohort == Enrolment.cohort)
        & wanted
        & (Lesson.group.is_null() | Lesson.group.in_(own_groups))
    )
    rows = (
        Enrolment.select(
            Enrolment.id,
            Enrolment.scheme,
            Lesson.id,
            Lesson.title_fr,
            Lesson.title_en,
            Course.title_fr,
            Course.title_en,
            LanguageGroup.name_fr,
            LanguageGroup.name_en,
            Lesson.kind,
            Lesson.status,
            Lesson.starts_at,
            Lesson.ends_at,
            Lesson.room,
            Lesson.remote_url,
            Lesson.lecturer,
            Lesson.was_room,
            Lesson.was_starts_at,
            Lesson.places,
        )
        .join(Student)
        .switch(Enrolment)
        .join(Lesson, join, on=theirs)
        .join(Course, JOIN.LEFT_OUTER)
        .switch(Lesson)
        .join(LanguageGroup, JOIN.LEFT_OUTER)
        .where((Student.person == person_id) & Enrolment.withdrawn_on.is_null())
        .order_by(Lesson.starts_at, Lesson.id)
        .limit(most)
        .tuples()
    )
    found: list[Any] = list(rows)
    _, scheme = max(((row[0], row[1]) for row in found), default=(0, None))
    return scheme, [_slot(*facts) for _, _, *facts in found if facts[0] is not None]


def _slot(
    lesson_id: int,
    title_fr: str,
    title_en: str,
    course_fr: str | None,
    course_en: str | None,
    group_fr: str | None,
    group_en: str | None,
    kind: str,
    status: str,
    starts_at: datetime,
    ends_at: datetime,
    room: str,
    remote_url: str,
    lecturer: str,
    was_room: str,
    was_starts_at: datetime | None,
    places: int | None,
) -> Slot:
    return Slot(
        id=lesson_id,
        title_fr=title_fr or course_fr or "",
        title_en=title_en or course_en or "",
        group_fr=group_fr or "",
        group_en=group_en or "",
        kind=kind,
        status=status,
        starts=clock.school_time(starts_at),
        ends=clock.school_time(ends_at),
        room=room,
        remote_url=remote_url,
        lecturer=lecturer,
        was_room=was_room,
        was_starts=clock.school_time(was_starts_at) if was_starts_at else None,
        places=places,
    )
