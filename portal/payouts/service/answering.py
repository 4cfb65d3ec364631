"""What the bank says of our transfers: by its answer to the order (pain.002), or by the statement."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from portal import audit
from portal.kernel import clock
from portal.kernel.db import chunks, transaction
from portal.kernel.errors import Missing, NotPossible
from portal.kernel.iso20022 import reason_in_words
from portal.payouts import reading
from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.rules import OrderState, Status, TransferState, check_answer, check_known
from portal.payouts.service.holding import hold_order, hold_refunds
from portal.refunds.service import Back, Left, send_back, settle


class Reason(NamedTuple):
    """Why a transfer came back: the code of ISO 20022, and the bank's own words."""

    code: str
    text: str


NO_REASON = Reason("", "")


@dataclass(frozen=True)
class Changed:
    """What an answer changed, in transfers; `noted` ones are on their way and moved nothing."""

    order_id: int
    order_number: str
    paid: int
    rejected: int
    noted: int


def read_answer(data: bytes, *, by: int) -> Changed:
    """Take the bank's pain.002 in: all of it, or nothing. Reading it again changes nothing.

    `NotPossible` for a file that is not wholly understood, about an order that we did not send,
    or against what is known.
    """
    answer = reading.read(data)
    with transaction():
        order = PaymentOrder.get_or_none(PaymentOrder.number == answer.message_id)
        if order is None or order.state != OrderState.RELEASED:
            raise NotPossible("This answer is about an order that the school did not send.")
        hold_order(order.id)
        transfers = list(Transfer.select().where(Transfer.order == order.id).order_by(Transfer.id))
        check_answer(answer, {one.end_to_end: one.amount_cents for one in transfers})
        said = [(one, told) for one in transfers if (told := answer.of(one.end_to_end))]
        for one, told in said:
            check_known(one.end_to_end, one.state, one.reason_code, told)
        # What is paid already, or came back, is not changed by an answer.
        news = [(one.id, told) for one, told in said if one.state == TransferState.SENT]
        paid = {key: answer.message_id for key, told in news if told.status == Status.PAID}
        back = {
            key: Reason(told.code, told.text)
            for key, told in news
            if told.status == Status.REJECTED
        }
        noted = sum(told.status == Status.NOTED for _, told in said)
        changed = Changed(
            order.id,
            order.number,
            paid=executed_all(paid, by=by),
            rejected=came_back_all(back, by=by),
            noted=noted,
        )
        audit.record(
            "order:answered",
            subject=f"order:{order.id}",
            actor_id=by,
            detail=f"{changed.paid} paid, {changed.rejected} rejected, {changed.noted} noted",
        )
        return changed


def executed(transfer_id: int, *, note: str, by: int | None) -> bool:
    """The transfer has left the account. False when that was known already."""
    return bool(executed_all({transfer_id: note}, by=by))


def executed_all(notes: Mapping[int, str], *, by: int | None) -> int:
    """These transfers, by their ids, have left the account; returns of how many that was news.

    A note is what the bank calls it. `NotPossible` when one of them is not at the bank: then nothing changes.
    """
    with transaction():
        transfers = _hold(notes)
        if any(one.state not in (TransferState.SENT, TransferState.PAID) for one in transfers):
            raise NotPossible("This transfer is not at the bank, so it cannot have been executed.")
        fresh = [one for one in transfers if one.state == TransferState.SENT]
        if fresh:
            _change(fresh, TransferState.PAID)
            settle([_left(one, notes[one.id]) for one in fresh], by=by)
        return len(fresh)


def executed_order(transfer_id: int, *, cents: int, note: str, by: int | None) -> int:
    """The order that holds this transfer left in one sum: what of it is at the bank is paid.

    `NotPossible` when that is another sum than the bank's: then nothing changes.
    """
    with transaction():
        order_id = Transfer.find(transfer_id).order_id
        hold_order(order_id)
        away = (TransferState.SENT, TransferState.PAID)
        mine = (Transfer.order == order_id) & Transfer.state.in_(away)
        found = list(Transfer.select().where(mine))
        sums = (
            sum(one.amount_cents for one in found),
            sum(one.amount_cents for one in found if one.state == TransferState.SENT),
        )
        if cents not in sums:
            raise NotPossible("The sum is not what is still at the bank of this order.")
        return executed_all({one.id: note for one in found}, by=by)


def came_back(transfer_id: int, *, code: str, text: str, by: int | None) -> bool:
    """The transfer was refused or sent back. False when that was known already."""
    return bool(came_back_all({transfer_id: Reason(code, text)}, by=by))


def came_back_all(reasons: Mapping[int, Reason], *, by: int | None) -> int:
    """These transfers, by their ids, were refused or sent back; returns of how many that was news.

    `NotPossible` when one of them is not at the bank: then nothing changes.
    """
    with transaction():
        transfers = _hold(reasons)
        known = (TransferState.REJECTED, TransferState.RETURNED)
        fresh = [one for one in transfers if one.state not in known]
        if any(one.state not in (TransferState.SENT, TransferState.PAID) for one in fresh):
            raise NotPossible("This transfer is not at the bank, so it cannot have come back.")
        for reason in sorted({reasons[one.id] for one in fresh}):
            alike = [one for one in fresh if reasons[one.id] == reason]
            away = [one for one in alike if one.state == TransferState.SENT]
            _change(away, TransferState.REJECTED, reason)
            paid = [one for one in alike if one.state == TransferState.PAID]
            _change(paid, TransferState.RETURNED, reason)
        if fresh:
            send_back([_back(one, reasons[one.id].code) for one in fresh], by=by)
        return len(fresh)


def _hold(transfer_ids: Collection[int]) -> list[Transfer]:
    """The transfers, held after their refunds: everybody holds in this order, so that nobody waits in a circle."""
    hold_refunds(transfer_ids)
    held = Transfer.hold_all(transfer_ids)
    if len(held) != len(transfer_ids):
        raise Missing("There is no such record.")
    return held


def _left(one: Transfer, note: str) -> Left:
    return Left(one.refund_id, one.payer_id, f"refund:{one.refund_id}:paid:{one.end_to_end}", note)


def _back(one: Transfer, code: str) -> Back:
    source = f"refund:{one.refund_id}:{one.end_to_end}:returned"
    return Back(one.refund_id, one.payer_id, source, reason_in_words(code), code)


def _change(
    transfers: Sequence[Transfer], state: TransferState, reason: Reason = NO_REASON
) -> None:
    """All of one state, which guards the change."""
    changed = 0
    for some in chunks(transfers):
        changed += (
            Transfer.update(
                state=state,
                answered_at=clock.now(),
                reason_code=reason.code,
                reason_text=reason.text,
            )
            .where(Transfer.id.in_([one.id for one in some]) & (Transfer.state == some[0].state))
            .execute()
        )
    if changed != len(transfers):
        raise Missing("There is no such record.")
