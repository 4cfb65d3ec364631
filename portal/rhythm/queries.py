"""Reads of rhythm: whose calendar, from when to when. The number of queries stands at each."""

from datetime import date
from typing import Any

from portal import contracts, timetable
from portal.contracts import Company, Contract
from portal.identity import Person, Role, Visitor
from portal.kernel.errors import Missing
from portal.programme import Cohort, Enrolment, Programme, School, Student
from portal.rhythm.models import RhythmLink, RhythmPeriod
from portal.rhythm.rules import Calendar, DayKind, calendar, fingerprint


def periods(cohort_id: int) -> list[RhythmPeriod]:
    """What was declared for a cohort, in the order of the year; one query."""
    return list(
        RhythmPeriod.select()
        .where(RhythmPeriod.cohort == cohort_id)
        .order_by(RhythmPeriod.first_on, RhythmPeriod.id)
    )


def period(period_id: int) -> RhythmPeriod:
    """A declared period with its cohort, programme and school, or `Missing`; one query."""
    found = (
        RhythmPeriod.select(RhythmPeriod, Cohort, Programme, School)
        .join(Cohort)
        .join(Programme)
        .join(School)
        .where(RhythmPeriod.id == period_id)
        .first()
    )
    if found is None:
        raise Missing("There is no such period.")
    return found


def cohort(cohort_id: int) -> Cohort:
    """The cohort with programme and school, or `Missing`; one query."""
    found = (
        Cohort.select(Cohort, Programme, School)
        .join(Programme)
        .join(School)
        .where(Cohort.id == cohort_id)
        .first()
    )
    if found is None:
        raise Missing("There is no such cohort.")
    return found


def of_cohort(cohort: Cohort) -> Calendar:
    """The year of a whole cohort, all language groups together; two queries."""
    declared = [row.period for row in periods(cohort.id)]
    lessons = timetable.taught_to_cohort(cohort.id)
    return calendar(cohort.starts_on, cohort.ends_on, periods=declared, lessons=lessons)


def of_student(enrolment: Enrolment) -> Calendar:
    """The year of an enrolment with the student's own groups; two queries."""
    cohort = enrolment.cohort
    return _of_student(enrolment.student_id, cohort.starts_on, cohort.ends_on)


def of_contract(contract: Contract) -> Calendar:
    """The days of a contract, from its first to its last; two queries.

    A contract may outlast a year of study: lessons of all the student's years count.
    """
    last = contract.ended_on or contract.ends_on
    return _of_student(contract.enrolment.student_id, contract.starts_on, last)


def school_days(contract: Contract) -> frozenset[date] | None:
    """The days of a contract that are spent at school; None when no lesson and no period tells; two queries."""
    year = of_contract(contract)
    if not year.known:
        return None
    return frozenset(day.date for day in year.days if day.kind == DayKind.SCHOOL)


def readable(contract_id: int, visitor: Visitor) -> Contract:
    """The contract with company, student, cohort, programme and school; one query.

    `Missing` unless it is the student's own, a live one the visitor acts for, or the visitor is staff who
    reads contracts.
    """
    found = _contracts().where((Contract.id == contract_id) & _readable_by(visitor)).first()
    if found is None:
        raise Missing("There is no such contract.")
    return found


def live_of_student(person_id: int) -> list[Contract]:
    """The contracts of a student that are not over, the newest first; one query."""
    live = (Student.person == person_id) & _is_live()
    return list(_contracts().where(live).order_by(Contract.id.desc()))


def contract_behind(secret: str) -> Contract:
    """The live contract whose private link this is, with its contact, or `Missing`; one query.

    While an amendment is on its way, the contract it amends still counts: the oldest live one.
    """
    found = (
        _contracts()
        .switch(Contract)
        .join(
            RhythmLink,
            on=(RhythmLink.enrolment == Contract.enrolment)
            & (RhythmLink.company == Contract.company),
        )
        .where(
            (RhythmLink.fingerprint == fingerprint(secret))
            & RhythmLink.revoked_at.is_null()
            & _is_live()
        )
        .order_by(Contract.id)
        .first()
    )
    if found is None:
        raise Missing("This calendar link does not work any more. Ask the school for a new one.")
    return found


def link_of(contract: Contract) -> RhythmLink | None:
    """The link that opens the contract's calendar now, with who made it; one query."""
    return (
        RhythmLink.select(RhythmLink, Person)
        .join(Person)
        .where(
            (RhythmLink.enrolment == contract.enrolment_id)
            & (RhythmLink.company == contract.company_id)
            & RhythmLink.revoked_at.is_null()
        )
        .first()
    )


def is_live(contract: Contract) -> bool:
    return contract.state not in contracts.OVER


def _of_student(student_id: int, first_on: date, last_on: date) -> Calendar:
    declared = (
        RhythmPeriod.select()
        .join(Enrolment, on=(Enrolment.cohort == RhythmPeriod.cohort))
        .where((Enrolment.student == student_id) & Enrolment.withdrawn_on.is_null())
    )
    return calendar(
        first_on,
        last_on,
        periods=[row.period for row in declared],
        lessons=timetable.taught_to_student(student_id),
    )


def _contracts() -> Any:
    contact = Person.alias("contact")
    return (
        Contract.select(
            Contract, Company, contact, Enrolment, Student, Person, Cohort, Programme, School
        )
        .join(Company)
        .switch(Contract)
        .join(contact, on=(Contract.contact == contact.id), attr="contact")
        .switch(Contract)
        .join(Enrolment)
        .join(Student)
        .join(Person, on=(Student.person == Person.id))
        .switch(Enrolment)
        .join(Cohort)
        .join(Programme)
        .join(School)
    )


def _readable_by(visitor: Visitor) -> Any:
    if visitor.role == Role.STUDENT:
        return Student.person == visitor.id
    if visitor.role == Role.COMPANY:
        return contracts.acts_for(visitor.id) & _is_live()
    reads = bool(visitor.permissions & contracts.READERS)
    return Contract.id.is_null(not reads)  # every contract, or none


def _is_live() -> Any:
    return Contract.state.not_in(contracts.OVER)
