"""What is certain happens by itself: payments, returned debits, our own transfers."""

from collections import Counter
from collections.abc import Iterable, Sequence

import structlog
from peewee import Case

from portal import fees, payouts
from portal.bank.models import Allocation, BankLine
from portal.bank.queries import readings_json
from portal.bank.rules import How, LineState, Verdict, What, as_suggested
from portal.kernel import clock
from portal.kernel.db import chunks, transaction
from portal.kernel.errors import Refusal
from portal.kernel.iso20022 import reason_in_words
from portal.kernel.money import Cents

log = structlog.get_logger("portal.bank")


def hold_all(verdicts: Iterable[Verdict]) -> None:
    """Hold what the certain ones will change, in one order for everybody: nobody waits in a circle."""
    certain = [verdict for verdict in verdicts if verdict.how == How.CERTAIN]
    ours = [one for one in certain if one.transfer_id is not None]
    whole = [int(one.transfer_id or 0) for one in ours if one.what == What.ORDER_EXECUTED]
    single = [int(one.transfer_id or 0) for one in ours]
    payees = payouts.hold_refunds([*single, *payouts.in_same_orders(whole)])
    payers = [int(part.payer_id) for one in certain for part in one.parts]
    payments = [int(one.payment_id) for one in certain if one.payment_id is not None]
    fees.hold_enrolments([*payers, *payees], payments)


def book_all(told: Sequence[tuple[BankLine, Verdict]], *, by: int) -> None:
    """Do what certain verdicts say, our own transfers that left together: a few queries for thousands."""
    often = Counter(verdict.transfer_id for _, verdict in told)
    left = [
        (line, int(verdict.transfer_id))
        for line, verdict in told
        if verdict.what == What.TRANSFER_EXECUTED
        # What also came back in this file is booked in its order.
        and verdict.transfer_id is not None
        and often[verdict.transfer_id] == 1
    ]
    booked = {line.id for line, _ in left} if _book_executed(left, by) else set()
    for line, verdict in told:
        if line.id not in booked:
            book(line, verdict, by=by)


def _book_executed(left: Sequence[tuple[BankLine, int]], by: int) -> bool:
    """False when the rules refuse one of them, and so all: then each is tried for itself."""
    try:
        payouts.executed_all({key: line.booked_on.isoformat() for line, key in left}, by=by)
    except Refusal:
        return False
    for some in chunks(left):
        keys = Case(BankLine.id, [(line.id, key) for line, key in some])
        _close([line for line, _ in some], by=by, transfer_id=keys)
    return True


def book(line: BankLine, verdict: Verdict, *, by: int) -> None:
    """Do what a certain verdict says; what the rules of money refuse waits for a person instead."""
    try:
        with transaction():
            done = _do(line, verdict, by)
    except Refusal as refusal:
        log.warning("a sure line waits", line=line.id, why=refusal.message)
        readings = readings_json(as_suggested(verdict), refused=refusal)
        BankLine.update(readings=readings).where(BankLine.id == line.id).execute()
        return
    _close([line], by=by, **done)


def pay(line: BankLine, parts: dict[int, Cents], *, by: int) -> None:
    """Record the parts of a line as payments, each under a key of its own."""
    for payer_id, cents in parts.items():
        payment = fees.record_payment(
            enrolment_id=fees.enrolment_of_payer(payer_id),
            payer_id=payer_id,
            amount=cents,
            received_on=line.booked_on,
            means="transfer",
            note=line.remittance[:200],
            key=f"bank:{line.id}:{line.version}:{payer_id}",
            end_to_end=line.end_to_end,
            by=by,
        )
        Allocation.create(line=line, payer=payer_id, payment=payment, amount_cents=cents)


def _do(line: BankLine, verdict: Verdict, by: int) -> dict[str, object]:
    if verdict.what == What.PAYMENT:
        parts = {int(part.payer_id): part.cents for part in verdict.parts}
        if verdict.left_over and len(parts) == 1:
            parts = {payer_id: Cents(line.amount_cents) for payer_id in parts}
        pay(line, parts, by=by)
        return {}
    if verdict.what == What.DEBIT_RETURNED and verdict.payment_id is not None:
        reason = reason_in_words(verdict.reason)
        fees.payment_gone(int(verdict.payment_id), reason=reason, by=by)
        return {"reversed_payment": int(verdict.payment_id)}
    if verdict.transfer_id is None:
        raise ValueError(f"nothing to book in {verdict}")
    transfer_id = int(verdict.transfer_id)
    if verdict.what == What.ORDER_EXECUTED:
        note = line.booked_on.isoformat()
        payouts.executed_order(transfer_id, cents=-line.amount_cents, note=note, by=by)
    elif verdict.what == What.TRANSFER_EXECUTED:
        payouts.executed(transfer_id, note=line.booked_on.isoformat(), by=by)
    else:
        payouts.came_back(transfer_id, code=verdict.reason, text=line.additional, by=by)
    return {"transfer_id": transfer_id}


def _close(lines: Sequence[BankLine], *, by: int, **facts: object) -> None:
    (
        BankLine.update(
            state=LineState.MATCHED,
            automatic=1,
            decided_by=by,
            decided_at=clock.now(),
            version=BankLine.version + 1,
            **facts,
        )
        .where(BankLine.id.in_([line.id for line in lines]))
        .execute()
    )
