"""One refund with everything that its page shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.fees import Payer, PayerKind, Returning, masked
from portal.identity import Role, Visitor
from portal.kernel.errors import Missing
from portal.kernel.money import Cents
from portal.programme import Student
from portal.refunds.models import Refund, RefundShare
from portal.refunds.queries.rows import Row, listed
from portal.refunds.rules import LABELS, Calculation, RefundState

READERS = {"finance", "director", "registrar"}


@dataclass(frozen=True)
class ShareRow:
    """What one payer gets back, in cents, and on which account (masked; empty when none is known)."""

    payer_id: int
    name: str
    cents: int
    account: str
    #: When it left the bank; None while it has not, or came back.
    paid_at: datetime | None
    is_students: bool


@dataclass(frozen=True)
class File:
    row: Row
    calculation: Calculation
    shares: list[ShareRow]

    @property
    def asks_student(self) -> bool:
        """Is it the student who says how it goes on? Not when only the part of somebody else came back."""
        if self.row.state == RefundState.RETURNED:
            return any(one.is_students and one.paid_at is None for one in self.shares)
        return self.row.state == RefundState.INFO_NEEDED


def file(refund_id: int, visitor: Visitor) -> File:
    """The refund, when it is the visitor's own or they are staff who read refunds; else `Missing`; three queries.

    What goes back to a company is not its student's.
    """
    mine = Refund.id == refund_id
    if visitor.role != Role.STAFF or not visitor.permissions & READERS:
        mine &= _own(visitor.id)
    found = listed().where(mine).first()
    if found is None:
        raise Missing("There is no such refund.")
    return File(Row(*found), calculation_of(refund_id), shares_of(refund_id))


def calculation_of(refund_id: int) -> Calculation:
    """How the amount came about; one query."""
    text = Refund.select(Refund.calculation).where(Refund.id == refund_id).scalar()
    if text is None:
        raise Missing("There is no such refund.")
    return Calculation.from_json(text)


def shares_of(refund_id: int) -> list[ShareRow]:
    """Who gets how many cents; one query."""
    found: Any = (
        RefundShare.select(
            RefundShare.payer,
            Payer.name,
            RefundShare.amount_cents,
            Payer.iban,
            RefundShare.paid_at,
            Payer.kind,
        )
        .join(Payer)
        .where(RefundShare.refund == refund_id)
        .order_by(RefundShare.id)
        .tuples()
    )
    return [
        ShareRow(key, name, cents, masked(iban), paid_at, kind == PayerKind.STUDENT)
        for key, name, cents, iban, paid_at, kind in found
    ]


def own(person_id: int) -> list[Row]:
    """The refunds of the student who signs in as `person_id`, newest first; one query."""
    found = listed().where(_own(person_id)).order_by(Refund.id.desc())
    return [Row(*facts) for facts in found]


def _own(person_id: int) -> Any:
    return (Student.person == person_id) & Refund.company_payer.is_null()


def of_enrolment(enrolment_id: int) -> list[Row]:
    """The refunds of one enrolment, to whomever, newest first; one query."""
    found = listed().where(Refund.enrolment == enrolment_id).order_by(Refund.id.desc())
    return [Row(*facts) for facts in found]


def returning_to(payer_id: int) -> list[Returning]:
    """A payer's parts of refunds, newest first, as they stand; one query.

    A part that has left the bank is paid, whatever becomes of the others.
    """
    found: Any = (
        RefundShare.select(
            Refund.number,
            RefundShare.amount_cents,
            Refund.changed_at,
            Refund.state,
            RefundShare.paid_at,
        )
        .join(Refund)
        .where(RefundShare.payer == payer_id)
        .order_by(Refund.id.desc())
        .tuples()
    )
    return [
        Returning(
            number, Cents(cents), paid_at or at, *LABELS[RefundState.PAID if paid_at else state]
        )
        for number, cents, at, state, paid_at in found
    ]
