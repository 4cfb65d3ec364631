from peewee import Check, ForeignKeyField, IntegerField, TextField

from portal.kernel.db import InstantField, Table
from portal.programme import Cohort, Course, LanguageGroup
from portal.timetable.rules import LessonKind, LessonStatus


class Lesson(Table):
    """One meeting of a cohort, or of one of its language groups, for a course or under a title of its own."""

    cohort = ForeignKeyField(Cohort, backref="lessons", on_delete="RESTRICT")
    course = ForeignKeyField(Course, backref="lessons", null=True, on_delete="RESTRICT")
    group = ForeignKeyField(LanguageGroup, backref="lessons", null=True, on_delete="RESTRICT")
    title_fr = TextField(default="")
    title_en = TextField(default="")
    kind = TextField(
        default=LessonKind.CLASS,
        constraints=[Check("kind IN ('class', 'seminar', 'conference', 'exam')")],
    )
    status = TextField(
        default=LessonStatus.PLANNED,
        constraints=[Check("status IN ('planned', 'moved', 'cancelled')")],
    )
    starts_at = InstantField()
    ends_at = InstantField()
    room = TextField(default="")
    remote_url = TextField(default="")
    lecturer = TextField(default="")
    was_room = TextField(default="")
    was_starts_at = InstantField(null=True)
    places = IntegerField(null=True, constraints=[Check("places > 0")])

    class Meta:
        constraints = [Check("starts_at < ends_at")]
        indexes = ((("cohort", "starts_at"), False),)
