"""What a period of the ledger holds, for those who hand it over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from peewee import Case, fn

from portal.fees.models import Invoice, LedgerEntry, LedgerTransaction, Payment
from portal.fees.queries.books import BookMove, since, until, with_entries
from portal.kernel import clock
from portal.kernel.money import Cents

CHUNK = 500


class Control(NamedTuple):
    """What a period of the books holds; debit and credit are both positive."""

    transactions: int
    entries: int
    debit: Cents
    credit: Cents


def control_of(begins: date, ends: date) -> Control:
    """How many transactions and entries these days hold, and their sums; one query."""
    amount = LedgerEntry.amount_cents
    rows: Any = (
        LedgerEntry.select(
            fn.COUNT(fn.DISTINCT(LedgerEntry.transaction)),
            fn.COUNT(LedgerEntry.id),
            fn.SUM(Case(None, [(amount > 0, amount)], 0)),
            fn.SUM(Case(None, [(amount < 0, 0 - amount)], 0)),
        )
        .join(LedgerTransaction)
        .where(since(begins) & until(ends))
        .tuples()
    )
    transactions, entries, debit, credit = (int(number or 0) for number in rows[0])
    return Control(transactions, entries, Cents(debit), Cents(credit))


def posted_between(begins: date, before: date) -> int:
    """How many transactions of `book` were posted from `begins` until the day before `before`; one query."""
    earlier = LedgerTransaction.posted_at < clock.midnight(before)
    return LedgerTransaction.select().where(since(begins) & earlier & with_entries()).count()


class Piece(NamedTuple):
    """What proves a move: the numbers of its invoices and credit notes, or else its source, and its day."""

    name: str
    on: date


def with_pieces(moves: Iterable[BookMove]) -> Iterator[tuple[BookMove, Piece]]:
    """Each move with what proves it: money proves itself on the day it arrived; two queries per 500."""
    some = iter(moves)
    while chunk := list(islice(some, CHUNK)):
        arrived, documents = _arrived(chunk), _documents(chunk)
        for move in chunk:
            name = ", ".join(documents[move.source]) or move.source
            yield move, Piece(name, arrived.get(move.source, move.on))


def _arrived(moves: list[BookMove]) -> dict[str, date]:
    ids = [
        int(number)
        for what, _, number in (move.source.partition(":") for move in moves)
        if what == "payment" and number.isdigit()
    ]
    rows: Any = Payment.select(Payment.id, Payment.received_on).where(Payment.id.in_(ids)).tuples()
    return {f"payment:{payment_id}": day for payment_id, day in rows}


def _documents(moves: list[BookMove]) -> defaultdict[str, list[str]]:
    """The numbers of what was issued for each source, as issued."""
    sources = [move.source for move in moves]
    rows: Any = Invoice.select(Invoice.source, Invoice.number).where(Invoice.source.in_(sources))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for source, number in rows.order_by(Invoice.id).tuples():
        found[source].append(number)
    return found
