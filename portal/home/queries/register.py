"""The register: every student, fifty at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from peewee import JOIN, fn

from portal import fees
from portal.contracts import Contract, ContractState
from portal.kernel.money import Cents
from portal.kernel.text import fold
from portal.programme import Cohort, Enrolment, Student

PER_PAGE = 50


@dataclass(frozen=True)
class Filters:
    """Which students, and where the page begins: `after` or `before` the student of that id."""

    search: str = ""
    cohort: int | None = None
    scheme: str = ""
    late: bool = False
    after: int | None = None
    before: int | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.search or self.cohort or self.scheme or self.late)


class Line(NamedTuple):
    """One student with their latest enrolment, or that of the cohort which was asked for."""

    id: int
    number: str
    family_name: str
    given_names: str
    enrolment_id: int | None
    cohort: str | None
    scheme: str | None
    withdrawn_on: date | None

    @property
    def listed_as(self) -> str:
        return f"{self.family_name}, {self.given_names}" if self.given_names else self.family_name


@dataclass(frozen=True)
class StudentPage:
    """`earlier` and `later` say whether the list goes on in that direction; state and money by enrolment."""

    students: list[Line]
    earlier: bool
    later: bool
    contract_states: dict[int, str]
    owes: dict[int, Cents]


def students(filters: Filters, *, with_contracts: bool, with_money: bool) -> StudentPage:
    """One page by name; at most three queries, as long as fifty lines take with any number of students."""
    backwards = filters.before is not None
    order = Student.folded.desc() if backwards else Student.folded
    rows = _lines(filters).order_by(order).limit(PER_PAGE + 1)
    found = [Line(*facts) for facts in rows.tuples()]
    more, shown = len(found) > PER_PAGE, found[:PER_PAGE]
    if backwards:
        shown.reverse()
    enrolments = [line.enrolment_id for line in shown if line.enrolment_id is not None]
    return StudentPage(
        students=shown,
        earlier=more if backwards else filters.after is not None,
        later=True if backwards else more,
        contract_states=_contract_states(enrolments) if with_contracts else {},
        owes=fees.owed_by_enrolment(enrolments) if with_money else {},
    )


def _lines(filters: Filters) -> Any:
    rows = (
        Student.select(
            Student.id,
            Student.number,
            Student.family_name,
            Student.given_names,
            Enrolment.id,
            Cohort.name,
            Enrolment.scheme,
            Enrolment.withdrawn_on,
        )
        .join(Enrolment, JOIN.LEFT_OUTER, on=_enrolment_shown(filters.cohort))
        .join(Cohort, JOIN.LEFT_OUTER)
    )
    for word in fold(filters.search).split():
        rows = rows.where(Student.folded.contains(word))
    if filters.cohort:
        rows = rows.where(Enrolment.cohort == filters.cohort)
    if filters.scheme:
        rows = rows.where(Enrolment.scheme == filters.scheme)
    if filters.late:
        rows = rows.where(Enrolment.id.in_(fees.overdue()))
    if filters.after is not None:
        rows = rows.where(Student.folded > _place_of(filters.after))
    if filters.before is not None:
        rows = rows.where(Student.folded < _place_of(filters.before))
    return rows


def _enrolment_shown(cohort_id: int | None) -> Any:
    if cohort_id:
        return (Enrolment.student == Student.id) & (Enrolment.cohort == cohort_id)
    one = Enrolment.alias()
    latest = one.select(fn.MAX(one.id)).where(one.student == Student.id)
    return Enrolment.id == latest


def _place_of(student_id: int) -> Any:
    """Where a student stands in the list, so that names stay out of addresses."""
    one = Student.alias()
    return one.select(one.folded).where(one.id == student_id)


def _contract_states(enrolment_ids: list[int]) -> dict[int, str]:
    """The newest contract of each enrolment that is not cancelled, else the newest; one query."""
    rows: Any = (
        Contract.select(Contract.enrolment, Contract.state)
        .where(Contract.enrolment.in_(enrolment_ids or [0]))
        .order_by(Contract.id)
        .tuples()
    )
    states: dict[int, str] = {}
    for enrolment_id, state in rows:
        if state != ContractState.CANCELLED or enrolment_id not in states:
            states[enrolment_id] = state
    return states
