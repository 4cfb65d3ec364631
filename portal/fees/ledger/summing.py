"""Summing the ledger."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from peewee import JOIN, Case, fn

from portal.fees.models import LedgerEntry, LedgerTransaction, Payer
from portal.fees.rules import COUNTERS, Account, Balance, Entry, Move
from portal.kernel.clock import school_time
from portal.kernel.db import chunks
from portal.kernel.money import Cents


def standing_on(account: Account, enrolment_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """What stands on `account` for each payer of these enrolments, by enrolment and payer; debit positive."""
    found: dict[tuple[int, int], int] = {}
    for some in chunks(enrolment_ids):
        rows: Any = (
            LedgerEntry.select(
                LedgerEntry.enrolment, LedgerEntry.payer, fn.SUM(LedgerEntry.amount_cents)
            )
            .where(
                LedgerEntry.enrolment.in_(some)
                & (LedgerEntry.account == account)
                & LedgerEntry.payer.is_null(False)
            )
            .group_by(LedgerEntry.enrolment, LedgerEntry.payer)
            .tuples()
        )
        found |= {(enrolment_id, payer_id): int(cents) for enrolment_id, payer_id, cents in rows}
    return found


def balances(enrolment_id: int, *, before: int | None = None) -> list[Balance]:
    """What each account and payer of an enrolment sums up to, or did before transaction number `before`; one query."""
    amount = LedgerEntry.amount_cents
    counter = reduce(or_, (LedgerTransaction.source.endswith(end) for end in COUNTERS))
    then = LedgerTransaction.number < before if before is not None else True
    debit = ((amount > 0) & ~counter) | ((amount < 0) & counter)
    rows: Any = (
        LedgerEntry.select(
            LedgerEntry.account,
            LedgerEntry.payer,
            Payer.name,
            Payer.kind,
            fn.SUM(Case(None, [(debit, amount)], 0)),
            fn.SUM(Case(None, [(debit, 0)], amount)),
        )
        .join(Payer, JOIN.LEFT_OUTER)
        .switch(LedgerEntry)
        .join(LedgerTransaction)
        .where((LedgerEntry.enrolment == enrolment_id) & then)
        .group_by(LedgerEntry.account, LedgerEntry.payer, Payer.name, Payer.kind)
        .tuples()
    )
    return [
        Balance(account, payer_id, name or "", kind or "", int(debits), int(credits))
        for account, payer_id, name, kind, debits, credits in rows
    ]


def owed(enrolment_ids: Iterable[int]) -> dict[int, Cents]:
    """What each of these enrolments owes, 0 for one without entries; one query."""
    wanted = list(enrolment_ids)
    rows: Any = (
        LedgerEntry.select(LedgerEntry.enrolment, fn.SUM(LedgerEntry.amount_cents))
        .where(
            LedgerEntry.enrolment.in_(wanted) & (LedgerEntry.account == Account.RECEIVABLE),
        )
        .group_by(LedgerEntry.enrolment)
        .tuples()
    )
    sums = {enrolment_id: Cents(int(cents)) for enrolment_id, cents in rows}
    return {enrolment_id: sums.get(enrolment_id, Cents(0)) for enrolment_id in wanted}


def moves(enrolment_id: int) -> list[Move]:
    """Every transaction of an enrolment with its entries, oldest first; one query."""
    rows: Any = (
        LedgerEntry.select(
            LedgerTransaction.source,
            LedgerTransaction.posted_at,
            LedgerEntry.account,
            LedgerEntry.amount_cents,
            LedgerEntry.payer,
        )
        .join(LedgerTransaction)
        .where(LedgerEntry.enrolment == enrolment_id)
        .order_by(LedgerEntry.id)
        .tuples()
    )
    found: dict[str, Move] = {}
    for source, posted_at, *entry in rows:
        day = school_time(posted_at).date()
        move = found.setdefault(source, Move(day, source, []))
        move.entries.append(Entry(Account(entry[0]), *entry[1:]))
    return list(found.values())
