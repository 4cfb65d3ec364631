from portal.identity import Person
from portal.kernel.errors import Missing
from portal.programme.models import Cohort, Enrolment, Programme, School, Student


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


def programmes() -> list[Programme]:
    """All programmes by their code; one query."""
    return list(Programme.select().order_by(Programme.code))


def cohorts() -> list[Cohort]:
    """All cohorts, the newest first; one query."""
    return list(Cohort.select().order_by(Cohort.starts_on.desc(), Cohort.name))
