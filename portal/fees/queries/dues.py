"""The lines of all plans that still ask for money."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from peewee import Case, fn

from portal.fees.models import Instalment, LedgerEntry, Payer, PaymentPlan
from portal.fees.rules import Account, LineKind, PayerKind
from portal.kernel import clock
from portal.kernel.db import streamed
from portal.kernel.money import Cents
from portal.kernel.text import fold
from portal.programme import Cohort, Enrolment, Student

PAGE = 50


@dataclass(frozen=True)
class DueFilter:
    """Which open lines: due from `first` to `last` (None is open), of these cohorts (None is all)."""

    search: str = ""
    cohort_ids: Collection[int] | None = None
    first: date | None = None
    last: date | None = None


class Due(NamedTuple):
    """A line that is not settled. The payer is the parent or guarantor who was added last, else the student."""

    due_on: date
    kind: LineKind
    cents: Cents
    rest: Cents
    days_late: int
    payer: str
    payer_reference: str
    student_id: int
    family_name: str
    given_names: str
    student_number: str
    cohort: str

    @property
    def settled(self) -> Cents:
        return Cents(self.cents - self.rest)

    @property
    def listed_as(self) -> str:
        return f"{self.family_name}, {self.given_names}" if self.given_names else self.family_name


class DuePage(NamedTuple):
    """One page of lines; `in_all` lines and `cents` (what is left to pay) are those of the whole list."""

    dues: list[Due]
    more: bool
    in_all: int
    cents: Cents


def due_page(wanted: DueFilter, page: int) -> DuePage:
    """Open lines, oldest due first, 50 a page; one query that grows with the number of open accounts."""
    rows = _dues(wanted).limit(PAGE + 1).offset((page - 1) * PAGE)
    found = list(rows.tuples())
    count, cents = found[0][-2:] if found else (0, 0)
    some = [_due(row) for row in found[:PAGE]]
    return DuePage(some, len(found) > PAGE, int(count), Cents(int(cents)))


def every_due(wanted: DueFilter) -> Iterator[Due]:
    """The whole list, one line at a time; one query."""
    return (_due(row) for row in streamed(_dues(wanted).tuples()))


def _due(row: Any) -> Due:
    due_on, kind, cents, rest = row[:4]
    days_late = max(0, (clock.today() - due_on).days)
    return Due(due_on, LineKind(kind), Cents(cents), Cents(int(rest)), days_late, *row[4:-2])


def _dues(wanted: DueFilter) -> Any:
    """Money settles the oldest line first (`rules.stand`), so what is owed lies on the newest lines."""
    lines, owing = _standing_lines(), _owing(wanted.cohort_ids)
    uncovered = owing.c.cents - lines.c.later
    rest = Case(None, [(uncovered < Instalment.amount_cents, uncovered)], Instalment.amount_cents)
    rows = (
        Instalment.select(
            Instalment.due_on,
            Instalment.kind,
            Instalment.amount_cents,
            rest,
            Payer.name,
            Payer.reference,
            Student.id,
            Student.family_name,
            Student.given_names,
            Student.number,
            Cohort.name,
            fn.COUNT(Instalment.id).over(),
            fn.SUM(rest).over(),
        )
        .join(lines, on=Instalment.id == lines.c.id)
        .switch(Instalment)
        .join(PaymentPlan)
        .join(owing, on=PaymentPlan.enrolment == owing.c.enrolment_id)
        .switch(PaymentPlan)
        .join(Enrolment)
        .join(Student)
        .switch(Enrolment)
        .join(Cohort)
        .switch(Enrolment)
        .join(Payer, on=Payer.id == _who_pays())
        .where(uncovered > 0)
        .order_by(Instalment.due_on, Student.folded, Instalment.id)
    )
    return _narrowed(rows, wanted)


def _narrowed(rows: Any, wanted: DueFilter) -> Any:
    for word in wanted.search.split():
        rows = rows.where(
            Student.folded.contains(fold(word))
            | Payer.name.contains(word)
            | Payer.reference.contains(word)
        )
    if wanted.first:
        rows = rows.where(Instalment.due_on >= wanted.first)
    if wanted.last:
        rows = rows.where(Instalment.due_on <= wanted.last)
    return rows


def _standing_lines() -> Any:
    """Each line that is not cancelled, with the `later` cents of those of its plan that fall due after it."""
    from_here = fn.SUM(Instalment.amount_cents).over(
        partition_by=[Instalment.plan],
        order_by=[Instalment.due_on.desc(), Instalment.position.desc()],
    )
    return (
        Instalment.select(Instalment.id, (from_here - Instalment.amount_cents).alias("later"))
        .where(Instalment.cancelled_at.is_null())
        .alias("lines")
    )


def _owing(cohort_ids: Collection[int] | None) -> Any:
    """Enrolments that owe something, with how much."""
    owes = fn.SUM(LedgerEntry.amount_cents)
    accounts = LedgerEntry.select(LedgerEntry.enrolment, owes.alias("cents")).where(
        LedgerEntry.account == Account.RECEIVABLE
    )
    if cohort_ids is not None:
        accounts = accounts.join(Enrolment).where(Enrolment.cohort.in_(cohort_ids))
    return accounts.group_by(LedgerEntry.enrolment).having(owes > 0).alias("owing")


def _who_pays() -> Any:
    one = Payer.alias()
    private = (one.enrolment == Enrolment.id) & (one.kind != PayerKind.COMPANY)
    return one.select(fn.MAX(one.id)).where(private)
