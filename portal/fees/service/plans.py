from portal import audit
from portal.fees import ledger, payer_letters, queries
from portal.fees.models import FeeSchedule, PaymentPlan
from portal.fees.rules import (
    Account,
    Entry,
    LineKind,
    PlanKind,
    Price,
    check_may_choose_full,
    plan_lines,
)
from portal.fees.service.invoicing import credit, invoice
from portal.fees.service.lines import add_lines, cancel_lines
from portal.fees.service.payers import student_payer
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from portal.programme import Enrolment


def open_plan(
    enrolment_id: int, *, kind: PlanKind = PlanKind.INSTALMENTS, by: int | None = None
) -> PaymentPlan:
    """Charge the year and lay out its lines, once per enrolment; a repeat returns the plan that is there.

    `NotPossible` when the cohort has no price, or when another kind of plan was opened before.
    """
    with transaction():
        enrolment = Enrolment.hold(enrolment_id)
        if plan := queries.plan_of(enrolment_id):
            if plan.kind != kind:
                raise NotPossible("This student already has another payment plan.")
            return plan
        schedule = queries.schedule_of(enrolment.cohort_id)
        if schedule is None:
            raise NotPossible("There is no price for this year yet.")
        return _open(enrolment_id, schedule, kind, by)


def choose_full(enrolment_id: int, *, by: int) -> None:
    """Pay the rest at once with the reduction. A plan is reduced once: repeating changes nothing.

    The open lines are cancelled and one replaces them; the reduction is a ledger transaction of its
    own. `NotPossible` after the first due date, once more than the deposit came, or under a contract.
    """
    with transaction():
        Enrolment.hold(enrolment_id)
        plan = queries.plan_of(enrolment_id)
        if plan is None:
            raise NotPossible("There is no payment plan yet.")
        if plan.kind == PlanKind.FULL:
            return
        position = queries.position_of(enrolment_id)
        lines = queries.lines_of(enrolment_id, position.owes)
        price = queries.price_now(plan, lines)
        check_may_choose_full(price, position, lines, clock.today())
        cancel_lines([line for line in lines if line.kind != LineKind.DEPOSIT], f"plan:{plan.id}")
        rest = [line for line in plan_lines(price, PlanKind.FULL) if line.kind != LineKind.DEPOSIT]
        add_lines(plan, rest)
        _reduce(plan, price, by)
        audit.record("plan:paid-in-full", subject=f"plan:{plan.id}", actor_id=by)
        for line in rest:
            payer_letters.paid_at_once(enrolment_id, line, price.reduction)


def _open(enrolment_id: int, schedule: FeeSchedule, kind: PlanKind, by: int | None) -> PaymentPlan:
    price = queries.price_of(schedule, queries.policy_on(clock.today()))
    plan = PaymentPlan.create(
        enrolment=enrolment_id, schedule=schedule, price_cents=price.tuition, chosen_by=by
    )
    payer_id = student_payer(enrolment_id).id
    charge = [Entry(Account.RECEIVABLE, price.tuition), Entry(Account.TUITION, -price.tuition)]
    ledger.post(enrolment_id, f"plan:{plan.id}", charge)
    invoice(enrolment_id, payer_id, price.tuition, f"plan:{plan.id}")
    add_lines(plan, plan_lines(price, kind))
    if kind == PlanKind.FULL:
        _reduce(plan, price, by)
    audit.record("plan:opened", subject=f"plan:{plan.id}", actor_id=by, detail=str(kind))
    return PaymentPlan.find(plan.id)


def _reduce(plan: PaymentPlan, price: Price, by: int | None) -> None:
    """From now on the plan is in full, and the ledger knows the reduction."""
    (
        PaymentPlan.update(
            kind=PlanKind.FULL,
            price_cents=price.of(PlanKind.FULL),
            chosen_at=clock.now(),
            chosen_by=by,
        )
        .where((PaymentPlan.id == plan.id) & (PaymentPlan.kind == PlanKind.INSTALMENTS))
        .execute()
    )
    reduction = [
        Entry(Account.RECEIVABLE, -price.reduction),
        Entry(Account.TUITION, price.reduction),
    ]
    source = f"plan:{plan.id}:reduction"
    ledger.post(plan.enrolment_id, source, reduction)
    credit(plan.enrolment_id, student_payer(plan.enrolment_id).id, price.reduction, source)
