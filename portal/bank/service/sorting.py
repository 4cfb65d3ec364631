"""What a person decides about a line: whose it is, or that it is nobody's here."""

from collections.abc import Collection
from typing import Any

from portal import audit, fees, payouts
from portal.bank.models import Allocation, BankLine
from portal.bank.queries import Reading, readings_of
from portal.bank.rules import LineState, What, check_parts, check_waits
from portal.bank.service.again import look_again
from portal.bank.service.booking import pay
from portal.bank.service.deciding import check_same, check_version, decide, done
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark
from portal.kernel.iso20022 import reason_in_words
from portal.kernel.money import Cents

TOLD_BEFORE = mark(
    "The bank told this in another line before. Look at both lines: money may have moved twice."
)


def match(line_id: int, *, parts: dict[int, Cents], version: int, key: str, by: int) -> None:
    """This money is these payers': cents by payer, all of the line. Once per `key`.

    `NotPossible` for another sum, `Stale` when somebody was faster.
    """
    with transaction():
        fees.hold_enrolments(list(parts), [])
        line = BankLine.hold(line_id)
        if done(line, key, LineState.MATCHED):
            check_same(parts, _parts_of(line))
            return
        check_waits(line.state)
        check_parts(parts, line.amount_cents)
        check_version(line, version)
        pay(line, parts, by=by)
        decide(line, key, by, state=LineState.MATCHED, what=What.PAYMENT)
        _learn(line, parts)
        look_again()
        audit.record("bank:matched", subject=f"bank-line:{line_id}", actor_id=by)


def confirm(line_id: int, *, reading: int, version: int, key: str, by: int) -> None:
    """The `reading`-th suggestion (from 0) is right: a payment, one taken back, or ours that came back."""
    readings = readings_of(BankLine.find(line_id))
    if not 0 <= reading < len(readings) or not readings[reading].sure_enough:
        raise NotPossible("This suggestion does not exist any more. Choose somebody yourself.")
    chosen = readings[reading]
    if chosen.what == What.PAYMENT:
        match(line_id, parts=chosen.parts, version=version, key=key, by=by)
        return
    with transaction():
        payees = payouts.hold_refunds(_transfers_of(chosen))
        fees.hold_enrolments(payees, [] if chosen.payment_id is None else [chosen.payment_id])
        line = BankLine.hold(line_id)
        if done(line, key, LineState.MATCHED):
            known = (line.what, line.reversed_payment_id, line.transfer_id)
            check_same((chosen.what, chosen.payment_id, chosen.transfer_id), known)
            return
        check_waits(line.state)
        check_version(line, version)
        decide(line, key, by, state=LineState.MATCHED, **_take_back(line, chosen, by))
        look_again()
        audit.record("bank:matched", subject=f"bank-line:{line_id}", actor_id=by)


def _transfers_of(chosen: Reading) -> Collection[int]:
    if chosen.transfer_id is None:
        return ()
    whole = chosen.what == What.ORDER_EXECUTED
    return payouts.in_same_orders([chosen.transfer_id]) if whole else [chosen.transfer_id]


def _take_back(line: BankLine, chosen: Reading, by: int) -> dict[str, Any]:
    """What the bank did and a person confirms: a payment no longer counts, a transfer of ours left or came back."""
    if chosen.payment_id is not None:
        if BankLine.select().where(BankLine.reversed_payment == chosen.payment_id).exists():
            raise NotPossible("Another line takes this payment back already.")
        if fees.Payment.find(chosen.payment_id).reversed_at is not None:
            raise NotPossible("This payment was already reversed.")
        reason = reason_in_words(line.return_reason)
        fees.payment_gone(chosen.payment_id, reason=reason, by=by)
        return {"what": What.REVERSAL, "reversed_payment": chosen.payment_id}
    if chosen.transfer_id is None:
        raise NotPossible("This suggestion does not exist any more. Choose somebody yourself.")
    _check_news(chosen.transfer_id, chosen.what)
    if chosen.what == What.ORDER_EXECUTED:
        cents, note = -line.amount_cents, line.booked_on.isoformat()
        payouts.executed_order(chosen.transfer_id, cents=cents, note=note, by=by)
        return {"what": What.ORDER_EXECUTED, "transfer_id": chosen.transfer_id}
    if chosen.what == What.TRANSFER_EXECUTED:
        payouts.executed(chosen.transfer_id, note=line.booked_on.isoformat(), by=by)
        return {"what": What.TRANSFER_EXECUTED, "transfer_id": chosen.transfer_id}
    if not payouts.came_back(
        chosen.transfer_id, code=line.return_reason, text=line.additional, by=by
    ):
        raise NotPossible(TOLD_BEFORE)
    return {"what": What.TRANSFER_RETURNED, "transfer_id": chosen.transfer_id}


def _check_news(transfer_id: int, what: str) -> None:
    """`NotPossible` when another line told this of our transfer, or of its order: money moves once."""
    same = [transfer_id]
    if what == What.ORDER_EXECUTED:
        same = list(payouts.in_same_orders(same))
    told = BankLine.transfer_id.in_(same) & (BankLine.what == what)
    if BankLine.select().where(told & (BankLine.state == LineState.MATCHED)).exists():
        raise NotPossible(TOLD_BEFORE)


def ignore(line_id: int, *, reason: str, version: int, key: str, by: int) -> None:
    """This line has nothing to do with students, for that reason."""
    with transaction():
        line = BankLine.hold(line_id)
        if done(line, key, LineState.IGNORED):
            check_same(reason, line.reason)
            return
        check_waits(line.state)
        check_version(line, version)
        decide(line, key, by, state=LineState.IGNORED, reason=reason)
        audit.record("bank:ignored", subject=f"bank-line:{line_id}", actor_id=by, detail=reason)


def _parts_of(line: BankLine) -> dict[int, Cents]:
    living = (Allocation.line == line) & Allocation.undone_at.is_null()
    return {one.payer_id: one.amount_cents for one in Allocation.select().where(living)}


def _learn(line: BankLine, parts: dict[int, Cents]) -> None:
    """Where all of it was one payer's, money goes back to the account it came from."""
    if len(parts) == 1 and line.iban:
        fees.learn_account(next(iter(parts)), iban=line.iban, holder=line.name)
