from portal.identity import Person
from portal.kernel.errors import Missing
from portal.programme.models import Cohort, Enrolment, Programme, School, Student
from portal.programme.rules import CohortGroup, cohort_groups


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
