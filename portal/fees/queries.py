"""What screens and other rooms read about an enrolment's money."""

from collections.abc import Iterable
from datetime import date

from portal.fees import ledger
from portal.fees.models import FeeSchedule, Instalment, MoneyPolicy, PaymentPlan
from portal.fees.rules import (
    Line,
    LineKind,
    PlanKind,
    Position,
    Price,
    position_from,
    stand,
)
from portal.kernel import clock
from portal.kernel.money import Cents


def policy_on(day: date) -> MoneyPolicy:
    """The money policy in force on `day`; an unsaved one, version 0 with the defaults, when none is; one query."""
    policy = (
        MoneyPolicy.select()
        .where(MoneyPolicy.valid_from <= day)
        .order_by(MoneyPolicy.valid_from.desc(), MoneyPolicy.version.desc())
        .first()
    )
    return policy or MoneyPolicy(version=0, valid_from=day)


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
    return Price(
        tuition=schedule.tuition_cents,
        deposit=schedule.deposit_cents,
        deposit_due_on=schedule.deposit_due_on,
        instalments=schedule.instalments,
        first_due_on=schedule.first_due_on,
        day_of_month=schedule.day_of_month,
        discount_basis_points=schedule.discount_basis_points,
        discount_base=policy.discount_base,
    )


def position_of(enrolment_id: int) -> Position:
    """Where the money of this enrolment stands; two queries."""
    kind = (
        PaymentPlan.select(PaymentPlan.kind).where(PaymentPlan.enrolment == enrolment_id).scalar()
    )
    return position_from(ledger.balances(enrolment_id), PlanKind(kind) if kind else None)


def owed_by_enrolment(enrolment_ids: Iterable[int]) -> dict[int, Cents]:
    """What each of these enrolments owes today or later; negative for a credit; one query."""
    return ledger.owed(enrolment_ids)


def lines_of(enrolment_id: int, owes: Cents) -> list[Line]:
    """The plan's lines, oldest due first, as they stand today when `owes` is the balance; one query."""
    rows = (
        Instalment.select()
        .join(PaymentPlan)
        .where(PaymentPlan.enrolment == enrolment_id)
        .order_by(Instalment.due_on, Instalment.position)
    )
    return stand(map(_line, rows), owes, clock.today())


def _line(row: Instalment) -> Line:
    return Line(
        id=row.id,
        position=row.position,
        kind=LineKind(row.kind),
        due_on=row.due_on,
        cents=row.amount_cents,
        cancelled=row.cancelled_at is not None,
        cancelled_by=row.cancelled_by_source or "",
    )
