"""Writing the ledger: balanced, once for each cause, every transaction chained to the one before it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from peewee import IntegrityError, fn

from portal.fees.models import LedgerEntry, LedgerTransaction
from portal.fees.rules import Account, Entry, chained
from portal.kernel import clock
from portal.kernel.db import chunks, database, transaction


class Unbalanced(Exception):
    """The entries of a transaction do not sum to zero: a mistake of ours, nothing was written."""


class SourceReused(Exception):
    """The same cause was given for another effect: a mistake of ours, nothing was written."""


class Posting(NamedTuple):
    """A balanced transaction to be written; `source` names its cause."""

    enrolment_id: int
    source: str
    entries: list[Entry]


def post(enrolment_id: int, source: str, entries: Iterable[Entry]) -> bool:
    """Write one balanced transaction once; entries of zero are left out.

    `source` names the cause ("refund:7"). Repeating it with the same entries changes nothing and
    returns False; with others it raises `SourceReused`. Call it while holding the enrolment.
    """
    wanted = [entry for entry in entries if entry.cents]
    if sum(entry.cents for entry in wanted) != 0:
        raise Unbalanced(f"{source}: {wanted}")
    if not database.in_transaction():
        raise RuntimeError("post inside the transaction that decides")
    try:
        with transaction():
            _write(enrolment_id, source, wanted)
    except IntegrityError:
        if not LedgerTransaction.select().where(LedgerTransaction.source == source).exists():
            raise
        if _read(enrolment_id, source) == sorted(wanted, key=_order):
            return False
        raise SourceReused(source) from None
    return True


def post_all(postings: Sequence[Posting]) -> None:
    """Write many transactions whose sources are all new, in a few queries; chained in the order given.

    Call it while holding their enrolments, after looking at `sources_among`.
    """
    if not database.in_transaction():
        raise RuntimeError("post inside the transaction that decides")
    for one in postings:
        if sum(entry.cents for entry in one.entries) != 0:
            raise Unbalanced(f"{one.source}: {one.entries}")
    heads: dict[int, tuple[int, str]] = {}
    for some in chunks(sorted({one.enrolment_id for one in postings})):
        heads |= _heads(some)
    for several in chunks(postings):
        _write_all(several, heads)


def sources_among(sources: Sequence[str]) -> set[str]:
    """Which of these had their effect already."""
    found: set[str] = set()
    for some in chunks(sources):
        rows: Any = LedgerTransaction.select(LedgerTransaction.source)
        found |= {source for (source,) in rows.where(LedgerTransaction.source.in_(some)).tuples()}
    return found


def posted(enrolment_id: int, source: str) -> bool:
    """Has `source` had its effect on this enrolment? `SourceReused` when it had one on another."""
    known = LedgerTransaction.get_or_none(LedgerTransaction.source == source)
    if known is not None and known.enrolment_id != enrolment_id:
        raise SourceReused(source)
    return known is not None


def _write(enrolment_id: int, source: str, entries: list[Entry]) -> None:
    number, before = _head(enrolment_id)
    now = clock.now()
    written = LedgerTransaction.create(
        enrolment=enrolment_id,
        source=source,
        posted_at=now,
        number=number + 1,
        previous_hash=before,
        hash=chained(before, enrolment_id, number + 1, source, now, entries),
    )
    for entry in entries:
        LedgerEntry.create(
            transaction=written,
            enrolment=enrolment_id,
            payer=entry.payer_id,
            account=entry.account,
            amount_cents=entry.cents,
        )


def _write_all(postings: Sequence[Posting], heads: dict[int, tuple[int, str]]) -> None:
    """`heads` is the newest number and hash of each enrolment, and moves on."""
    now, rows = clock.now(), []
    for enrolment_id, source, entries in postings:
        number, before = heads.get(enrolment_id, (0, ""))
        seal = chained(before, enrolment_id, number + 1, source, now, entries)
        heads[enrolment_id] = (number + 1, seal)
        rows.append(
            {
                "enrolment": enrolment_id,
                "source": source,
                "posted_at": now,
                "number": number + 1,
                "previous_hash": before,
                "hash": seal,
            }
        )
    LedgerTransaction.insert_many(rows).execute()
    written: Any = LedgerTransaction.select(LedgerTransaction.source, LedgerTransaction.id).where(
        LedgerTransaction.source.in_([one.source for one in postings])
    )
    keys = dict(written.tuples())
    LedgerEntry.insert_many(
        {
            "transaction": keys[source],
            "enrolment": enrolment_id,
            "payer": entry.payer_id,
            "account": entry.account,
            "amount_cents": entry.cents,
        }
        for enrolment_id, source, entries in postings
        for entry in entries
    ).execute()


def _heads(enrolment_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """As `_head`, for many."""
    newest = (
        LedgerTransaction.select(
            LedgerTransaction.enrolment, fn.MAX(LedgerTransaction.number).alias("number")
        )
        .where(LedgerTransaction.enrolment.in_(enrolment_ids))
        .group_by(LedgerTransaction.enrolment)
        .alias("newest")
    )
    rows: Any = LedgerTransaction.select(
        LedgerTransaction.enrolment, LedgerTransaction.number, LedgerTransaction.hash
    ).join(
        newest,
        on=(LedgerTransaction.enrolment == newest.c.enrolment_id)
        & (LedgerTransaction.number == newest.c.number),
    )
    return {enrolment_id: (number, seal) for enrolment_id, number, seal in rows.tuples()}


def _head(enrolment_id: int) -> tuple[int, str]:
    """Number and hash of the newest transaction of an enrolment, which the caller holds."""
    newest: Any = (
        LedgerTransaction.select(LedgerTransaction.number, LedgerTransaction.hash)
        .where(LedgerTransaction.enrolment == enrolment_id)
        .order_by(LedgerTransaction.number.desc())
        .tuples()
        .first()
    )
    return newest or (0, "")


def _read(enrolment_id: int, source: str) -> list[Entry]:
    rows: Any = (
        LedgerEntry.select(LedgerEntry.account, LedgerEntry.amount_cents, LedgerEntry.payer)
        .join(LedgerTransaction)
        .where((LedgerTransaction.source == source) & (LedgerEntry.enrolment == enrolment_id))
        .tuples()
    )
    return sorted((Entry(Account(row[0]), *row[1:]) for row in rows), key=_order)


def _order(entry: Entry) -> tuple[str, int, int]:
    return entry.account, entry.payer_id or 0, entry.cents
