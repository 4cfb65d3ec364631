"""Everything one student's money page shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.fees import ledger
from portal.fees.models import Payer, Payment, PaymentPlan
from portal.fees.queries.standing import lines_of, payers_of, plan_of, price_now
from portal.fees.rules import (
    Balance,
    Compared,
    Item,
    ItemKind,
    Line,
    LineState,
    Means,
    Move,
    PayerKind,
    PlanKind,
    Position,
    Price,
    Step,
    ToPay,
    Transfer,
    check_may_choose_full,
    comparison,
    in_order,
    is_counter,
    line_steps,
    moved,
    position_from,
    reduction_in,
    reduction_steps,
    to_pay,
    year_steps,
)
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents
from portal.programme import School


@dataclass(frozen=True)
class StudentAccount:
    """One student's money: the plan, sums, lines as they stand today, and everything that happened."""

    plan: PaymentPlan
    price: Price
    position: Position
    lines: list[Line]
    timeline: list[Item]
    payer: Payer

    @property
    def late(self) -> Cents:
        return Cents(sum(line.rest for line in self._open if line.state == LineState.OVERDUE))

    @property
    def to_come(self) -> Cents:
        return Cents(sum(line.rest for line in self._open) - self.late)

    @property
    def last_due_on(self) -> date | None:
        return max((line.due_on for line in self._open), default=None)

    @property
    def last_paid_on(self) -> date | None:
        """… by the student's side."""
        own = (one for one in self.timeline if one.kind == ItemKind.PAYMENT and not one.by_company)
        paid = (item.on for item in own)
        return max(paid, default=None)

    @property
    def to_pay(self) -> ToPay | None:
        return to_pay(self.lines)

    @property
    def reduction(self) -> Cents:
        return reduction_in(self.timeline)

    @property
    def why_no_reduction(self) -> str | None:
        """The sentence that says why paying at once is not offered, or None while it is."""
        try:
            check_may_choose_full(self.price, self.position, self.lines, clock.today())
        except NotPossible as refusal:
            return refusal.message
        return None

    @property
    def sum(self) -> list[Step]:
        return year_steps(self.price, self.reduction, self.position)

    @property
    def cancelled_by_contract(self) -> bool:
        return any(
            line.cancelled and not line.cancelled_by.startswith("plan:") for line in self.lines
        )

    @property
    def paid_at_once(self) -> list[Step]:
        """What paying at once costs: as it was reduced, or as it would have been."""
        return reduction_steps(self.price, self.reduction or self.price.reduction)

    @property
    def side_by_side(self) -> list[Compared]:
        return comparison(self.price)

    def steps(self, line: Line) -> list[Step]:
        return line_steps(line, self.price, self.reduction, self.lines)

    def transfer(self, school: School) -> Transfer | None:
        """How to send what is to be paid now, or None when nothing is or the school has no account."""
        if not (due := self.to_pay) or not school.iban:
            return None
        holder = school.account_holder or school.name
        return Transfer(holder, school.iban, school.bic, self.payer.reference, due.cents)

    @property
    def _open(self) -> list[Line]:
        return [line for line in self.lines if line.open]


def account_of(enrolment_id: int) -> StudentAccount | None:
    """Everything the student's page shows, or None before a plan was opened; six queries."""
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
    companies = {payer.id for payer in payers.values() if payer.kind == PayerKind.COMPANY}
    items += moved(moves, {payer.id: payer.name for payer in payers.values()}, companies)
    return StudentAccount(
        plan=plan,
        price=price_now(plan, lines),
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
            entry.cents if (entry.cents > 0) != is_counter(move.source) else 0,
            entry.cents if (entry.cents > 0) == is_counter(move.source) else 0,
        )
        for move in moves
        for entry in move.entries
    ]
