"""A year of lessons, and a few changes just ahead of today, as in any school."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle

from portal.demo.calendar import THURSDAY, Year
from portal.demo.catalogue import CORE, EASTERN, EUROPEAN, LANGUAGES, SPECIALTY
from portal.kernel import clock
from portal.kernel.clock import SCHOOL_ZONE
from portal.programme import Cohort, Course, LanguageGroup
from portal.timetable.models import Lesson

ROOMS = ("B204", "C301", "B112", "A018")
AMPHITHEATRE = "Amphi 1"
LECTURERS = ("A. Berthier", "J.-P. Roux", "S. Okafor", "L. Ferrand", "M. Haddad", "C. Lindqvist")
MORNING, EARLY, LATE_MORNING = ("09:00", "12:30"), ("09:00", "10:30"), ("10:45", "12:45")
AFTERNOON, FIRST_HALF, SECOND_HALF = ("13:45", "17:15"), ("13:45", "15:15"), ("15:30", "17:00")
EVENING = ("18:00", "20:00")
SEMINARS = [
    ("Exercice de cellule de crise", "Crisis cell exercise"),
    ("Négocier sous pression", "Negotiating under pressure"),
    ("Enquête en sources ouvertes", "Open source investigation"),
    ("Simulation d’attaque informatique", "Cyber attack simulation"),
    ("Un dossier d’influence à Bruxelles", "An influence file in Brussels"),
]
CONFERENCES = [
    ("Les données, matière stratégique, par CEIS", "Data as a strategic material, by CEIS"),
    ("Veille et sûreté, par POLARISK", "Monitoring and security, by POLARISK"),
    ("Le métier d’analyste, table ronde d’anciens", "The analyst’s trade, an alumni panel"),
    ("Sanctions et conformité", "Sanctions and compliance"),
]
#: Courses that are held at a distance.
ONLINE = ("VEIL", "METH")

Row = dict[str, object]


def write(cohort: Cohort, year: Year) -> None:
    """Every lesson of the year, then what has changed of those that come next."""
    planner = _Planner(cohort)
    rows = [planner.complete(row) for day in year.school_days for row in planner.day(day, year)]
    Lesson.insert_many(rows).execute()
    _change_what_comes_next(cohort)


class _Planner:
    """Deals out courses, rooms and lecturers in turn, so that every run writes the same year."""

    def __init__(self, cohort: Cohort):
        self.cohort = cohort
        courses = Course.select().where(Course.programme == cohort.programme)
        self.courses = {course.code: course for course in courses}
        groups = LanguageGroup.select().where(LanguageGroup.cohort == cohort)
        self.groups = {group.name_en: group for group in groups}
        self.turn = cycle(code for pair in _interleaved() for code in pair)
        self.rooms, self.lecturers = cycle(ROOMS), cycle(LECTURERS)
        self.seminars, self.conferences = cycle(SEMINARS), cycle(CONFERENCES)

    def day(self, day: date, year: Year) -> Iterator[Row]:
        if year.is_intensive(day):
            return self._seminar_day(day)
        if day in year.exam_days:
            return self._exam_day(day)
        return self._thursday(day) if day.weekday() == THURSDAY else self._friday(day)

    def complete(self, row: Row) -> Row:
        """All rows of one insert have the same columns."""
        return {
            "cohort": self.cohort,
            "group": None,
            "title_fr": "",
            "title_en": "",
            "kind": "class",
            "places": None,
            "remote_url": "",
        } | row

    def _thursday(self, day: date) -> Iterator[Row]:
        yield self._class(day, MORNING, next(self.turn))
        yield from self._languages(day, FIRST_HALF, EUROPEAN)
        yield from self._languages(day, SECOND_HALF, EASTERN)
        if day.day <= 7:
            yield self._talk(day, EVENING)

    def _friday(self, day: date) -> Iterator[Row]:
        english = {"title_fr": "Anglais", "title_en": "English"}
        yield self._class(day, EARLY, LANGUAGES, **english)
        yield self._class(day, LATE_MORNING, next(self.turn))
        yield self._class(day, AFTERNOON, next(self.turn))

    def _exam_day(self, day: date) -> Iterator[Row]:
        yield self._class(day, MORNING, "IE", kind="exam", room=AMPHITHEATRE)
        yield self._class(day, AFTERNOON, next(self.turn))

    def _seminar_day(self, day: date) -> Iterator[Row]:
        title_fr, title_en = next(self.seminars)
        for part, hours in ((1, MORNING), (2, FIRST_HALF)):
            yield self._class(
                day,
                hours,
                None,
                kind="seminar",
                room=AMPHITHEATRE,
                places=24,
                title_fr=f"{title_fr} ({part}/2)",
                title_en=f"{title_en} ({part}/2)",
            )
        if day.weekday() in (1, THURSDAY):
            yield self._talk(day, SECOND_HALF)

    def _talk(self, day: date, hours: tuple[str, str]) -> Row:
        fr, en = next(self.conferences)
        facts: Row = {"kind": "conference", "room": AMPHITHEATRE, "places": 80}
        return self._class(day, hours, None, title_fr=fr, title_en=en, **facts)

    def _languages(
        self, day: date, hours: tuple[str, str], languages: list[tuple[str, str]]
    ) -> Iterator[Row]:
        for _, name in languages:
            yield self._class(day, hours, LANGUAGES, group=self.groups[name])

    def _class(self, day: date, hours: tuple[str, str], code: str | None, **facts: object) -> Row:
        if code in ONLINE:
            facts |= {"remote_url": "https://meet.example/isi", "room": ""}
        return {
            "course": self.courses[code] if code else None,
            "starts_at": _at(day, hours[0]),
            "ends_at": _at(day, hours[1]),
            "room": next(self.rooms),
            "lecturer": next(self.lecturers),
        } | facts


def _change_what_comes_next(cohort: Cohort) -> None:
    """The second coming class has another room, the fourth is cancelled, a later morning begins earlier."""
    coming = list(
        Lesson.select()
        .where(
            (Lesson.cohort == cohort)
            & Lesson.group.is_null()
            & (Lesson.kind == "class")
            & (Lesson.starts_at > clock.now())
        )
        .order_by(Lesson.starts_at)
        .limit(12)
    )
    mornings = [lesson for lesson in coming[4:] if _hour(lesson) == MORNING[0]]
    changes = zip(coming[1:4:2], (_other_room, _cancelled), strict=False)
    for lesson, change in [*changes, *((lesson, _earlier) for lesson in mornings[:1])]:
        Lesson.update(**change(lesson)).where(Lesson.id == lesson.id).execute()


def _hour(lesson: Lesson) -> str:
    return f"{clock.school_time(lesson.starts_at):%H:%M}"


def _other_room(lesson: Lesson) -> Row:
    return {"status": "moved", "was_room": lesson.room, "room": AMPHITHEATRE}


def _cancelled(_lesson: Lesson) -> Row:
    return {"status": "cancelled"}


def _earlier(lesson: Lesson) -> Row:
    early = timedelta(minutes=30)
    return {
        "status": "moved",
        "was_starts_at": lesson.starts_at,
        "starts_at": lesson.starts_at - early,
        "ends_at": lesson.ends_at - early,
    }


def _interleaved() -> Iterator[tuple[str, str]]:
    """Each core course between two of the specialty."""
    for n in range(max(len(CORE), len(SPECIALTY))):
        yield SPECIALTY[n % len(SPECIALTY)][0], CORE[n % len(CORE)][0]


def _at(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), SCHOOL_ZONE)
