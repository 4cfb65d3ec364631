"""What the plan asks for, what is settled and what is owed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from peewee import JOIN, fn

from portal.fees import ledger, rules
from portal.fees.models import (
    FeeSchedule,
    Instalment,
    LedgerEntry,
    MoneyPolicy,
    Payer,
    PaymentPlan,
)
from portal.fees.queries.anew import settled_of
from portal.fees.rules import (
    Account,
    Line,
    LineKind,
    PlanKind,
    Position,
    Preview,
    Price,
    Terms,
    ToPay,
    position_from,
    stand,
    to_pay,
)
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.money import Cents


def policy_on(day: date) -> MoneyPolicy:
    """The money policy in force on `day`; an unsaved one, version 0 with the defaults, when none is; one query.

    Of the versions that have begun the one that was written last holds: an older one whose day comes
    later must not undo it unseen.
    """
    policy = (
        MoneyPolicy.select()
        .where(MoneyPolicy.valid_from <= day)
        .order_by(MoneyPolicy.version.desc())
        .first()
    )
    return policy or MoneyPolicy(version=0, valid_from=day)


def policies() -> list[MoneyPolicy]:
    """Every version, newest first, with who wrote it; one query."""
    return list(
        MoneyPolicy.select(MoneyPolicy, Person)
        .join(Person, JOIN.LEFT_OUTER)
        .order_by(MoneyPolicy.version.desc())
    )


def recently_changed(payer_ids: Iterable[int]) -> set[int]:
    """Those whose account for refunds was changed within the policy's days; two queries."""
    since = clock.now() - timedelta(days=policy_on(clock.today()).recent_account_days)
    fresh: Any = Payer.select(Payer.id).where(
        Payer.id.in_(list(payer_ids)) & (Payer.iban_changed_at > since)
    )
    return {row.id for row in fresh}


def plan_of(enrolment_id: int) -> PaymentPlan | None:
    """The plan of an enrolment with its schedule; one query."""
    return (
        PaymentPlan.select(PaymentPlan, FeeSchedule)
        .join(FeeSchedule)
        .where(PaymentPlan.enrolment == enrolment_id)
        .first()
    )


def schedule_of(cohort_id: int) -> FeeSchedule | None:
    """The latest price of a cohort; one query."""
    return (
        FeeSchedule.select()
        .where(FeeSchedule.cohort == cohort_id)
        .order_by(FeeSchedule.version.desc())
        .first()
    )


def price_of(schedule: FeeSchedule, policy: MoneyPolicy) -> Price:
    """What a year costs under a policy, which may set another day of the month for all instalments."""
    day, first = schedule.day_of_month, schedule.first_due_on
    if policy.instalment_day is not None:
        day, first = policy.instalment_day, first.replace(day=policy.instalment_day)
    return Price(
        tuition=schedule.tuition_cents,
        deposit=schedule.deposit_cents,
        deposit_due_on=schedule.deposit_due_on,
        instalments=schedule.instalments,
        first_due_on=first,
        day_of_month=day,
        discount_basis_points=schedule.discount_basis_points,
        discount_base=policy.discount_base,
        last_day_in_full=policy.full_until,
    )


def price_now(plan: PaymentPlan, lines: Iterable[Line]) -> Price:
    """What a plan's year costs today; no later policy moves the first day on which its own `lines` asked."""
    price = price_of(plan.schedule, policy_on(clock.today()))
    of_plan = (LineKind.INSTALMENT, LineKind.BALANCE)
    first = min((line.due_on for line in lines if line.kind in of_plan), default=price.first_due_on)
    return replace(price, first_due_on=first)


def least_kept(plan: PaymentPlan, position: Position) -> Cents:
    """What the policy keeps of a student who leaves outside work-study: the deposit, as far as it came."""
    if policy_on(clock.today()).deposit_outside_contract == "refundable":
        return Cents(0)
    here = max(0, position.received - position.refunded)
    return Cents(min(plan.schedule.deposit_cents, position.price, here))


def position_of(enrolment_id: int) -> Position:
    """Where the money of this enrolment stands; two queries."""
    kind = (
        PaymentPlan.select(PaymentPlan.kind).where(PaymentPlan.enrolment == enrolment_id).scalar()
    )
    return position_from(ledger.balances(enrolment_id), PlanKind(kind) if kind else None)


def preview_funding(enrolment_id: int, terms: Terms, given_up: int = 0) -> Preview:
    """What a contract on these terms does to the plan as it stands; five queries at most."""
    before, settled = position_of(enrolment_id), settled_of(enrolment_id)
    lines = lines_of(enrolment_id, before.owes)
    today = clock.today()
    return rules.preview_funding(before, lines, terms, today, settled=settled, given_up=given_up)


def owed_by_enrolment(enrolment_ids: Iterable[int]) -> dict[int, Cents]:
    """What each of these enrolments owes today or later; negative for a credit; one query."""
    return ledger.owed(enrolment_ids)


def lines_of(enrolment_id: int, owes: Cents) -> list[Line]:
    """The plan's lines, oldest due first, as they stand today when `owes` is the balance; one query."""
    rows = Instalment.select().join(PaymentPlan).where(PaymentPlan.enrolment == enrolment_id)
    return stand(map(_line, rows), owes, clock.today())


def next_due(enrolment_id: int) -> ToPay | None:
    """What to pay now, or None when nothing is; two queries."""
    return to_pay(lines_of(enrolment_id, ledger.owed([enrolment_id])[enrolment_id]))


def overdue_count() -> int:
    """How many enrolments are late; one query."""
    return overdue().count()


def overdue() -> Any:
    """A query of enrolments that are late: they owe more than the lines that are not due yet ask for."""
    open_lines = still_to_come()
    owes = fn.SUM(LedgerEntry.amount_cents)
    return (
        LedgerEntry.select(LedgerEntry.enrolment)
        .join(
            open_lines,
            JOIN.LEFT_OUTER,
            on=LedgerEntry.enrolment == open_lines.c.enrolment_id,
        )
        .where(LedgerEntry.account == Account.RECEIVABLE)
        .group_by(LedgerEntry.enrolment, open_lines.c.cents)
        .having(owes > fn.COALESCE(open_lines.c.cents, 0))
    )


def still_to_come() -> Any:
    """A subquery: by enrolment, the `cents` of lines that are not due yet; enrolments without any are left out."""
    return (
        PaymentPlan.select(PaymentPlan.enrolment, fn.SUM(Instalment.amount_cents).alias("cents"))
        .join(Instalment)
        .where(Instalment.cancelled_at.is_null() & (Instalment.due_on >= clock.today()))
        .group_by(PaymentPlan.enrolment)
        .alias("open_lines")
    )


def payers_of(enrolment_id: int) -> list[Payer]:
    """Who pays for this enrolment, the student first; one query."""
    return list(Payer.select().where(Payer.enrolment == enrolment_id).order_by(Payer.id))


def _line(row: Instalment) -> Line:
    cancelled_at = row.cancelled_at
    return Line(
        id=row.id,
        position=row.position,
        kind=LineKind(row.kind),
        due_on=row.due_on,
        cents=row.amount_cents,
        cancelled_on=clock.school_time(cancelled_at).date() if cancelled_at else None,
        cancelled_by=row.cancelled_by_source or "",
    )
