"""What the finance office looks at as a whole: months, dues, credits, who pays for the years, the ledger's lines."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

from peewee import JOIN, SQL, Case, Window, fn

from portal.fees.models import (
    Instalment,
    LedgerEntry,
    LedgerTransaction,
    Payer,
    Payment,
    PaymentPlan,
)
from portal.fees.rules import Account
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.kernel.text import fold
from portal.programme import Cohort, Enrolment, Student

SOON = timedelta(days=30)


class Month(NamedTuple):
    """What was or is expected in a month, and what came; `first` is its first day."""

    first: date
    expected: Cents
    received: Cents


class Split(NamedTuple):
    """Who pays for the years: cents."""

    students: Cents
    funders: Cents
    companies: Cents

    @property
    def whole(self) -> Cents:
        return Cents(self.students + self.funders + self.companies)


@dataclass(frozen=True)
class DuesWanted:
    """`state` is "late", "soon" or "open"."""

    state: str = "late"
    cohort_id: int | None = None
    search: str = ""


class Due(NamedTuple):
    enrolment_id: int
    student_id: int
    family_name: str
    given_names: str
    student_number: str
    cohort: str
    due_on: date
    cents: Cents
    rest: Cents

    @property
    def days(self) -> int:
        """Late, or before it is due when negative."""
        return (clock.today() - self.due_on).days


class Credit(NamedTuple):
    enrolment_id: int
    student_id: int
    family_name: str
    given_names: str
    student_number: str
    cents: Cents


@dataclass(frozen=True)
class LedgerWanted:
    """A period of days at school, both included; an account; words of the student or the cause."""

    since: date | None = None
    until: date | None = None
    account: str = ""
    search: str = ""


class LedgerLine(NamedTuple):
    transaction_id: int
    posted_at: datetime
    source: str
    account: str
    cents: Cents
    payer: str | None
    reference: str | None
    family_name: str
    given_names: str
    student_number: str


def months(cohort_id: int | None, since: date, until: date) -> list[Month]:
    """Every month from `since` to `until`, with what its lines ask for and what arrived; two queries."""
    asked: Any = (
        Instalment.select(Instalment.due_on, fn.SUM(Instalment.amount_cents))
        .join(PaymentPlan)
        .join(Enrolment)
        .where(
            Instalment.cancelled_at.is_null()
            & Instalment.due_on.between(since, until)
            & _of(cohort_id)
        )
        .group_by(Instalment.due_on)
        .tuples()
    )
    came: Any = (
        Payment.select(Payment.received_on, fn.SUM(Payment.amount_cents))
        .join(Enrolment)
        .where(
            Payment.reversed_at.is_null()
            & Payment.received_on.between(since, until)
            & _of(cohort_id)
        )
        .group_by(Payment.received_on)
        .tuples()
    )
    expected, received = _by_month(asked), _by_month(came)
    firsts = sorted({*expected, *received, *_firsts(since, until)})
    return [Month(first, Cents(expected[first]), Cents(received[first])) for first in firsts]


def split(cohort_id: int | None) -> Split:
    """How the price of the years is shared between students, funders and companies; one query."""
    rows: Any = (
        LedgerEntry.select(LedgerEntry.account, Payer.kind, fn.SUM(LedgerEntry.amount_cents))
        .join(Enrolment, on=LedgerEntry.enrolment == Enrolment.id)
        .switch(LedgerEntry)
        .join(Payer, JOIN.LEFT_OUTER)
        .where(_of(cohort_id))
        .group_by(LedgerEntry.account, Payer.kind)
        .tuples()
    )
    sums = {(account, kind): int(cents) for account, kind, cents in rows}
    price = -sum(cents for (account, _), cents in sums.items() if account == Account.TUITION)
    funders = sum(cents for (account, _), cents in sums.items() if account == Account.FUNDING)
    companies = sum(
        cents
        for (account, kind), cents in sums.items()
        if account == Account.COMPANY_SHARE or (account == Account.BANK and kind == "company")
    )
    return Split(Cents(price - funders - companies), Cents(funders), Cents(companies))


def dues(wanted: DuesWanted, *, start: int = 0, stop: int | None = None) -> list[Due]:
    """Open lines with what is left of each, oldest first; one query.

    Money settles the oldest line first, so what is still owed lies on the latest ones.
    """
    later = fn.COALESCE(
        fn.SUM(Instalment.amount_cents).over(
            partition_by=[Instalment.plan],
            order_by=[Instalment.due_on.desc(), Instalment.position.desc()],
            frame_type=Window.ROWS,
            start=Window.preceding(),
            end=Window.preceding(1),
        ),
        0,
    )
    standing = (
        Instalment.select(
            Instalment.id,
            Instalment.plan,
            Instalment.due_on,
            Instalment.amount_cents,
            later.alias("later"),
        )
        .where(Instalment.cancelled_at.is_null())
        .alias("standing")
    )
    owed = (
        LedgerEntry.select(LedgerEntry.enrolment, fn.SUM(LedgerEntry.amount_cents).alias("owes"))
        .where(LedgerEntry.account == Account.RECEIVABLE)
        .group_by(LedgerEntry.enrolment)
        .having(fn.SUM(LedgerEntry.amount_cents) > 0)
        .alias("owed")
    )
    left = owed.c.owes - standing.c.later
    rest = Case(None, [(left < standing.c.amount_cents, left)], standing.c.amount_cents)
    rows: Any = (
        PaymentPlan.select(
            Enrolment.id,
            Student.id,
            Student.family_name,
            Student.given_names,
            Student.number,
            Cohort.name,
            standing.c.due_on,
            standing.c.amount_cents,
            rest,
        )
        .join(standing, on=standing.c.plan_id == PaymentPlan.id)
        .switch(PaymentPlan)
        .join(owed, on=owed.c.enrolment_id == PaymentPlan.enrolment)
        .switch(PaymentPlan)
        .join(Enrolment)
        .join(Student)
        .switch(Enrolment)
        .join(Cohort)
        .where((left > 0) & _wanted(wanted, standing.c.due_on))
        .order_by(standing.c.due_on, Student.family_name, standing.c.id)
        .tuples()
    )
    if stop is not None:
        rows = rows.limit(stop - start).offset(start)
    return [
        Due._make((*row[:6], _day(row[6]), Cents(int(row[7])), Cents(int(row[8])))) for row in rows
    ]


def credits(*, start: int = 0, stop: int | None = None) -> list[Credit]:
    """Whose account shows more than what is asked, the largest first; one query."""
    owes = fn.SUM(LedgerEntry.amount_cents)
    rows: Any = (
        LedgerEntry.select(
            Enrolment.id,
            Student.id,
            Student.family_name,
            Student.given_names,
            Student.number,
            owes,
        )
        .join(Enrolment, on=LedgerEntry.enrolment == Enrolment.id)
        .join(Student)
        .where(LedgerEntry.account == Account.RECEIVABLE)
        .group_by(
            Enrolment.id, Student.id, Student.family_name, Student.given_names, Student.number
        )
        .having(owes < 0)
        .order_by(owes, Enrolment.id)
        .tuples()
    )
    if stop is not None:
        rows = rows.limit(stop - start).offset(start)
    return [Credit._make((*row[:5], Cents(-int(row[5])))) for row in rows]


def ledger_lines(
    wanted: LedgerWanted, *, start: int = 0, stop: int | None = None, newest_first: bool = True
) -> Iterator[LedgerLine]:
    """Entries with their transaction, whole transactions together; one query, read as it goes."""
    order = LedgerTransaction.id.desc() if newest_first else LedgerTransaction.id.asc()
    rows: Any = (
        LedgerEntry.select(
            LedgerTransaction.id,
            LedgerTransaction.posted_at,
            LedgerTransaction.source,
            LedgerEntry.account,
            LedgerEntry.amount_cents,
            Payer.name,
            Payer.reference,
            Student.family_name,
            Student.given_names,
            Student.number,
        )
        .join(LedgerTransaction)
        .switch(LedgerEntry)
        .join(Enrolment, on=LedgerEntry.enrolment == Enrolment.id)
        .join(Student)
        .switch(LedgerEntry)
        .join(Payer, JOIN.LEFT_OUTER)
        .where(_period(wanted))
        .order_by(order, LedgerEntry.id)
        .tuples()
    )
    if stop is not None:
        rows = rows.limit(stop - start).offset(start)
    for row in rows.iterator():
        yield LedgerLine(*row)


def _of(cohort_id: int | None) -> Any:
    return Enrolment.cohort == cohort_id if cohort_id else SQL("1 = 1")


def _wanted(wanted: DuesWanted, due_on: Any) -> Any:
    today = clock.today()
    conditions = [_of(wanted.cohort_id)]
    if wanted.state == "late":
        conditions.append(due_on < today)
    elif wanted.state == "soon":
        conditions += [due_on >= today, due_on <= today + SOON]
    conditions += [Student.folded.contains(fold(word)) for word in wanted.search.split()]
    return reduce(and_, conditions)


def _period(wanted: LedgerWanted) -> Any:
    conditions: list[Any] = [SQL("1 = 1")]
    if wanted.since:
        conditions.append(LedgerTransaction.posted_at >= clock.midnight(wanted.since))
    if wanted.until:
        after = clock.midnight(wanted.until + timedelta(days=1))
        conditions.append(LedgerTransaction.posted_at < after)
    if wanted.account:
        conditions.append(LedgerEntry.account == wanted.account)
    conditions += [
        Student.folded.contains(fold(word)) | LedgerTransaction.source.contains(word)
        for word in wanted.search.split()
    ]
    return reduce(and_, conditions)


def _by_month(rows: Any) -> dict[date, int]:
    sums: dict[date, int] = defaultdict(int)
    for day, cents in rows:
        sums[_day(day).replace(day=1)] += int(cents)
    return sums


def _firsts(since: date, until: date) -> Iterator[date]:
    first = since.replace(day=1)
    while first <= until:
        yield first
        first = clock.months_later(first, 1)


def _day(value: Any) -> date:
    """SQLite gives days that went through a subquery as text."""
    if isinstance(value, datetime):
        return value.date()
    return date.fromisoformat(value) if isinstance(value, str) else value
