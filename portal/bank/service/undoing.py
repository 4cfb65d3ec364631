"""What was decided about a line was wrong: it waits again, and everything is as if it had never been."""

from typing import Any

from portal import audit, fees
from portal.bank.models import Allocation, BankLine
from portal.bank.queries import may_undo, paid_from, readings_after
from portal.bank.rules import WAITING, LineState
from portal.bank.service.again import look_again
from portal.bank.service.deciding import check_version, decide, done
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import Sentence, mark

MISTAKE = Sentence(mark("The school had matched it with the wrong payer."))


def undo(line_id: int, *, version: int, key: str, by: int) -> None:
    """Take a decision back: its payments no longer count, the one it reversed counts again, and the line waits.

    `NotPossible` for our own transfers, for what the bank's number decided, and when a payment was refunded.
    """
    with transaction():
        parts, reversed_id = _living(line_id), BankLine.find(line_id).reversed_payment_id
        reversed_ids = [] if reversed_id is None else [reversed_id]
        fees.hold_enrolments([part.payer_id for part in parts], reversed_ids)
        line = BankLine.hold(line_id)
        if done(line, key, *WAITING):
            return
        if not may_undo(line):
            raise NotPossible("What the bank did to our own transfers cannot be taken back here.")
        if line.state not in (LineState.MATCHED, LineState.IGNORED):
            raise NotPossible("Nothing was decided about this line. Your click changed nothing.")
        check_version(line, version)
        for part in parts:
            _withdraw(part, by)
        living = (Allocation.line == line_id) & Allocation.undone_at.is_null()
        Allocation.update(undone_at=clock.now()).where(living).execute()
        _forget(line, parts)
        restored = {} if reversed_id is None else _restore(line, reversed_id, by)
        decide(line, key, by, state=LineState.OPEN, reason="", automatic=0, **restored)
        look_again()
        audit.record("bank:undone", subject=f"bank-line:{line_id}", actor_id=by)


def _living(line_id: int) -> list[Allocation]:
    mine = (Allocation.line == line_id) & Allocation.undone_at.is_null()
    return list(Allocation.select().where(mine))


def _withdraw(part: Allocation, by: int) -> None:
    """The payment no longer counts, unless a person reversed it elsewhere before."""
    if BankLine.select().where(BankLine.reversed_payment == part.payment_id).exists():
        raise NotPossible("Another line takes this payment back already.")
    if fees.Payment.find(part.payment_id).reversed_at is None:
        fees.reverse_payment(part.payment_id, reason=MISTAKE, by=by)


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


def _forget(line: BankLine, parts: list[Allocation]) -> None:
    """Nobody gets money back to an account that only a mistake made theirs."""
    for part in parts:
        if line.iban and not paid_from(part.payer_id, line.iban_fingerprint):
            fees.forget_account(part.payer_id, iban=line.iban)
