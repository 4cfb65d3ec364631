"""An order is prepared by one person and released by another; its file is frozen in between."""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from peewee import IntegrityError

from portal import audit
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale
from portal.kernel.sequence import next_number
from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.rules import (
    OrderState,
    TransferState,
    check_execution_day,
    check_releaser,
    check_wanted_day,
)
from portal.payouts.service.gathering import Due, check_as_prepared, check_free, due_of
from portal.payouts.writing import Debtor, Line, write
from portal.programme import School
from portal.refunds.service import export, hold_approved

CHUNK = 400
MOST = 5000


def prepare(refund_ids: Sequence[int], *, execution_on: date, key: str, by: int) -> PaymentOrder:
    """Freeze a file that pays these approved refunds; the same `key` returns the order that is there.

    `NotPossible` when a payer's account is not known, a refund is in another order or the key prepared
    something else, `Stale` when one is not approved any more: then nothing is prepared at all.
    """
    if not refund_ids or len(refund_ids) > MOST:
        raise NotPossible("Choose between 1 and 5,000 refunds.")
    check_wanted_day(execution_on, clock.today())
    try:
        with transaction():
            if known := _prepared_by(key):
                return _same(known, refund_ids, execution_on)
            refunds = hold_approved(refund_ids)
            if known := _prepared_by(key):  # by the first of two clicks, which we waited for
                return _same(known, refund_ids, execution_on)
            check_free(refunds)  # before the file is written, which takes seconds for thousands
            due = due_of(refunds)
            order = _freeze(due, execution_on, key, by)
            _write_transfers(order, due)
            audit.record(
                "order:prepared",
                subject=f"order:{order.id}",
                actor_id=by,
                detail=f"{order.number}, {order.transfers} transfers, sha256 {order.sha256}",
            )
            return order
    except IntegrityError:
        if known := _prepared_by(key):
            return _same(known, refund_ids, execution_on)
        raise NotPossible("One of these refunds is in another order already.") from None


def release(order_id: int, *, version: int, key: str, by: int) -> None:
    """Let the file go to the bank: a second person says so, once. Its refunds are at the bank from now on.

    `Stale` when a refund of it is not approved any more, `NotPossible` after its day of execution, and when
    an account or an amount was changed: the order can then only be withdrawn.
    """
    with transaction():
        order = PaymentOrder.hold(order_id)
        if order.decision_key == key and order.state == OrderState.RELEASED:
            return
        _check_prepared(order)
        check_releaser(by, order.prepared_by_id)
        check_execution_day(order.execution_on, clock.today())
        refunds = hold_approved(_refunds_of(order_id))
        check_as_prepared(order_id, refunds)
        _decide(order, version, OrderState.RELEASED, key, by)
        _move_transfers(order_id, TransferState.SENT)
        export(refunds, order=order.number, by=by)
        audit.record("order:released", subject=f"order:{order_id}", actor_id=by)


def withdraw(order_id: int, *, version: int, key: str, by: int) -> None:
    """Give a prepared order up; its refunds can go into another one. The file is never given out."""
    with transaction():
        order = PaymentOrder.hold(order_id)
        if order.decision_key == key and order.state == OrderState.WITHDRAWN:
            return
        _check_prepared(order)
        _decide(order, version, OrderState.WITHDRAWN, key, None)
        _move_transfers(order_id, TransferState.WITHDRAWN)
        audit.record("order:withdrawn", subject=f"order:{order_id}", actor_id=by)


def _prepared_by(key: str) -> PaymentOrder | None:
    return PaymentOrder.get_or_none(PaymentOrder.prepare_key == key)


def _same(known: PaymentOrder, refund_ids: Sequence[int], execution_on: date) -> PaymentOrder:
    if known.execution_on != execution_on or set(_refunds_of(known.id)) != set(refund_ids):
        raise NotPossible(
            "This click already prepared order %(number)s, with other refunds or for another day.",
            number=known.number,
        )
    return known


def _check_prepared(order: PaymentOrder) -> None:
    if order.state == OrderState.RELEASED:
        raise NotPossible("This order is released already. Your click changed nothing.")
    if order.state == OrderState.WITHDRAWN:
        raise NotPossible("This order was withdrawn. Your click changed nothing.")


def _decide(
    order: PaymentOrder, version: int, state: OrderState, key: str, released_by: int | None
) -> None:
    changed = (
        PaymentOrder.update(
            state=state,
            decision_key=key,
            released_by=released_by,
            released_at=clock.now() if released_by else None,
            version=version + 1,
        )
        .where((PaymentOrder.id == order.id) & (PaymentOrder.version == version))
        .execute()
    )
    if not changed:
        raise Stale("Somebody changed this order while you were looking at it.")


def _move_transfers(order_id: int, state: TransferState) -> None:
    (
        Transfer.update(state=state)
        .where((Transfer.order == order_id) & (Transfer.state == TransferState.WAITING))
        .execute()
    )


def _refunds_of(order_id: int) -> list[int]:
    rows: Any = Transfer.select(Transfer.refund).where(Transfer.order == order_id).tuples()
    return [refund_id for (refund_id,) in rows]


def _freeze(due: Sequence[Due], execution_on: date, key: str, by: int) -> PaymentOrder:
    school = School.select().order_by(School.id).first()
    if school is None or not school.iban:
        raise NotPossible("The school has no bank account yet.")
    number = f"P-{execution_on.year}-{next_number(f'order-{execution_on.year}'):04d}"
    lines = [Line(one.number, one.holder, one.iban, one.cents) for one in due]
    debtor = Debtor(school.account_holder or school.name, school.iban, school.bic)
    document = write(number, debtor, lines, execution_on)
    return PaymentOrder.create(
        number=number,
        execution_on=execution_on,
        iban=school.iban,
        transfers=len(due),
        control_sum_cents=sum(one.cents for one in due),
        document=document,
        sha256=sha256(document).hexdigest(),
        prepared_by=by,
        prepare_key=key,
    )


def _write_transfers(order: PaymentOrder, due: Iterable[Due]) -> None:
    rows = [
        {
            "order": order.id,
            "refund": one.refund_id,
            "payer": one.payer_id,
            "end_to_end": one.number,
            "amount_cents": one.cents,
            "iban": one.iban,
            "holder": one.holder,
        }
        for one in due
    ]
    for start in range(0, len(rows), CHUNK):
        Transfer.insert_many(rows[start : start + CHUNK]).execute()
