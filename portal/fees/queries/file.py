"""One student's money for the office, and one payer's statement."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from portal.fees import ledger
from portal.fees.models import Invoice, Payer, PayerLink, Payment, PaymentPlan
from portal.fees.queries.returning import Returning, is_broken, returning_to
from portal.fees.queries.standing import (
    least_kept,
    lines_of,
    payers_of,
    plan_of,
    position_of,
)
from portal.fees.rules import (
    Account,
    Balance,
    Line,
    PayerKind,
    Position,
    ToPay,
    Transfer,
    grouped,
    masked,
    to_pay,
)
from portal.kernel.errors import Missing
from portal.kernel.money import Cents
from portal.programme import Enrolment, enrolment


@dataclass(frozen=True)
class PayerAccount:
    """A payer with the sums of each account of the ledger (cents), and whether a private link opens."""

    payer: Payer
    asked: Cents
    received: Cents
    refunded: Cents
    refundable: Cents
    credit: Cents
    link_since: datetime | None

    @property
    def iban(self) -> str:
        return masked(self.payer.iban)

    @property
    def reference(self) -> str:
        return grouped(self.payer.reference)


@dataclass(frozen=True)
class MoneyFile:
    enrolment: Enrolment
    plan: PaymentPlan | None
    position: Position
    lines: list[Line]
    payers: list[PayerAccount]
    invoices: list[Invoice]
    #: A contract was broken and no other one followed: staff choose how it goes on.
    broken: bool

    @property
    def may_leave(self) -> bool:
        """Outside work-study a student leaves with a settlement; under a contract there is nothing to settle."""
        gone = self.enrolment.withdrawn_on is not None
        return self.plan is not None and not gone and not self.position.taken_over

    @property
    def least_kept(self) -> Cents:
        return least_kept(self.plan, self.position) if self.plan else Cents(0)

    @property
    def open_lines(self) -> list[tuple[date, Cents]]:
        return [(line.due_on, line.rest) for line in self.lines if line.open]


@dataclass(frozen=True)
class Statement:
    """What a payer may know: own payments, own invoices, what is due, how to pay. Never other payers."""

    payer: Payer
    student: str
    year: str
    programme: Any
    due: ToPay | None
    transfer: Transfer | None
    lines: list[Line]
    payments: list[Payment]
    invoices: list[Invoice]
    account: PayerAccount
    refunds: list[Returning]


def money_file(enrolment_id: int) -> MoneyFile:
    """Everything the office sees of one enrolment's money; `Missing` when there is none."""
    found = enrolment(enrolment_id)
    position = position_of(enrolment_id)
    return MoneyFile(
        enrolment=found,
        plan=plan_of(enrolment_id),
        position=position,
        lines=lines_of(enrolment_id, position.owes),
        payers=payer_accounts(enrolment_id, position),
        invoices=list(
            Invoice.select(Invoice, Payer)
            .join(Payer)
            .where(Invoice.enrolment == enrolment_id)
            .order_by(Invoice.id)
        ),
        broken=is_broken(enrolment_id),
    )


def payer_of(enrolment_id: int, payer_id: int) -> Payer:
    """A payer of this very enrolment, or `Missing`."""
    payer = Payer.get_or_none((Payer.id == payer_id) & (Payer.enrolment == enrolment_id))
    if payer is None:
        raise Missing("There is no such payer.")
    return payer


def payer_accounts(enrolment_id: int, position: Position) -> list[PayerAccount]:
    """Each payer with the sums of their accounts; three queries."""
    balances = ledger.balances(enrolment_id)
    links = _links(enrolment_id)
    return [
        _account(payer, balances, position, links.get(payer.id))
        for payer in payers_of(enrolment_id)
    ]


def statement_of(payer: Payer) -> Statement:
    """What the holder of a private link sees."""
    found = enrolment(payer.enrolment_id)
    position = position_of(payer.enrolment_id)
    account = next(
        one for one in payer_accounts(payer.enrolment_id, position) if one.payer.id == payer.id
    )
    company = payer.kind == PayerKind.COMPANY
    lines = [] if company else lines_of(payer.enrolment_id, position.owes)
    due = to_pay(lines)
    asked = Cents(max(0, position.owed_by(payer.id))) if company else Cents(0)
    owed = due.cents if due else asked
    school = found.cohort.programme.school
    return Statement(
        payer=payer,
        student=found.student.person.name,
        year=found.cohort.year,
        programme=found.cohort.programme,
        due=due,
        transfer=_transfer(school, payer, owed),
        lines=[line for line in lines if line.open],
        payments=list(
            Payment.select().where(Payment.payer == payer.id).order_by(Payment.received_on)
        ),
        invoices=list(Invoice.select().where(Invoice.payer == payer.id).order_by(Invoice.id)),
        account=account,
        refunds=returning_to(payer.id),
    )


def _transfer(school: Any, payer: Payer, cents: Cents | None) -> Transfer | None:
    if not cents or not school.iban:
        return None
    holder = school.account_holder or school.name
    return Transfer(holder, school.iban, school.bic, payer.reference, cents)


def _account(
    payer: Payer, balances: list[Balance], position: Position, link_since: datetime | None
) -> PayerAccount:
    mine = [one for one in balances if one.payer_id == payer.id]
    back = [one for one in mine if one.account == Account.REFUNDABLE]
    bank = [one for one in mine if one.account == Account.BANK]
    company = payer.kind == PayerKind.COMPANY
    return PayerAccount(
        payer=payer,
        asked=Cents(
            sum(one.cents for one in mine) if company else position.price - position.taken_over
        ),
        received=Cents(sum(one.debits for one in bank)),
        refunded=Cents(sum(one.debits for one in back)),
        refundable=Cents(-sum(one.cents for one in back)),
        credit=position.credit_of(payer.id),
        link_since=link_since,
    )


def _links(enrolment_id: int) -> dict[int, datetime]:
    rows: Any = (
        PayerLink.select(PayerLink.payer, fn.MAX(PayerLink.created_at))
        .join(Payer, JOIN.INNER)
        .where((Payer.enrolment == enrolment_id) & PayerLink.revoked_at.is_null())
        .group_by(PayerLink.payer)
        .tuples()
    )
    return dict(rows)
