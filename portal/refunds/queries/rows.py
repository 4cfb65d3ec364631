"""A refund as lists show it."""

from datetime import datetime
from typing import Any, NamedTuple

from peewee import JOIN, Case, fn

from portal import fees
from portal.contracts import Company, Contract
from portal.fees import Payer
from portal.identity import Person
from portal.kernel.errors import Missing
from portal.kernel.money import Cents
from portal.programme import Enrolment, Student
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import Calculation, RefundState

Proposer, First, Decider = Person.alias("proposer"), Person.alias("first"), Person.alias("decider")


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
    question: str
    answer: str
    posted_at: datetime | None
    contract_id: int | None
    funded_cents: int | None
    company: str | None
    student_id: int
    family_name: str
    given_names: str
    student_number: str
    #: Who accepted the contract for the school: not always who proposed the refund.
    accepted_by_id: int | None
    #: The payer of a company whose own credit goes back.
    company_payer_id: int | None
    calculation: str
    #: What of it has left the bank and has not come back.
    sent_cents: int

    def is_of(self, person_id: int) -> bool:
        """Did this person propose it or accept its contract, so that somebody else decides it?"""
        return person_id in (self.proposed_by_id, self.accepted_by_id)

    @property
    def left_cents(self) -> Cents:
        """What is still to leave the bank, if anything of it ever does."""
        return Cents(self.amount_cents - self.sent_cents)

    @property
    def why(self) -> str:
        """Why a credit goes back; empty when a contract is the reason."""
        return Calculation.from_json(self.calculation).why

    @property
    def listed_as(self) -> str:
        return f"{self.family_name}, {self.given_names}" if self.given_names else self.family_name


def row(refund_id: int) -> Row:
    """One line, fresh; `Missing` when there is none; one query."""
    found = listed().where(Refund.id == refund_id).first()
    if found is None:
        raise Missing("There is no such refund.")
    return with_accounts([Row(*found)])[0]


def with_accounts(rows: list[Row]) -> list[Row]:
    """The rows as they will be decided: a payer's new account asks for a second approval. Three queries at most."""
    alone = [
        one.id for one in rows if one.state == RefundState.PROPOSED and one.approvals_needed == 1
    ]
    if not alone:
        return rows
    shares: Any = (
        RefundShare.select(RefundShare.refund, RefundShare.payer)
        .join(Payer)
        .where(RefundShare.refund.in_(alone) & Payer.iban_changed_at.is_null(False))
    )
    told = list(shares.tuples())
    fresh = fees.recently_changed({payer_id for _, payer_id in told}) if told else set()
    two = {refund_id for refund_id, payer_id in told if payer_id in fresh}
    return [one._replace(approvals_needed=2) if one.id in two else one for one in rows]


def sent() -> Any:
    """Cents of a refund that have left the bank; nobody looks into one that the ledger has never held."""
    gone = RefundShare.select(fn.COALESCE(fn.SUM(RefundShare.amount_cents), 0)).where(
        (RefundShare.refund == Refund.id) & RefundShare.paid_at.is_null(False)
    )
    return Case(None, [(Refund.posted_at.is_null(), 0)], gone)


def summed(state: RefundState) -> Any:
    """Cents of a refund of this state in the sums of lists: of what waits for its approval, what is still to leave."""
    waits = state == RefundState.PROPOSED
    return Refund.amount_cents - sent() if waits else Refund.amount_cents


def listed() -> Any:
    """The query behind every row; its tuples fit `Row`."""
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
            Refund.question,
            Refund.answer,
            Refund.posted_at,
            Refund.contract,
            Contract.funded_cents,
            fn.COALESCE(Company.name, Payer.name),
            Student.id,
            Student.family_name,
            Student.given_names,
            Student.number,
            Contract.decided_by,
            Refund.company_payer,
            Refund.calculation,
            sent(),
        )
        .join(Contract, JOIN.LEFT_OUTER)
        .join(Company, JOIN.LEFT_OUTER)
        .switch(Refund)
        .join(Payer, JOIN.LEFT_OUTER, on=Refund.company_payer == Payer.id)
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
