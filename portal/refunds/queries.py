"""What screens read about refunds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from peewee import JOIN, fn

from portal.contracts import Company, Contract
from portal.fees import Payer
from portal.identity import Person, Role, Visitor
from portal.kernel.errors import Missing
from portal.kernel.text import fold
from portal.programme import Enrolment, Student
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import PENDING, TABS, Calculation, RefundState

PER_PAGE = 50
Proposer, First, Decider = Person.alias("proposer"), Person.alias("first"), Person.alias("decider")
READERS = {"finance", "director", "registrar"}


class Row(NamedTuple):
    """A line of the inbox: plain values, so that fifty of them are drawn quickly."""

    id: int
    number: str
    amount_cents: int
    state: str
    version: int
    approvals_needed: int
    proposed_at: datetime
    proposed_by_id: int
    proposed_by: str
    first_approved_by: str | None
    first_approved_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    paid_at: datetime | None
    reason: str
    contract_id: int
    funded_cents: int | None
    company: str
    student_id: int
    family_name: str
    given_names: str
    student_number: str

    @property
    def listed_as(self) -> str:
        return f"{self.family_name}, {self.given_names}" if self.given_names else self.family_name


class Heap(NamedTuple):
    """How many refunds there are of a kind, and how many cents in all."""

    refunds: int
    cents: int


@dataclass(frozen=True)
class File:
    """One refund with all that its page shows."""

    row: Row
    calculation: Calculation
    shares: list[tuple[str, int]]


def rows(tab: str, *, search: str = "", page: int = 1) -> tuple[list[Row], bool]:
    """One page of a list, longest waiting first (decided ones: newest first), and whether there are more; one query."""
    query = listed(tab, search)
    some = list(query.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE))
    return [Row(*facts) for facts in some[:PER_PAGE]], len(some) > PER_PAGE


def listed(tab: str, search: str) -> Any:
    """The query behind a list: plain values in the order of `Row`."""
    query = _rows().where(Refund.state.in_(TABS[tab]))
    if search:
        found = Student.folded.contains(fold(search)) | Company.name.contains(search)
        query = query.where(found | (Refund.number == search.strip().upper()))
    return query.order_by(Refund.id if tab in ("to-approve", "to-pay") else Refund.id.desc())


def row(refund_id: int) -> Row:
    """One line, fresh; `Missing` when there is none; one query."""
    found = _rows().where(Refund.id == refund_id).first()
    if found is None:
        raise Missing("There is no such refund.")
    return Row(*found)


def heaps() -> dict[str, Heap]:
    """Number and sum of each list of the inbox; one query."""
    sums: Any = (
        Refund.select(Refund.state, fn.COUNT(Refund.id), fn.SUM(Refund.amount_cents))
        .group_by(Refund.state)
        .tuples()
    )
    by_state = {state: Heap(int(count), int(cents)) for state, count, cents in sums}
    nothing = Heap(0, 0)
    return {
        tab: Heap(*map(sum, zip(*(by_state.get(state, nothing) for state in states), strict=True)))
        for tab, states in TABS.items()
    }


def file(refund_id: int, visitor: Visitor) -> File:
    """The refund, when it is the visitor's own or they are staff who read refunds; else `Missing`; three queries."""
    mine = Refund.id == refund_id
    if visitor.role != Role.STAFF or not visitor.permissions & READERS:
        mine &= Student.person == visitor.id
    found = _rows().where(mine).first()
    if found is None:
        raise Missing("There is no such refund.")
    return File(Row(*found), calculation_of(refund_id), shares_of(refund_id))


def calculation_of(refund_id: int) -> Calculation:
    """How the amount came about; one query."""
    text = Refund.select(Refund.calculation).where(Refund.id == refund_id).scalar()
    if text is None:
        raise Missing("There is no such refund.")
    return Calculation.from_json(text)


def shares_of(refund_id: int) -> list[tuple[str, int]]:
    """Who gets how many cents; one query."""
    found: Any = (
        RefundShare.select(Payer.name, RefundShare.amount_cents)
        .join(Payer)
        .where(RefundShare.refund == refund_id)
        .order_by(RefundShare.id)
        .tuples()
    )
    return list(found)


def own(person_id: int) -> list[Row]:
    """The refunds of the student who signs in as `person_id`, newest first; one query."""
    found = _rows().where(Student.person == person_id).order_by(Refund.id.desc())
    return [Row(*facts) for facts in found]


def of_enrolment(enrolment_id: int) -> list[Row]:
    """The refunds of one enrolment, newest first; one query."""
    found = _rows().where(Refund.enrolment == enrolment_id).order_by(Refund.id.desc())
    return [Row(*facts) for facts in found]


def promised(enrolment_id: int) -> dict[int, int]:
    """Cents by payer that wait in refunds not yet approved; one query."""
    sums: Any = (
        RefundShare.select(RefundShare.payer, fn.SUM(RefundShare.amount_cents))
        .join(Refund)
        .where((Refund.enrolment == enrolment_id) & Refund.state.in_(PENDING))
        .group_by(RefundShare.payer)
        .tuples()
    )
    return {payer_id: int(cents) for payer_id, cents in sums}


def waiting_count() -> int:
    return Refund.select().where(Refund.state.in_(PENDING)).count()


def to_pay_count() -> int:
    return Refund.select().where(Refund.state == RefundState.APPROVED).count()


def _rows() -> Any:
    return (
        Refund.select(
            Refund.id,
            Refund.number,
            Refund.amount_cents,
            Refund.state,
            Refund.version,
            Refund.approvals_needed,
            Refund.proposed_at,
            Refund.proposed_by,
            Proposer.name,
            First.name,
            Refund.first_approved_at,
            Decider.name,
            Refund.decided_at,
            Refund.paid_at,
            Refund.reason,
            Refund.contract,
            Contract.funded_cents,
            Company.name,
            Student.id,
            Student.family_name,
            Student.given_names,
            Student.number,
        )
        .join(Contract)
        .join(Company)
        .switch(Refund)
        .join(Enrolment)
        .join(Student)
        .switch(Refund)
        .join(Proposer, on=Refund.proposed_by == Proposer.id)
        .switch(Refund)
        .join(First, JOIN.LEFT_OUTER, on=Refund.first_approved_by == First.id)
        .switch(Refund)
        .join(Decider, JOIN.LEFT_OUTER, on=Refund.decided_by == Decider.id)
        .tuples()
    )
