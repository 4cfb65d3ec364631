"""One student's file, as staff read it."""

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from portal import certificates, contracts, fees, refunds
from portal.contracts import READERS, Contract
from portal.fees import Line, Position, ToPay
from portal.home.queries.desk import CASHIERS
from portal.identity import Person
from portal.kernel.errors import Missing
from portal.programme import Cohort, Enrolment, GroupMembership, LanguageGroup, Programme, Student
from portal.refunds import Row


@dataclass(frozen=True)
class Money:
    """Where one enrolment's money stands."""

    position: Position
    lines: list[Line]

    @property
    def to_pay(self) -> ToPay | None:
        return fees.to_pay(self.lines)


@dataclass(frozen=True)
class StudentFile:
    """What this member of staff may read of a student; None where they may not."""

    student: Student
    enrolments: list[Enrolment]
    enrolment: Enrolment | None
    groups: list[LanguageGroup] = field(default_factory=list)
    contracts: list[Contract] | None = None
    refunds: list[Row] | None = None
    certificates: list[Any] | None = None
    money: Money | None = None


def file_of(student_id: int, permissions: Set[str], *, enrolment_id: int | None) -> StudentFile:
    """The file on one enrolment, the latest unless `enrolment_id` is another of theirs; `Missing` when there
    is no such student; at most ten queries."""
    student, enrolments = _student(student_id), _enrolments(student_id)
    chosen = next((one for one in enrolments if one.id == enrolment_id), None)
    enrolment = chosen or (enrolments[0] if enrolments else None)
    if enrolment is None:
        return StudentFile(student, [], None)
    reads, counts = permissions & READERS, permissions & CASHIERS
    return StudentFile(
        student=student,
        enrolments=enrolments,
        enrolment=enrolment,
        groups=_groups(enrolment.id),
        contracts=contracts.of_enrolment(enrolment.id) if reads else None,
        refunds=refunds.of_enrolment(enrolment.id) if reads else None,
        certificates=list(certificates.of_enrolment(enrolment.id)) if reads else None,
        money=_money(enrolment.id) if counts else None,
    )


def _student(student_id: int) -> Student:
    rows = Student.select(Student, Person).join(Person).where(Student.id == student_id)
    if (student := rows.first()) is None:
        raise Missing("There is no such student.")
    return student


def _enrolments(student_id: int) -> list[Enrolment]:
    rows = (
        Enrolment.select(Enrolment, Cohort, Programme)
        .join(Cohort)
        .join(Programme)
        .where(Enrolment.student == student_id)
        .order_by(Enrolment.id.desc())
    )
    return list(rows)


def _groups(enrolment_id: int) -> list[LanguageGroup]:
    rows = (
        LanguageGroup.select()
        .join(GroupMembership)
        .where(GroupMembership.enrolment == enrolment_id)
        .order_by(LanguageGroup.name_en)
    )
    return list(rows)


def _money(enrolment_id: int) -> Money:
    position = fees.position_of(enrolment_id)
    return Money(position, fees.lines_of(enrolment_id, position.owes))
