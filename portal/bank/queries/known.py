"""What lines are compared with: payers and what they owe, accounts, our own transfers, earlier lines."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from portal import fees, payouts
from portal.bank.models import Allocation, BankLine
from portal.bank.queries.paid import paid_near
from portal.bank.queries.telling import retold_among
from portal.bank.rules import (
    Book,
    Collected,
    Entry,
    KnownPayer,
    LineState,
    Sent,
    SentOrder,
    SentState,
    What,
    numbers_in,
)
from portal.kernel.db import chunks
from portal.kernel.money import Cents
from portal.kernel.vault import vault
from portal.payouts import TransferState
from portal.programme import School

NOTHING = Cents(0)
SENT_STATES = {
    TransferState.SENT: SentState.SENT,
    TransferState.PAID: SentState.EXECUTED,
    TransferState.REJECTED: SentState.REFUSED,
    TransferState.RETURNED: SentState.RETURNED,
}


def own_accounts() -> frozenset[str]:
    """The IBANs of the school; one query."""
    return frozenset(school.iban for school in School.select() if school.iban)


def known_bookings(bookings: list[str]) -> set[str]:
    """Bookings that an earlier file told, whole or in parts: another cut of them is nothing new."""
    wanted = sorted({booking for booking in bookings if booking})
    return {
        line.booking
        for some in chunks(wanted)
        for line in BankLine.select(BankLine.booking).where(BankLine.booking.in_(some)).distinct()
    }


def lines_by_identity(identities: list[str]) -> list[BankLine]:
    """These lines, in the order they were told."""
    return [
        line
        for some in chunks(identities)
        for line in BankLine.select().where(BankLine.identity.in_(some)).order_by(BankLine.id)
    ]


def book_for(entries: list[Entry]) -> Book:
    """Everything these entries can be compared with, as it stands now."""
    numbers = sorted({number for entry in entries for number in numbers_in(entry)})
    sent = _sent(numbers)
    collected = {
        number: Collected(one.payment_id, one.cents, one.reversed)
        for number, one in fees.collected(numbers).items()
    }
    return Book(
        [_known(one) for one in fees.who_pays()] if entries else [],
        accounts=_accounts(entries),
        refunded=_refunded(entries),
        retold=retold_among(entries),
        sent=sent,
        orders=_orders() if any(entry.cents < 0 for entry in entries) else {},
        collected=collected,
        paid=paid_near(entries),
        fingerprint=lambda iban: vault().fingerprint(iban.replace(" ", "").upper()),
    )


def payments_of(identities: list[str]) -> dict[tuple[str, int], int]:
    """The payments that lines became, by the line's identity and the payer."""
    found: dict[tuple[str, int], int] = {}
    for some in chunks(identities):
        rows: Any = (
            Allocation.select(BankLine.identity, Allocation.payer, Allocation.payment)
            .join(BankLine)
            .where(BankLine.identity.in_(some))
            .tuples()
        )
        found |= {(identity, payer_id): payment_id for identity, payer_id, payment_id in rows}
    return found


def _sent(numbers: list[str]) -> dict[str, Sent]:
    """Our transfers. One that the bank's answer marked paid is still to be told by a statement, once."""
    found = payouts.sent_transfers(numbers)
    told = _told([key for key, _, _ in found.values()])
    sent = {}
    for number, (key, cents, state) in found.items():
        if state == TransferState.PAID and key not in told:
            state = TransferState.SENT
        if state in SENT_STATES:
            sent[number] = Sent(key, Cents(cents), SENT_STATES[TransferState(state)])
    return sent


def _orders() -> dict[str, SentOrder]:
    """Our released orders; what a statement told of them, in one sum or one by one, is not told again."""
    found: dict[str, SentOrder] = {}
    parts = payouts.ordered_transfers()
    told = _told([one.transfer_id for one in parts])
    for one in parts:
        order = found.get(one.order, SentOrder(one.transfer_id, NOTHING))
        left = one.state == TransferState.SENT or (
            one.state == TransferState.PAID and one.transfer_id not in told
        )
        refused = one.state == TransferState.REJECTED
        found[one.order] = SentOrder(
            order.transfer_id,
            Cents(order.untold_cents + one.cents * left),
            Cents(order.refused_cents + one.cents * refused),
        )
    return found


def _told(transfer_ids: list[int]) -> set[int]:
    """Which of our transfers a line of a statement shows as executed."""
    told: set[int] = set()
    for some in chunks(transfer_ids):
        rows: Any = BankLine.select(BankLine.transfer_id).where(
            BankLine.transfer_id.in_(some) & (BankLine.what == What.TRANSFER_EXECUTED)
        )
        told |= {transfer_id for (transfer_id,) in rows.tuples()}
    return told | payouts.in_same_orders(_sums())


def _sums() -> list[int]:
    """One transfer of each order that a line shows as executed in one sum."""
    whole = (BankLine.what == What.ORDER_EXECUTED) & (BankLine.state == LineState.MATCHED)
    rows: Any = BankLine.select(BankLine.transfer_id).where(whole).tuples()
    return [transfer_id for (transfer_id,) in rows if transfer_id is not None]


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


def paid_from(payer_id: int, fingerprint: str) -> bool:
    """Whether money that is still this payer's came from the account of that fingerprint; one query."""
    mine = (Allocation.payer == payer_id) & Allocation.undone_at.is_null()
    rows = (
        Allocation.select().join(BankLine).where(mine & (BankLine.iban_fingerprint == fingerprint))
    )
    return rows.exists()


def _known(one: fees.WhoPays) -> KnownPayer:
    return KnownPayer(
        id=one.payer_id,
        name=one.name,
        names=(one.student,),
        reference=one.reference,
        open_cents=one.open_cents,
        asked=one.asked,
        student=str(one.student_id),
        debt=one.debt,
    )


def _accounts(entries: Iterable[Entry]) -> dict[str, list[int]]:
    """Who paid from the accounts of these entries before."""
    prints = _prints(entries)
    found: dict[str, set[int]] = defaultdict(set)
    for some in chunks(prints):
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
        for fingerprint, payer_id in rows:
            found[fingerprint].add(payer_id)
    return {fingerprint: sorted(payers) for fingerprint, payers in found.items()}


def _refunded(entries: Iterable[Entry]) -> dict[str, list[int]]:
    """Who gets refunds at the accounts of these entries."""
    found: dict[str, list[int]] = defaultdict(list)
    for some in chunks(_prints(entries)):
        for fingerprint, payer_id in fees.payers_at(some):
            found[fingerprint].append(payer_id)
    return found


def _prints(entries: Iterable[Entry]) -> list[str]:
    return sorted({vault().fingerprint(entry.iban) for entry in entries if entry.iban})
