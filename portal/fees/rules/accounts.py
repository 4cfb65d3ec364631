from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from portal.fees.rules.names import PayerKind, PlanKind
from portal.kernel.money import Cents

NOTHING = Cents(0)


class Account(StrEnum):
    """Debit positive, credit negative.

    RECEIVABLE is what the student side owes: entries with a payer are money that payer sent or got
    back, those without are the price and who took a part of it over.
    """

    RECEIVABLE = "receivable"
    TUITION = "tuition"
    BANK = "bank"
    FUNDING = "funding"
    COMPANY_SHARE = "company_share"
    REFUNDABLE = "refundable"


class Entry(NamedTuple):
    """One side of a ledger transaction."""

    account: Account
    cents: int
    payer_id: int | None = None


#: What the source of a transaction ends with that takes an earlier one back.
COUNTERS = (":reversed", ":withdrawn", ":returned")


def is_counter(source: str) -> bool:
    """Does this transaction take an earlier one back? Its entries then lessen the other side's sum."""
    return source.endswith(COUNTERS)


class Balance(NamedTuple):
    """Sums of the entries of one account and payer: all debits (≥ 0) and all credits (≤ 0).

    What was taken back counts in neither: a counter-entry lessens the side it undoes.
    """

    account: str
    payer_id: int | None
    payer_name: str
    payer_kind: str
    debits: int
    credits: int

    @property
    def cents(self) -> int:
        return self.debits + self.credits


@dataclass(frozen=True)
class Receipt:
    """What a payer sent, less what was already given back to them: below zero when the bank took it back later."""

    payer_id: int
    name: str
    kind: PayerKind
    cents: Cents


@dataclass(frozen=True)
class Position:
    """Where the money of one enrolment stands, from its ledger alone.

    `received` and `refunded` count students and parents; `owes` is negative when there is a credit;
    `funded` leaves out `company_share`, what the employer was billed, of which `company_paid` is here;
    `coming_back` is approved and not yet paid out. `companies` tells what each paid above its bill,
    negative while it owes: nothing of it is the student's.
    """

    price: Cents
    received: Cents
    refunded: Cents
    funded: Cents
    company_share: Cents
    owes: Cents
    receipts: tuple[Receipt, ...]
    plan_kind: PlanKind | None
    coming_back: Cents = NOTHING
    company_paid: Cents = NOTHING
    companies: tuple[Receipt, ...] = ()

    @property
    def taken_over(self) -> Cents:
        """What a contract freed the student of."""
        return Cents(self.funded + self.company_share)

    @property
    def own_price(self) -> Cents:
        """What is left for the student and the family to pay in all."""
        return Cents(self.price - self.taken_over)

    @property
    def own_paid(self) -> Cents:
        """What they paid of it: without what was given back, and without a credit."""
        return Cents(self.received - self.refunded - self.credit)

    @property
    def credit(self) -> Cents:
        """Money received that nothing asks for."""
        return Cents(max(0, -self.owes))

    @property
    def company_credits(self) -> list[Receipt]:
        """What companies paid above their bills."""
        return [one for one in self.companies if one.cents > 0]

    def owed_by(self, company: int) -> Cents:
        """What the company with that payer number still owes; negative for a credit."""
        return Cents(-sum(one.cents for one in self.companies if one.payer_id == company))

    def credit_of(self, payer_id: int) -> Cents:
        """What this payer could get back without anybody asking for it."""
        sent = {one.payer_id: max(0, min(self.credit, one.cents)) for one in self.receipts}
        above = {one.payer_id: one.cents for one in self.company_credits}
        return Cents((sent | above).get(payer_id, 0))


def position_from(balances: Sequence[Balance], plan_kind: PlanKind | None) -> Position:
    """Credits of REFUNDABLE are refunds approved, its debits refunds paid out; the rest are plain sums."""
    private = [one for one in balances if one.payer_kind != PayerKind.COMPANY]
    companies = [one for one in balances if one.payer_kind == PayerKind.COMPANY]
    sent_less_refunded = -_sum(one for one in private if one.payer_id is not None)
    refunded = -sum(one.credits for one in private if one.account == Account.REFUNDABLE)
    company_paid = _on(companies, Account.BANK) + _on(companies, Account.REFUNDABLE)
    return Position(
        price=Cents(-_on(balances, Account.TUITION)),
        received=Cents(sent_less_refunded + refunded),
        refunded=Cents(refunded),
        funded=Cents(_on(balances, Account.FUNDING)),
        company_share=Cents(_on(balances, Account.COMPANY_SHARE) + company_paid),
        owes=Cents(_on(balances, Account.RECEIVABLE)),
        receipts=tuple(one for one in _left_on(Account.RECEIVABLE, private) if one.cents),
        plan_kind=plan_kind,
        coming_back=Cents(-_on(private, Account.REFUNDABLE)),
        company_paid=Cents(company_paid),
        companies=tuple(_left_on(Account.COMPANY_SHARE, companies)),
    )


def here_of(payer_id: int, balances: Iterable[Balance]) -> Cents:
    """What a payer sent and no approved refund speaks for."""
    accounts = (Account.BANK, Account.REFUNDABLE)
    return Cents(
        sum(one.cents for one in balances if one.payer_id == payer_id and one.account in accounts)
    )


def billed(balances: Iterable[Balance]) -> dict[int, int]:
    """What each company was billed, paid or not."""
    bills: dict[int, int] = {}
    for one in balances:
        if one.payer_id is not None and one.payer_kind == PayerKind.COMPANY:
            bills[one.payer_id] = bills.get(one.payer_id, 0) + one.cents
    return bills


def _on(balances: Iterable[Balance], account: Account) -> int:
    return sum(one.cents for one in balances if one.account == account)


def _sum(balances: Iterable[Balance]) -> int:
    return sum(one.cents for one in balances if one.account == Account.RECEIVABLE)


def _left_on(account: Account, balances: Iterable[Balance]) -> list[Receipt]:
    """What of each payer's money stands on `account`, first payers first."""
    found: dict[int, Receipt] = {}
    for one in balances:
        if one.account != account or one.payer_id is None:
            continue
        before = found[one.payer_id].cents if one.payer_id in found else NOTHING
        left = Cents(before - one.cents)
        found[one.payer_id] = Receipt(one.payer_id, one.payer_name, PayerKind(one.payer_kind), left)
    return [found[payer_id] for payer_id in sorted(found)]
