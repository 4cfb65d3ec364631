"""Proof that the ledger is what was written."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from peewee import JOIN, Value

from portal.fees.models import LedgerEntry, LedgerTransaction, Payment, PaymentPlan
from portal.fees.rules import Account, Entry, chained
from portal.kernel.db import streamed


class Flaw(NamedTuple):
    """A transaction of the ledger that is not what was written, and why."""

    source: str
    enrolment_id: int
    why: str


class Verdict(NamedTuple):
    """`seal` is a hash over the newest seal of every enrolment: two ledgers with the same one are the same."""

    transactions: int
    flaws: list[Flaw]
    seal: str


def verify() -> Verdict:
    """Read the whole ledger once, as it was posted, and compare every seal.

    Linear in time: rows come in the order in which they lie on disk, so that a ledger larger than the database's
    cache is not read in jumps. In memory: the newest seal of every enrolment.
    """
    flaws: list[Flaw] = []
    count = 0
    heads: dict[int, tuple[int, str]] = {}
    for head, entries in groupby(_everything(), key=itemgetter(slice(6))):
        enrolment_id, number, source, posted_at, previous, seal = head
        rows = [row for row in entries if row[6] is not None]
        sides = [Entry(row[6], row[7], row[8]) for row in rows]
        last_number, last_seal = heads.get(enrolment_id, (0, ""))
        right = chained(last_seal, enrolment_id, number, source, posted_at, sides)
        if (number, previous) != (last_number + 1, last_seal):
            flaws.append(Flaw(source, enrolment_id, "does not follow the one before it"))
        elif seal != right or any(row[9] != enrolment_id for row in rows):
            flaws.append(Flaw(source, enrolment_id, "was changed after it was sealed"))
        elif sum(side.cents for side in sides) != 0:
            flaws.append(Flaw(source, enrolment_id, "does not sum to zero"))
        heads[enrolment_id] = (number, seal)
        count += 1
    flaws += [Flaw(source, key, "is missing from the ledger") for source, key in _unposted()]
    flaws += [Flaw(source, key, "is not what its payment says") for source, key in _altered()]
    return Verdict(count, flaws, _seal_over(heads))


def _seal_over(heads: dict[int, tuple[int, str]]) -> str:
    newest = [f"{key}:{number}:{seal}" for key, (number, seal) in sorted(heads.items())]
    return sha256("\n".join(newest).encode()).hexdigest()


def _everything() -> Iterator[tuple]:
    rows: Any = (
        LedgerTransaction.select(
            LedgerTransaction.enrolment,
            LedgerTransaction.number,
            LedgerTransaction.source,
            LedgerTransaction.posted_at,
            LedgerTransaction.previous_hash,
            LedgerTransaction.hash,
            LedgerEntry.account,
            LedgerEntry.amount_cents,
            LedgerEntry.payer,
            LedgerEntry.enrolment,
        )
        .join(LedgerEntry, JOIN.LEFT_OUTER)
        .order_by(LedgerTransaction.id)
        .tuples()
    )
    return streamed(rows)


def _altered() -> list[tuple[str, int]]:
    """Transactions of payments whose own row names another amount or payer."""
    rows: Any = (
        Payment.select(LedgerTransaction.source, Payment.enrolment)
        .join(
            LedgerTransaction,
            on=LedgerTransaction.source == Value("payment:").concat(Payment.id.cast("TEXT")),
        )
        .join(LedgerEntry, on=LedgerEntry.transaction == LedgerTransaction.id)
        .where(
            (LedgerEntry.account == Account.BANK)
            & (
                (LedgerEntry.amount_cents != Payment.amount_cents)
                | (LedgerEntry.payer != Payment.payer)
            )
        )
        .tuples()
    )
    return list(rows)


def _unposted() -> list[tuple[str, int]]:
    """Payments and plans whose transaction is gone, such as one cut off the end of a chain."""
    found = []
    for table, prefix in ((Payment, "payment:"), (PaymentPlan, "plan:")):
        rows: Any = (
            table.select(table.id, table.enrolment)
            .join(
                LedgerTransaction,
                JOIN.LEFT_OUTER,
                on=LedgerTransaction.source == Value(prefix).concat(table.id.cast("TEXT")),
            )
            .where(LedgerTransaction.id.is_null())
            .tuples()
        )
        found += [(f"{prefix}{key}", enrolment_id) for key, enrolment_id in rows]
    return found
