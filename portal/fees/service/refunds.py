from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from portal.fees import ledger
from portal.fees.models import Payer
from portal.fees.rules import Account, Entry, PayerKind
from portal.fees.service.lines import ask_for_what_is_missing
from portal.kernel.db import chunks, transaction
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark
from portal.kernel.money import Cents
from portal.programme import Enrolment


def post_refund(enrolment_id: int, *, shares: dict[int, Cents], source: str) -> bool:
    """An approved refund: `shares` (cents by payer) wait to be paid out. False when `source` did it already.

    `NotPossible` when a share is more than that payer sent and did not get back, for a company more than it paid
    above its bill, and when the student's side has no such credit any more: a payment may have been taken back, or
    the bill have grown, since the refund was proposed.
    """
    return _move(enrolment_id, Account.RECEIVABLE, Account.REFUNDABLE, shares, source)


def post_payout(enrolment_id: int, *, shares: dict[int, Cents], source: str) -> bool:
    """A refund left the bank account. False when `source` did it already.

    `NotPossible` when a share is more than what waits to be paid out to that payer.
    """
    return _move(enrolment_id, Account.REFUNDABLE, Account.BANK, shares, source)


class Payout(NamedTuple):
    """One payer's part of a refund that left the bank account; `source` names the transfer."""

    enrolment_id: int
    payer_id: int
    cents: Cents
    source: str


def post_payouts(payouts: Sequence[Payout]) -> None:
    """`post_payout` for many transfers, in a few queries. `NotPossible` for one of them: then none is written."""
    with transaction():
        Enrolment.hold_all(one.enrolment_id for one in payouts)
        known = ledger.sources_among([one.source for one in payouts])
        fresh = [one for one in payouts if one.source not in known]
        _check_all(fresh)
        for one in payouts:
            if one.source in known:  # it says whether it is the same effect
                post_payout(one.enrolment_id, shares={one.payer_id: one.cents}, source=one.source)
        ledger.post_all([_payout(one) for one in fresh])
        for some in chunks(sorted({one.enrolment_id for one in fresh})):
            for enrolment_id, owes in ledger.owed(some).items():
                if owes > 0:
                    ask_for_what_is_missing(enrolment_id)


def post_return(enrolment_id: int, *, shares: dict[int, Cents], source: str) -> bool:
    """A payout came back to the bank account: its shares wait to be paid out again.

    `source` ends with what makes it a counter-entry (see `is_counter`); the caller knows the payout.
    """
    return _move(enrolment_id, Account.BANK, Account.REFUNDABLE, shares, source)


def withdraw_refund(enrolment_id: int, *, shares: dict[int, Cents], source: str) -> bool:
    """An approved refund that will not be paid out: its shares are the payers' money here again.

    `source` ends with what makes it a counter-entry (see `is_counter`).
    """
    return _move(enrolment_id, Account.REFUNDABLE, Account.RECEIVABLE, shares, source)


TOO_MUCH = {
    Account.RECEIVABLE: mark("A refund cannot be more than the payer paid."),
    Account.COMPANY_SHARE: mark("This is more than the company paid above its bill."),
    Account.REFUNDABLE: mark("No approved refund waits for this payment."),
}

NO_CREDIT = mark("The student’s side is not owed so much any more. Look at what was paid since.")


def _move(
    enrolment_id: int, debit: Account, credit: Account, shares: dict[int, Cents], source: str
) -> bool:
    """What a payer may take from `debit` is what stands there in credit, seen while the enrolment is held."""
    if not shares or min(shares.values()) <= 0:
        raise ValueError(f"shares are positive cents by payer, got {shares}")
    companies = _companies_among(shares)
    entries = [
        Entry(_own_account(account, payer_id in companies), signed, payer_id)
        for payer_id, cents in shares.items()
        for account, signed in ((debit, cents), (credit, -cents))
    ]
    with transaction():
        Enrolment.hold(enrolment_id)
        if not ledger.posted(enrolment_id, source):
            _check(enrolment_id, [entry for entry in entries if entry.cents > 0])
        written = ledger.post(enrolment_id, source, entries)
        if written:
            ask_for_what_is_missing(enrolment_id)
        return written


def _payout(one: Payout) -> ledger.Posting:
    entries = [
        Entry(Account.REFUNDABLE, one.cents, one.payer_id),
        Entry(Account.BANK, -one.cents, one.payer_id),
    ]
    return ledger.Posting(one.enrolment_id, one.source, entries)


def _check_all(payouts: Sequence[Payout]) -> None:
    wanted: Counter[tuple[int, int]] = Counter()
    for one in payouts:
        if one.cents <= 0:
            raise ValueError(f"shares are positive cents by payer, got {one}")
        wanted[one.enrolment_id, one.payer_id] += one.cents
    standing = ledger.standing_on(
        Account.REFUNDABLE, sorted({enrolment_id for enrolment_id, _ in wanted})
    )
    if any(cents > -standing.get(key, 0) for key, cents in wanted.items()):
        raise NotPossible(TOO_MUCH[Account.REFUNDABLE])


def _companies_among(payer_ids: Iterable[int]) -> set[int]:
    found = Payer.select(Payer.id).where(
        Payer.id.in_(list(payer_ids)) & (Payer.kind == PayerKind.COMPANY)
    )
    return {one.id for one in found}


def _own_account(account: Account, company: bool) -> Account:
    """A company's money stands against its share of the bill, everybody else's against what the student owes."""
    return Account.COMPANY_SHARE if company and account == Account.RECEIVABLE else account


def _check(enrolment_id: int, wanted: Sequence[Entry]) -> None:
    available = {(one.account, one.payer_id): -one.cents for one in ledger.balances(enrolment_id)}
    for entry in wanted:
        most = available.get((entry.account, entry.payer_id), 0)
        if entry.account in TOO_MUCH and entry.cents > most:
            raise NotPossible(TOO_MUCH[entry.account])
    families = sum(entry.cents for entry in wanted if entry.account == Account.RECEIVABLE)
    credit = sum(
        cents for (account, _), cents in available.items() if account == Account.RECEIVABLE
    )
    if families > max(0, credit):
        raise NotPossible(NO_CREDIT)
