"""What a person decides about a line: whose it is, that it is nobody's here, and that this was wrong."""

from typing import Any

from portal import audit, fees, payouts
from portal.bank.models import Allocation, BankLine
from portal.bank.queries import Reading, may_undo, paid_from, readings_after, readings_of
from portal.bank.rules import LineState, What, check_parts, check_waits
from portal.bank.service.booking import pay
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale
from portal.kernel.iso20022 import reason_in_words
from portal.kernel.money import Cents


def match(line_id: int, *, parts: dict[int, Cents], version: int, key: str, by: int) -> None:
    """This money is these payers': cents by payer, all of the line. Once per `key`.

    `NotPossible` for another sum, `Stale` when somebody was faster.
    """
    with transaction():
        fees.hold_enrolments(list(parts), [])
        line = BankLine.hold(line_id)
        if _done(line, key, LineState.MATCHED):
            return
        check_waits(line.state)
        check_parts(parts, line.amount_cents)
        _check_version(line, version)
        pay(line, parts, by=by)
        _decide(line, key, by, state=LineState.MATCHED, what=What.PAYMENT)
        _learn(line, parts)
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
        payouts.hold_refunds([] if chosen.transfer_id is None else [chosen.transfer_id])
        fees.hold_enrolments([], [] if chosen.payment_id is None else [chosen.payment_id])
        line = BankLine.hold(line_id)
        if _done(line, key, LineState.MATCHED):
            return
        check_waits(line.state)
        _check_version(line, version)
        _decide(line, key, by, state=LineState.MATCHED, **_take_back(line, chosen, by))
        audit.record("bank:matched", subject=f"bank-line:{line_id}", actor_id=by)


def _take_back(line: BankLine, chosen: Reading, by: int) -> dict[str, Any]:
    """Money that moved the other way once: a payment no longer counts, or a transfer of ours came back."""
    if chosen.payment_id is not None:
        if BankLine.select().where(BankLine.reversed_payment == chosen.payment_id).exists():
            raise NotPossible("Another line takes this payment back already.")
        reason = reason_in_words(line.return_reason)
        fees.reverse_payment(chosen.payment_id, reason=reason, by=by)
        return {"what": What.REVERSAL, "reversed_payment": chosen.payment_id}
    if chosen.transfer_id is None:
        raise NotPossible("This suggestion does not exist any more. Choose somebody yourself.")
    payouts.came_back(chosen.transfer_id, code=line.return_reason, text=line.additional, by=by)
    return {"what": What.TRANSFER_RETURNED, "transfer_id": chosen.transfer_id}


def ignore(line_id: int, *, reason: str, version: int, key: str, by: int) -> None:
    """This line has nothing to do with students, for that reason."""
    with transaction():
        line = BankLine.hold(line_id)
        if _done(line, key, LineState.IGNORED):
            return
        check_waits(line.state)
        _check_version(line, version)
        _decide(line, key, by, state=LineState.IGNORED, reason=reason)
        audit.record("bank:ignored", subject=f"bank-line:{line_id}", actor_id=by, detail=reason)


def undo(line_id: int, *, version: int, key: str, by: int) -> None:
    """Take a decision back: its payments no longer count, the one it reversed counts again, and the line waits.

    `NotPossible` for our own transfers, for what the bank's number decided, and when a payment was refunded.
    """
    with transaction():
        parts, reversed_id = _living(line_id), BankLine.find(line_id).reversed_payment_id
        reversed_ids = [] if reversed_id is None else [reversed_id]
        fees.hold_enrolments([part.payer_id for part in parts], reversed_ids)
        line = BankLine.hold(line_id)
        if _done(line, key, LineState.OPEN):
            return
        if not may_undo(line):
            raise NotPossible("What the bank did to our own transfers cannot be taken back here.")
        if line.state not in (LineState.MATCHED, LineState.IGNORED):
            raise NotPossible("Nothing was decided about this line. Your click changed nothing.")
        _check_version(line, version)
        for part in parts:
            fees.reverse_payment(part.payment_id, reason=MISTAKE, by=by)
        living = (Allocation.line == line_id) & Allocation.undone_at.is_null()
        Allocation.update(undone_at=clock.now()).where(living).execute()
        _forget(line, parts)
        restored = {} if reversed_id is None else _restore(line, reversed_id, by)
        _decide(line, key, by, state=LineState.OPEN, reason="", automatic=0, **restored)
        audit.record("bank:undone", subject=f"bank-line:{line_id}", actor_id=by)


MISTAKE = "Matched with the wrong payer"


def _living(line_id: int) -> list[Allocation]:
    mine = (Allocation.line == line_id) & Allocation.undone_at.is_null()
    return list(Allocation.select().where(mine))


def _restore(line: BankLine, payment_id: int, by: int) -> dict[str, Any]:
    """A reversal stays in the ledger; the payment is recorded anew, and takes the old one's place here."""
    was = fees.Payment.find(payment_id)
    payment = fees.record_payment(
        enrolment_id=was.enrolment_id,
        payer_id=was.payer_id,
        amount=was.amount_cents,
        received_on=was.received_on,
        means=was.means,
        note=was.note,
        key=f"bank:{line.id}:{line.version}:restored",
        end_to_end=was.end_to_end,
        by=by,
    )
    Allocation.update(payment=payment).where(Allocation.payment == was).execute()
    return {"reversed_payment": None, "readings": readings_after(line, was.id, payment.id)}


def _learn(line: BankLine, parts: dict[int, Cents]) -> None:
    """Where all of it was one payer's, money goes back to the account it came from."""
    if len(parts) == 1 and line.iban:
        fees.learn_account(next(iter(parts)), iban=line.iban, holder=line.name)


def _forget(line: BankLine, parts: list[Allocation]) -> None:
    """Nobody gets money back to an account that only a mistake made theirs."""
    for part in parts:
        if line.iban and not paid_from(part.payer_id, line.iban_fingerprint):
            fees.forget_account(part.payer_id, iban=line.iban)


def _done(line: BankLine, key: str, state: LineState) -> bool:
    return line.decision_key == key and line.state == state


def _check_version(line: BankLine, version: int) -> None:
    if line.version != version:
        raise Stale("Somebody changed this line while you were looking at it.")


def _decide(line: BankLine, key: str, by: int, **facts: Any) -> None:
    (
        BankLine.update(
            decided_by=by,
            decided_at=clock.now(),
            decision_key=key,
            version=line.version + 1,
            **facts,
        )
        .where((BankLine.id == line.id) & (BankLine.version == line.version))
        .execute()
    )
