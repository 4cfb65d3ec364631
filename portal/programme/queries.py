from operator import itemgetter
from typing import Any, NamedTuple

from portal.identity import Person
from portal.kernel.errors import Missing
from portal.programme.models import Cohort, Enrolment, Programme, School, Student
from portal.programme.rules import CohortGroup, cohort_groups

#: Nobody finds a word in a longer list; older cohorts are reached by the address of their figures.
MOST_CHOICES = 100


class CohortName(NamedTuple):
    id: int
    name: str
    year: str
    programme_id: int


def enrolment_of(person_id: int) -> Enrolment:
    """The latest enrolment of the student who signs in as `person_id`, with student, person, cohort,
    programme and school joined; one query. `Missing` for somebody who is not enrolled."""
    enrolment = (
        _enrolments()
        .where((Student.person == person_id) & Enrolment.withdrawn_on.is_null())
        .order_by(Cohort.starts_on.desc(), Enrolment.id.desc())
        .first()
    )
    if enrolment is None:
        raise Missing("You are not enrolled in a programme.")
    return enrolment


def last_enrolment_of(person_id: int) -> Enrolment:
    """As `enrolment_of`, or the year that the student has left when there is no other: its money goes on."""
    enrolment = (
        _enrolments()
        .where(Student.person == person_id)
        .order_by(
            Enrolment.withdrawn_on.is_null().desc(), Cohort.starts_on.desc(), Enrolment.id.desc()
        )
        .first()
    )
    if enrolment is None:
        raise Missing("You are not enrolled in a programme.")
    return enrolment


def enrolment(enrolment_id: int) -> Enrolment:
    """The enrolment with everything joined, or `Missing`; one query."""
    found = _enrolments().where(Enrolment.id == enrolment_id).first()
    if found is None:
        raise Missing("There is no such record.")
    return found


def _enrolments():  # type: ignore[no-untyped-def]
    return (
        Enrolment.select(Enrolment, Student, Person, Cohort, Programme, School)
        .join(Student)
        .join(Person)
        .switch(Enrolment)
        .join(Cohort)
        .join(Programme)
        .join(School)
    )


def cohorts() -> list[Cohort]:
    """All cohorts with their programmes, the newest first; one query."""
    rows = Cohort.select(Cohort, Programme).join(Programme)
    return list(rows.order_by(Cohort.starts_on.desc(), Cohort.name))


def groups_among(cohorts: list[Cohort], language: str) -> list[CohortGroup]:
    """What lists can be narrowed to when there are these cohorts, named in "fr" or "en"."""
    programmes = sorted({one.programme.code: one.programme for one in cohorts}.items())
    titles = {one.id: getattr(one, f"title_{language}") for _, one in programmes}
    return cohort_groups(cohorts, titles)


def cohort_choices(asked: str | None, language: str) -> list[CohortGroup]:
    """The first `MOST_CHOICES` groups that lists can be narrowed to, and the one that is `asked` for; one query.

    Every list asks, so that its rows stay tuples, and a school of five hundred cohorts is only read whole
    when somebody looks at a group: otherwise nobody needs the ids.
    """
    title = getattr(Programme, f"title_{language}")
    names = (Cohort.id, Cohort.name, Cohort.year, Cohort.programme)
    rows: Any = Cohort.select(*names, Programme.code, title).join(Programme).tuples()
    newest = rows.order_by(Cohort.starts_on.desc(), Cohort.name)
    known = list(newest if asked else newest.limit(MOST_CHOICES + 1))
    titles = {key: title for *_, key, _, title in sorted(known, key=itemgetter(4))}
    cohorts = [CohortName(*facts[:4]) for facts in known]
    groups = cohort_groups(cohorts, titles, whole=len(known) <= MOST_CHOICES)
    beyond = (one for one in groups[MOST_CHOICES:] if one.value == asked)
    return [*groups[:MOST_CHOICES], *beyond]
