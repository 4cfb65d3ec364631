"""Everything one student's money page shows."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.fees import ledger
from portal.fees.models import Payer, Payment, PaymentPlan
from portal.fees.queries.standing import lines_of, payers_of, plan_of
from portal.fees.rules import (
    Balance,
    Item,
    ItemKind,
    Line,
    Means,
    Move,
    PayerKind,
    PlanKind,
    Position,
    in_order,
    moved,
    position_from,
)


@dataclass(frozen=True)
class StudentAccount:
    """One student's money: the plan with its schedule, sums, lines as they stand, and everything that happened."""

    plan: PaymentPlan
    position: Position
    lines: list[Line]
    timeline: list[Item]
    payer: Payer


def account_of(enrolment_id: int) -> StudentAccount | None:
    """Everything the student's page shows, or None before a plan was opened; five queries."""
    plan = plan_of(enrolment_id)
    if plan is None:
        return None
    payers = {payer.id: payer for payer in payers_of(enrolment_id)}
    moves = ledger.moves(enrolment_id)
    position = position_from(_balances(moves, payers), PlanKind(plan.kind))
    lines = lines_of(enrolment_id, position.owes)
    payments = list(Payment.select().where(Payment.enrolment == enrolment_id))
    items = [Item(ItemKind.LINE, line.due_on, line.cents, line=line) for line in lines]
    items += [_paid(payment, payers[payment.payer_id]) for payment in payments]
    items += moved(moves, {payer.id: payer.name for payer in payers.values()})
    return StudentAccount(
        plan=plan,
        position=position,
        lines=lines,
        timeline=in_order(items),
        payer=next(one for one in payers.values() if one.kind == PayerKind.STUDENT),
    )


def timeline_of(enrolment_id: int) -> list[Item]:
    """Dues, payments, funding and refunds in the order of their days; empty before a plan was opened."""
    account = account_of(enrolment_id)
    return account.timeline if account else []


def _paid(payment: Payment, payer: Payer) -> Item:
    return Item(
        ItemKind.PAYMENT if payment.reversed_at is None else ItemKind.REVERSED,
        payment.received_on,
        payment.amount_cents,
        payer=payer.name,
        by_company=payer.kind == PayerKind.COMPANY,
        means=Means(payment.means),
        reference=payer.reference,
        reason=payment.reversal_reason,
    )


def _balances(moves: Iterable[Move], payers: dict[int, Payer]) -> list[Balance]:
    """The same sums as `ledger.balances`, from entries that are already here."""
    return [
        Balance(
            entry.account,
            entry.payer_id,
            payers[entry.payer_id].name if entry.payer_id else "",
            payers[entry.payer_id].kind if entry.payer_id else "",
            max(entry.cents, 0),
            min(entry.cents, 0),
        )
        for move in moves
        for entry in move.entries
    ]
