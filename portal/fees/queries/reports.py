"""Sums over many accounts at once. Each reads all accounts of the cohorts it is asked for."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from peewee import JOIN, Select, fn

from portal.fees.models import Instalment, LedgerEntry, Payer, Payment, PaymentPlan
from portal.fees.queries.credits import credits_of
from portal.fees.queries.standing import still_to_come
from portal.fees.rules import Account, PayerKind
from portal.kernel.money import Cents
from portal.programme import Enrolment


class Split(NamedTuple):
    """Who pays the fees of some cohorts; the three parts add up to `fees`."""

    fees: Cents
    funders: Cents
    companies: Cents

    @property
    def students(self) -> Cents:
        return Cents(self.fees - self.funders - self.companies)


class Heap(NamedTuple):
    """How many accounts, and how many cents in all."""

    accounts: int
    cents: Cents


def expected_by_day(cohort_ids: Collection[int]) -> dict[date, Cents]:
    """What is asked of students, by due date: lines that stand, and what was paid of struck ones; two queries."""
    rows: Any = (
        Instalment.select(Instalment.due_on, fn.SUM(Instalment.amount_cents))
        .join(PaymentPlan)
        .join(Enrolment)
        .where(Instalment.cancelled_at.is_null() & Enrolment.cohort.in_(cohort_ids))
        .group_by(Instalment.due_on)
        .tuples()
    )
    days = Counter({day: int(cents) for day, cents in rows})
    for day, cents in _paid_of_struck(cohort_ids):
        days[day] += cents
    return {day: Cents(cents) for day, cents in days.items()}


def received_by_day(cohort_ids: Collection[int]) -> dict[date, Cents]:
    """What students and their families sent, by the day it arrived; reversed payments do not count; one query."""
    rows: Any = (
        Payment.select(Payment.received_on, fn.SUM(Payment.amount_cents))
        .join(Payer)
        .switch(Payment)
        .join(Enrolment)
        .where(
            Payment.reversed_at.is_null()
            & (Payer.kind != PayerKind.COMPANY)
            & Enrolment.cohort.in_(cohort_ids)
        )
        .group_by(Payment.received_on)
        .tuples()
    )
    return {day: Cents(int(cents)) for day, cents in rows}


def split_of(cohort_ids: Collection[int]) -> Split:
    """The fees of these cohorts and who pays them; one query.

    A company's part is what it was billed: what it still owes, and what it sent and does not get back.
    """
    rows: Any = (
        LedgerEntry.select(LedgerEntry.account, Payer.kind, fn.SUM(LedgerEntry.amount_cents))
        .join(Payer, JOIN.LEFT_OUTER)
        .switch(LedgerEntry)
        .join(Enrolment)
        .where(Enrolment.cohort.in_(cohort_ids) & (LedgerEntry.account != Account.RECEIVABLE))
        .group_by(LedgerEntry.account, Payer.kind)
        .tuples()
    )
    sums = {(account, kind): int(cents) for account, kind, cents in rows}
    of = {name: sum(c for (one, _), c in sums.items() if one == name) for name in Account}
    sent = sum(
        sums.get((account, PayerKind.COMPANY), 0) for account in (Account.BANK, Account.REFUNDABLE)
    )
    return Split(
        Cents(-of[Account.TUITION]),
        Cents(of[Account.FUNDING]),
        Cents(of[Account.COMPANY_SHARE] + sent),
    )


def late_sum(cohort_ids: Collection[int]) -> Heap:
    """How many enrolments are late, and with how much; one query."""
    to_come = still_to_come()
    owes = fn.SUM(LedgerEntry.amount_cents)
    late = (
        LedgerEntry.select((owes - fn.COALESCE(to_come.c.cents, 0)).alias("cents"))
        .join(Enrolment)
        .join(to_come, JOIN.LEFT_OUTER, on=LedgerEntry.enrolment == to_come.c.enrolment_id)
        .where((LedgerEntry.account == Account.RECEIVABLE) & Enrolment.cohort.in_(cohort_ids))
        .group_by(LedgerEntry.enrolment, to_come.c.cents)
        .having(owes > fn.COALESCE(to_come.c.cents, 0))
        .alias("late")
    )
    return _heap(late)


def credit_sum(cohort_ids: Collection[int]) -> Heap:
    """How many accounts show a credit, and how much in all; one query."""
    return _heap(credits_of(cohort_ids))


def _heap(accounts: Any) -> Heap:
    query: Any = Select([accounts], [fn.COUNT(accounts.c.cents), fn.SUM(accounts.c.cents)])
    count, cents = query.bind(LedgerEntry._meta.database).tuples().execute()[0]
    return Heap(int(count), Cents(int(cents or 0)))


def _paid_of_struck(cohort_ids: Collection[int]) -> Iterator[tuple[date, int]]:
    """What was paid of lines before they were struck, which no new line asks for: the oldest due is paid first.

    It is what students are asked for in the ledger and no line that stands asks for; one query.
    """
    asked, living = _asked_of_students(cohort_ids), _living(cohort_ids)
    left = asked.c.cents - fn.COALESCE(living.c.cents, 0)
    struck: Any = (
        Instalment.select(PaymentPlan.enrolment, left, Instalment.due_on, Instalment.amount_cents)
        .join(PaymentPlan)
        .join(asked, on=PaymentPlan.enrolment == asked.c.enrolment_id)
        .join(living, JOIN.LEFT_OUTER, on=PaymentPlan.id == living.c.plan_id)
        .where(Instalment.cancelled_at.is_null(False) & (left > 0))
        .order_by(Instalment.due_on, Instalment.position)
        .tuples()
    )
    counted: Counter[int] = Counter()
    for enrolment_id, all_of_it, day, cents in struck:
        part = min(cents, int(all_of_it) - counted[enrolment_id])
        counted[enrolment_id] += part
        if part:
            yield day, part


def _asked_of_students(cohort_ids: Collection[int]) -> Any:
    """Entries that no payer stands behind: prices, and what others take over of them."""
    return (
        LedgerEntry.select(LedgerEntry.enrolment, fn.SUM(LedgerEntry.amount_cents).alias("cents"))
        .join(Enrolment)
        .where(
            (LedgerEntry.account == Account.RECEIVABLE)
            & LedgerEntry.payer.is_null()
            & Enrolment.cohort.in_(cohort_ids)
        )
        .group_by(LedgerEntry.enrolment)
        .alias("asked")
    )


def _living(cohort_ids: Collection[int]) -> Any:
    return (
        Instalment.select(Instalment.plan, fn.SUM(Instalment.amount_cents).alias("cents"))
        .join(PaymentPlan)
        .join(Enrolment)
        .where(Instalment.cancelled_at.is_null() & Enrolment.cohort.in_(cohort_ids))
        .group_by(Instalment.plan)
        .alias("living")
    )
