"""The ledger of the whole school, transaction by transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from peewee import JOIN, fn

from portal.fees.models import LedgerEntry, LedgerTransaction, Payer
from portal.fees.rules import Account, PayerKind
from portal.kernel import clock
from portal.kernel.db import streamed
from portal.kernel.money import Cents
from portal.kernel.text import fold
from portal.programme import Enrolment, Student

PAGE = 50


@dataclass(frozen=True)
class BookFilter:
    """Which transactions: posted from day `begins` to day `ends` at school, touching `account`; empty is all."""

    search: str = ""
    account: str = ""
    begins: date | None = None
    ends: date | None = None


class BookSide(NamedTuple):
    """Debit positive, credit negative."""

    account: Account
    cents: Cents
    payer: str
    payer_reference: str
    company: bool = False


@dataclass(frozen=True)
class BookMove:
    """A transaction with its student and entries; `on` is its day at school."""

    id: int
    source: str
    on: date
    student_id: int
    student: str
    student_number: str
    sides: list[BookSide] = field(default_factory=list)


def book_page(wanted: BookFilter, page: int) -> tuple[list[BookMove], bool]:
    """Transactions newest first, 50 a page, and whether there are more; two queries."""
    newest = LedgerTransaction.id.desc()
    rows = _moves(wanted).order_by(newest).limit(PAGE + 1).offset((page - 1) * PAGE)
    ids = [row.id for row in rows]
    entries = _entries().where(LedgerEntry.transaction.in_(ids[:PAGE]))
    return list(_read(entries.order_by(newest, LedgerEntry.id))), len(ids) > PAGE


def book(wanted: BookFilter) -> Iterator[BookMove]:
    """Every such transaction in the order in which it was posted, one at a time; one query."""
    entries = _entries().where(LedgerEntry.transaction.in_(_moves(wanted)))
    as_posted = (LedgerTransaction.posted_at, LedgerTransaction.id, LedgerEntry.id)
    return _read(streamed(entries.order_by(*as_posted)))


def _moves(wanted: BookFilter) -> Any:
    rows = LedgerTransaction.select(LedgerTransaction.id)
    if wanted.begins:
        rows = rows.where(since(wanted.begins))
    if wanted.ends:
        rows = rows.where(until(wanted.ends))
    rows = rows.where(with_entries(wanted.account))
    if wanted.search.strip():
        rows = rows.join(Enrolment).join(Student).where(_of(wanted.search))
    return rows


def _of(search: str) -> Any:
    found: Any = LedgerTransaction.source == search.strip().lower()
    of_student: Any = True
    for word in fold(search).split():
        of_student = Student.folded.contains(word) & of_student
    return found | of_student


def with_entries(account: str = "") -> Any:
    """Transactions that move money, on `account` if one is named: others only note that a cause had no effect."""
    touching = LedgerEntry.select(LedgerEntry.id).where(
        LedgerEntry.transaction == LedgerTransaction.id
    )
    if account:
        touching = touching.where(LedgerEntry.account == account)
    return fn.EXISTS(touching)


def since(begins: date) -> Any:
    """Transactions posted on that day at school or later."""
    return LedgerTransaction.posted_at >= clock.midnight(begins)


def until(ends: date) -> Any:
    """Transactions posted on that day at school or earlier."""
    return LedgerTransaction.posted_at < clock.midnight(ends + timedelta(days=1))


def _entries() -> Any:
    return (
        LedgerEntry.select(
            LedgerTransaction.id,
            LedgerTransaction.source,
            LedgerTransaction.posted_at,
            Student.id,
            Student.family_name,
            Student.given_names,
            Student.number,
            LedgerEntry.account,
            LedgerEntry.amount_cents,
            Payer.name,
            Payer.reference,
            Payer.kind,
        )
        .join(LedgerTransaction)
        .join(Enrolment)
        .join(Student)
        .switch(LedgerEntry)
        .join(Payer, JOIN.LEFT_OUTER)
        .tuples()
    )


def _read(rows: Iterable[tuple[Any, ...]]) -> Iterator[BookMove]:
    """Rows of one transaction stand together."""
    for _, entries in groupby(rows, key=lambda row: row[0]):
        some = list(entries)
        yield _move(some[0], [_side(*row[7:]) for row in some])


def _move(row: tuple[Any, ...], sides: list[BookSide]) -> BookMove:
    number, source, posted_at, student_id, family_name, given_names, student_number = row[:7]
    return BookMove(
        id=number,
        source=source,
        on=_day(posted_at),
        student_id=student_id,
        student=f"{family_name}, {given_names}" if given_names else family_name,
        student_number=student_number,
        sides=sides,
    )


def _side(
    account: str, cents: int, payer: str | None, reference: str | None, kind: str | None
) -> BookSide:
    company = kind == PayerKind.COMPANY
    return BookSide(Account(account), Cents(cents), payer or "", reference or "", company)


def _day(posted_at: datetime) -> date:
    return clock.school_time(posted_at).date()
