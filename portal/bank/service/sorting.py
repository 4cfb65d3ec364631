"""What a person decides about a line: whose it is, that it is nobody's here, and that this was wrong."""

from typing import Any

from portal import audit, fees
from portal.bank.models import Allocation, BankLine
from portal.bank.queries import readings_of
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
        audit.record("bank:matched", subject=f"bank-line:{line_id}", actor_id=by)
    _learn(line_id, parts)


def confirm(line_id: int, *, reading: int, version: int, key: str, by: int) -> None:
    """The `reading`-th suggestion (from 0) is right: a payment, or a booking that takes one back."""
    readings = readings_of(BankLine.find(line_id))
    if not 0 <= reading < len(readings):
        raise NotPossible("This suggestion does not exist any more. Choose somebody yourself.")
    chosen = readings[reading]
    if chosen.payment_id is None:
        match(line_id, parts=chosen.parts, version=version, key=key, by=by)
        return
    with transaction():
        fees.hold_enrolments([], [chosen.payment_id])
        line = BankLine.hold(line_id)
        if _done(line, key, LineState.MATCHED):
            return
        check_waits(line.state)
        _check_version(line, version)
        reason = reason_in_words(line.return_reason)
        fees.reverse_payment(chosen.payment_id, reason=reason, by=by)
        _decide(
            line,
            key,
            by,
            state=LineState.MATCHED,
            what=What.REVERSAL,
            reversed_payment=chosen.payment_id,
        )
        audit.record("bank:matched", subject=f"bank-line:{line_id}", actor_id=by)


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
    """Take a decision back: payments no longer count, and the line waits again.

    `NotPossible` for our own transfers and for bookings of the bank, and when a payment was refunded.
    """
    with transaction():
        parts = _living(line_id)
        fees.hold_enrolments([part.payer_id for part in parts], [])
        line = BankLine.hold(line_id)
        if _done(line, key, LineState.OPEN):
            return
        if line.transfer_id is not None or line.reversed_payment is not None:
            raise NotPossible("What the bank did to our own transfers cannot be taken back here.")
        if line.state not in (LineState.MATCHED, LineState.IGNORED):
            raise NotPossible("Nothing was decided about this line. Your click changed nothing.")
        _check_version(line, version)
        for part in parts:
            fees.reverse_payment(part.payment_id, reason=MISTAKE, by=by)
        living = (Allocation.line == line_id) & Allocation.undone_at.is_null()
        Allocation.update(undone_at=clock.now()).where(living).execute()
        _decide(line, key, by, state=LineState.OPEN, reason="", automatic=0)
        audit.record("bank:undone", subject=f"bank-line:{line_id}", actor_id=by)


MISTAKE = "Matched with the wrong payer"


def _living(line_id: int) -> list[Allocation]:
    mine = (Allocation.line == line_id) & Allocation.undone_at.is_null()
    return list(Allocation.select().where(mine))


def _learn(line_id: int, parts: dict[int, Cents]) -> None:
    """Where all of it was one payer's, money goes back to the account it came from."""
    line = BankLine.find(line_id)
    if len(parts) == 1 and line.iban:
        fees.learn_account(next(iter(parts)), iban=line.iban, holder=line.name)


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
