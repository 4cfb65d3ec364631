"""An order whose end the bank does not tell: a person says what became of it, not the one who released it."""

from datetime import date

from portal import audit
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale
from portal.kernel.iso20022 import NEVER_TAKEN
from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.rules import (
    Closed,
    OrderState,
    TransferState,
    check_closer,
    check_executed_day,
)
from portal.payouts.service.answering import Reason, came_back_all, executed_all
from portal.payouts.service.holding import hold_order


def never_taken(order_id: int, *, reason: str, version: int, key: str, by: int) -> None:
    """The bank has not got the file: what is in flight comes back, and its refunds can be proposed again."""
    with transaction():
        order = _hold(order_id)
        if _done(order, key, Closed.NEVER_TAKEN, reason):
            return
        sent = _sent(order, by)
        _close(order, Closed.NEVER_TAKEN, reason, reason, version=version, key=key, by=by)
        came_back_all(dict.fromkeys(sent, Reason(NEVER_TAKEN, reason[:500])), by=by)


def executed_by_word(
    order_id: int, *, on: date, reason: str, version: int, key: str, by: int
) -> None:
    """The bank has executed the order on that day: what is in flight is paid."""
    told = f"{on.isoformat()}: {reason}"
    with transaction():
        order = _hold(order_id)
        if _done(order, key, Closed.EXECUTED, told):
            return
        sent = _sent(order, by)
        released_on = clock.school_time(order.released_at).date()
        check_executed_day(on, released_on, clock.today())
        _close(order, Closed.EXECUTED, reason, told, version=version, key=key, by=by)
        executed_all(dict.fromkeys(sent, on.isoformat()), by=by)


def _hold(order_id: int) -> PaymentOrder:
    """The order before its refunds, as who releases it does."""
    order = PaymentOrder.hold(order_id)
    hold_order(order_id)
    return order


def _done(order: PaymentOrder, key: str, closed: Closed, told: str) -> bool:
    """`NotPossible` when this very click said something else before."""
    if order.decision_key != key or order.closed_as != closed:
        return False
    if told not in audit.details_of(f"order:{closed}", subject=f"order:{order.id}"):
        raise NotPossible("This click was already used for another decision.")
    return True


def _sent(order: PaymentOrder, by: int) -> list[int]:
    """The transfers in flight; `NotPossible` where nothing is left to say."""
    if order.state != OrderState.RELEASED:
        raise NotPossible("Only a released order is given to the bank.")
    check_closer(by, order.released_by_id)
    mine = (Transfer.order == order.id) & (Transfer.state == TransferState.SENT)
    sent = [one.id for one in Transfer.select(Transfer.id).where(mine).order_by(Transfer.id)]
    if not sent:
        raise NotPossible("Nothing of this order is at the bank any more.")
    return sent


def _close(
    order: PaymentOrder, closed: Closed, reason: str, told: str, *, version: int, key: str, by: int
) -> None:
    changed = (
        PaymentOrder.update(
            closed_as=closed,
            closed_reason=reason,
            closed_by=by,
            closed_at=clock.now(),
            decision_key=key,
            version=version + 1,
        )
        .where((PaymentOrder.id == order.id) & (PaymentOrder.version == version))
        .execute()
    )
    if not changed:
        raise Stale("Somebody changed this order while you were looking at it.")
    audit.record(f"order:{closed}", subject=f"order:{order.id}", actor_id=by, detail=told)
