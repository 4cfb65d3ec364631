"""What the bank says of our transfers: by its answer to the order (pain.002), or by the statement."""

from dataclasses import dataclass
from typing import Any

from portal import audit
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Missing, NotPossible
from portal.kernel.iso20022 import reason_in_words
from portal.payouts import reading
from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.rules import Answer, OrderState, Status, TransferState, check_answer
from portal.payouts.service.holding import hold_order
from portal.refunds.models import Refund
from portal.refunds.service import send_back, settle


@dataclass(frozen=True)
class Told:
    """What an answer changed, in transfers; `noted` ones are on their way and moved nothing."""

    order_id: int
    order_number: str
    paid: int
    rejected: int
    noted: int


def read_answer(data: bytes, *, by: int) -> Told:
    """Take the bank's pain.002 in: all of it, or nothing. Reading it again changes nothing.

    `NotPossible` for a file that is not wholly understood, or about an order that we did not send.
    """
    answer = reading.read(data)
    with transaction():
        order = PaymentOrder.get_or_none(PaymentOrder.number == answer.message_id)
        if order is None or order.state != OrderState.RELEASED:
            raise NotPossible("This answer is about an order that the school did not send.")
        hold_order(order.id)
        transfers = list(Transfer.select().where(Transfer.order == order.id).order_by(Transfer.id))
        check_answer(answer, {one.end_to_end: one.amount_cents for one in transfers})
        counts = [_apply(one, answer, by) for one in transfers]
        told = Told(
            order.id,
            order.number,
            counts.count(Status.PAID),
            counts.count(Status.REJECTED),
            counts.count(Status.NOTED),
        )
        audit.record(
            "order:answered",
            subject=f"order:{order.id}",
            actor_id=by,
            detail=f"{told.paid} paid, {told.rejected} rejected, {told.noted} noted",
        )
        return told


def executed(transfer_id: int, *, note: str, by: int | None) -> bool:
    """The transfer has left the account. False when that was known already."""
    with transaction():
        transfer = _hold(transfer_id)
        if transfer.state == TransferState.PAID:
            return False
        if transfer.state != TransferState.SENT:
            raise NotPossible("This transfer is not at the bank, so it cannot have been executed.")
        _change(transfer, TransferState.PAID)
        settle(
            transfer.refund_id,
            transfer.payer_id,
            source=f"refund:{transfer.refund_id}:paid:{transfer.end_to_end}",
            note=note,
            by=by,
        )
        return True


def came_back(transfer_id: int, *, code: str, text: str, by: int | None) -> bool:
    """The transfer was refused or sent back. False when that was known already."""
    with transaction():
        transfer = _hold(transfer_id)
        if transfer.state in (TransferState.REJECTED, TransferState.RETURNED):
            return False
        if transfer.state not in (TransferState.SENT, TransferState.PAID):
            raise NotPossible("This transfer is not at the bank, so it cannot have come back.")
        left = transfer.state == TransferState.PAID
        _change(transfer, TransferState.RETURNED if left else TransferState.REJECTED, code, text)
        send_back(
            transfer.refund_id,
            transfer.payer_id,
            source=f"refund:{transfer.refund_id}:{transfer.end_to_end}:returned",
            why=reason_in_words(code),
            code=code,
            by=by,
        )
        return True


def _hold(transfer_id: int) -> Transfer:
    """The transfer, held after its refund: everybody holds in this order, so that nobody waits in a circle."""
    Refund.hold(Transfer.find(transfer_id).refund_id)
    return Transfer.hold(transfer_id)


def _apply(transfer: Transfer, answer: Answer, by: int) -> Status | None:
    """None when the answer says nothing (new) of this transfer; what is paid is not taken back by it."""
    told = answer.of(transfer.end_to_end)
    if told is None:
        return None
    status, code, text = told
    if status == Status.PAID and transfer.state == TransferState.SENT:
        executed(transfer.id, note=answer.message_id, by=by)
        return status
    if status == Status.REJECTED and transfer.state == TransferState.SENT:
        came_back(transfer.id, code=code, text=text, by=by)
        return status
    return Status.NOTED if status == Status.NOTED else None


def _change(transfer: Transfer, state: TransferState, code: str = "", text: str = "") -> None:
    changes: dict[str, Any] = {"state": state, "answered_at": clock.now()}
    changed = (
        Transfer.update(reason_code=code, reason_text=text, **changes)
        .where((Transfer.id == transfer.id) & (Transfer.state == transfer.state))
        .execute()
    )
    if not changed:
        raise Missing("There is no such record.")
