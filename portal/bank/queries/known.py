"""What lines are compared with: payers and what they owe, accounts, our own transfers, earlier lines."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from portal import fees, payouts
from portal.bank.models import Allocation, BankLine
from portal.bank.rules import (
    Book,
    Collected,
    Entry,
    KnownPayer,
    LineState,
    Payment,
    Sent,
    SentState,
)
from portal.kernel.money import Cents
from portal.kernel.vault import vault
from portal.payouts import TransferState
from portal.programme import School

CHUNK = 500
SENT_STATES = {
    TransferState.SENT: SentState.SENT,
    TransferState.PAID: SentState.EXECUTED,
    TransferState.REJECTED: SentState.RETURNED,
    TransferState.RETURNED: SentState.RETURNED,
}


def own_accounts() -> frozenset[str]:
    """The IBANs of the school; one query."""
    return frozenset(school.iban for school in School.select() if school.iban)


def known_identities(identities: list[str]) -> set[str]:
    """Which of these movements an earlier file told."""
    return {
        line.identity
        for some in _chunks(identities)
        for line in BankLine.select(BankLine.identity).where(BankLine.identity.in_(some))
    }


def known_bookings(bookings: list[str]) -> dict[str, bool]:
    """Bookings that an earlier file told, whole or in parts: another cut of them is nothing new."""
    wanted = sorted({booking for booking in bookings if booking})
    return {
        line.booking: True
        for some in _chunks(wanted)
        for line in BankLine.select(BankLine.booking).where(BankLine.booking.in_(some)).distinct()
    }


def lines_by_identity(identities: list[str]) -> list[BankLine]:
    """These lines, in the order they were told."""
    return [
        line
        for some in _chunks(identities)
        for line in BankLine.select().where(BankLine.identity.in_(some)).order_by(BankLine.id)
    ]


def book_for(entries: list[Entry]) -> Book:
    """Everything these entries can be compared with, as it stands now."""
    numbers = sorted({entry.end_to_end for entry in entries if entry.end_to_end})
    sent = {
        number: Sent(key, Cents(cents), SENT_STATES[TransferState(state)])
        for number, (key, cents, state) in payouts.sent_transfers(numbers).items()
        if state in SENT_STATES
    }
    collected = {
        number: Collected(one.payment_id, one.cents, one.reversed)
        for number, one in fees.collected(numbers).items()
    }
    return Book(
        [_known(one) for one in fees.who_pays()] if entries else [],
        accounts=_accounts(entries),
        sent=sent,
        collected=collected,
        paid=_paid(entries),
        fingerprint=lambda iban: vault().fingerprint(iban.replace(" ", "").upper()),
    )


def accounts_to_learn(file_id: int) -> list[tuple[int, str, str]]:
    """Payer, IBAN and holder of every line of a file that is all one payer's."""
    found: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    rows = (
        Allocation.select(Allocation, BankLine)
        .join(BankLine)
        .where((BankLine.file == file_id) & (BankLine.iban_fingerprint != ""))
    )
    for part in rows:
        found[part.line.id].append((part.payer_id, part.line.iban, part.line.name))
    return [parts[0] for parts in found.values() if len(parts) == 1]


def _known(one: fees.WhoPays) -> KnownPayer:
    return KnownPayer(
        id=one.payer_id,
        name=one.name,
        names=(one.student,),
        reference=one.reference,
        open_cents=one.open_cents,
        asked=one.asked,
        student=str(one.student_id),
    )


def _accounts(entries: Iterable[Entry]) -> dict[str, list[int]]:
    """Who paid from the accounts of these entries before, or gets refunds there."""
    prints = sorted({vault().fingerprint(entry.iban) for entry in entries if entry.iban})
    found: dict[str, set[int]] = defaultdict(set)
    for some in _chunks(prints):
        rows: Any = (
            Allocation.select(BankLine.iban_fingerprint, Allocation.payer)
            .join(BankLine)
            .where(
                BankLine.iban_fingerprint.in_(some)
                & (BankLine.state == LineState.MATCHED)
                & Allocation.undone_at.is_null()
            )
            .tuples()
        )
        for fingerprint, payer_id in [*rows, *fees.payers_at(some)]:
            found[fingerprint].add(payer_id)
    return {fingerprint: sorted(payers) for fingerprint, payers in found.items()}


def _paid(entries: list[Entry]) -> list[Payment]:
    """Payments of the same days, which a line may repeat, and of the same sums, which a debit may take back."""
    if not entries:
        return []
    days = sorted({entry.booked_on for entry in entries})
    taken = sorted({-entry.cents for entry in entries if entry.cents < 0})
    return [
        Payment(one.payment_id, one.payer_id, one.cents, one.received_on, one.end_to_end)
        for one in _payments(days, taken)
    ]


def _payments(days: list[date], taken: list[int]) -> list[fees.PaidBefore]:
    found = {one.payment_id: one for some in _chunks(days) for one in fees.paid_on(some)}
    for sums in _chunks(taken):
        found |= {one.payment_id: one for one in fees.paid_sums(sums)}
    return list(found.values())


def _chunks(values: list) -> Iterator[list]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
