from collections.abc import Sequence
from datetime import date
from typing import Any

from portal import audit, notifications
from portal.fees import ledger
from portal.fees.models import Payer, Payment
from portal.fees.rules import Account, Entry, PayerKind, check_payment, here_of
from portal.fees.service.lines import ask_for_what_is_missing
from portal.fees.service.payers import add_payer
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import chunks, transaction
from portal.kernel.errors import Missing, NotPossible
from portal.kernel.i18n import mark
from portal.kernel.money import Cents, format_eur
from portal.kernel.text import fold
from portal.programme import Enrolment, enrolment

#: What one form tells of one payment.
TOLD = ("payer_id", "amount_cents", "received_on", "means", "note")


def record_payment(
    *,
    enrolment_id: int,
    payer_id: int,
    amount: Cents,
    received_on: date,
    means: str,
    note: str = "",
    key: str,
    end_to_end: str = "",
    by: int,
) -> Payment:
    """Money arrived. The same `key` records once and returns that payment; what is too much is a credit.

    `NotPossible` for an amount or a date that cannot be, or when the key recorded something else;
    `Missing` for somebody else's payer.
    """
    check_payment(amount, received_on, clock.today())
    with transaction():
        Enrolment.hold(enrolment_id)
        payer = _payer(enrolment_id, payer_id)
        if known := Payment.get_or_none(Payment.key == key):
            wanted = (payer_id, amount, received_on, means, note)
            if wanted != tuple(getattr(known, name) for name in TOLD):
                raise NotPossible("This form was already used for another payment.")
            return known
        payment = Payment.create(
            enrolment=enrolment_id,
            payer=payer,
            amount_cents=amount,
            received_on=received_on,
            means=means,
            note=note,
            recorded_by=by,
            key=key,
            end_to_end=end_to_end,
        )
        ledger.post(enrolment_id, f"payment:{payment.id}", _entries(payer, amount))
        audit.record("payment:recorded", subject=f"payment:{payment.id}", actor_id=by)
        _write_receipt(payment, payer)
        return payment


def record_payment_of_new_payer(
    *,
    enrolment_id: int,
    name: str,
    email: str,
    amount: Cents,
    received_on: date,
    means: str,
    note: str = "",
    key: str,
    by: int,
) -> Payment:
    """The first payment of a parent or guarantor, who becomes a payer with it; the same `key` adds them once."""
    with transaction():
        Enrolment.hold(enrolment_id)
        known = Payment.get_or_none((Payment.key == key) & (Payment.enrolment == enrolment_id))
        if known and fold(known.payer.name) != fold(name):
            raise NotPossible("This form was already used for another payment.")
        payer_id = (
            known.payer_id
            if known
            else add_payer(enrolment_id, kind=PayerKind.PARENT, name=name, email=email).id
        )
        return record_payment(
            enrolment_id=enrolment_id,
            payer_id=payer_id,
            amount=amount,
            received_on=received_on,
            means=means,
            note=note,
            key=key,
            by=by,
        )


def reverse_payment(payment_id: int, *, reason: str, by: int) -> None:
    """Undo a payment recorded by mistake, by counter-entries. Repeating changes nothing.

    A reason that the portal wrote is a `Sentence`: every reader gets it in their language. `NotPossible`
    when a part of it was already given back, or without a reason.
    """
    _reverse_once(payment_id, reason, by, gone=False)


def payment_gone(payment_id: int, *, reason: str, by: int) -> None:
    """The bank took this payment back: it no longer counts, and what was refunded of it is owed again.

    Repeating changes nothing; `NotPossible` when somebody reversed it before, or without a reason.
    """
    _reverse_once(payment_id, reason, by, gone=True)


def _reverse_once(payment_id: int, reason: str, by: int, *, gone: bool) -> None:
    if not reason.strip():
        raise NotPossible("Say why this payment is reversed.")
    with transaction():
        Enrolment.hold(Payment.find(payment_id).enrolment_id)
        payment = Payment.hold(payment_id)
        if payment.reversed_at is not None:
            _check_same_reversal(payment, reason, by)
            return
        payer = payment.payer
        here = here_of(payer.id, ledger.balances(payment.enrolment_id))
        refunded = payment.amount_cents > here
        if refunded and not gone:
            raise NotPossible("A part of this payment was already refunded. It cannot be reversed.")
        _reverse(payment, payer, reason, by, REFUNDED if refunded else WITHDRAWN)


def hold_enrolments(payer_ids: Sequence[int], payment_ids: Sequence[int]) -> None:
    """Hold every enrolment of these payers and payments, in one order for everybody who holds several."""
    payers: list[Any] = []
    for some in chunks(payer_ids):
        payers.extend(Payer.select(Payer.enrolment).where(Payer.id.in_(some)))
    payments: list[Any] = []
    for some in chunks(payment_ids):
        payments.extend(Payment.select(Payment.enrolment).where(Payment.id.in_(some)))
    Enrolment.hold_all(row.enrolment_id for row in [*payers, *payments])


def _reverse(payment: Payment, payer: Payer, reason: str, by: int, words: str) -> None:
    (
        Payment.update(reversed_at=clock.now(), reversed_by=by, reversal_reason=reason)
        .where((Payment.id == payment.id) & Payment.reversed_at.is_null())
        .execute()
    )
    entries = [
        entry._replace(cents=-entry.cents) for entry in _entries(payer, payment.amount_cents)
    ]
    ledger.post(payment.enrolment_id, f"payment:{payment.id}:reversed", entries)
    ask_for_what_is_missing(payment.enrolment_id)
    audit.record("payment:reversed", subject=f"payment:{payment.id}", actor_id=by, detail=reason)
    _write_reversal(payment, payer, reason, words)


def _check_same_reversal(payment: Payment, reason: str, by: int) -> None:
    if (payment.reversed_by_id, payment.reversal_reason) != (by, reason):
        raise NotPossible("This payment was already reversed.")


def _payer(enrolment_id: int, payer_id: int) -> Payer:
    payer = Payer.get_or_none((Payer.id == payer_id) & (Payer.enrolment == enrolment_id))
    if payer is None:
        raise Missing("There is no such payer.")
    return payer


def _entries(payer: Payer, amount: Cents) -> list[Entry]:
    """A company pays its share of the bill, everybody else pays what the student owes."""
    company = payer.kind == PayerKind.COMPANY
    settles = Account.COMPANY_SHARE if company else Account.RECEIVABLE
    return [Entry(Account.BANK, amount, payer.id), Entry(settles, -amount, payer.id)]


def _write_receipt(payment: Payment, payer: Payer) -> None:
    for reader in _readers(payment, payer):
        notifications.write_to(
            reader,
            mark("Payment received: %(amount)s"),
            mark(
                "We received %(amount)s from %(payer)s for the fees of %(student)s, reference %(reference)s.\n\n%(link)s"
            ),
            **_facts(payment, payer, reader),
        )


WITHDRAWN = mark(
    "The payment of %(amount)s from %(payer)s for the fees of %(student)s, reference %(reference)s, no longer counts. The reason: %(reason)s\n\n%(link)s"
)
REFUNDED = mark(
    "The bank took back the payment of %(amount)s from %(payer)s for the fees of %(student)s, reference %(reference)s, after a part of it was refunded. It no longer counts, and this money is owed to the school again. The reason: %(reason)s\n\n%(link)s"
)


def _write_reversal(payment: Payment, payer: Payer, reason: str, words: str) -> None:
    for reader in _readers(payment, payer):
        notifications.write_to(
            reader,
            mark("Payment withdrawn: %(amount)s"),
            words,
            reason=reason,
            **_facts(payment, payer, reader),
        )


def _readers(payment: Payment, payer: Payer) -> list[Person]:
    """The student and, where they are somebody else with an address, the payer; a company hears of its own only."""
    student = enrolment(payment.enrolment_id).student.person
    if payer.kind == PayerKind.STUDENT or not payer.email:
        return [student]
    return [student, Person(name=payer.name, email=payer.email, locale=payer.locale)]


def _facts(payment: Payment, payer: Payer, reader: Person) -> dict[str, str]:
    student = enrolment(payment.enrolment_id).student.person
    return {
        "amount": format_eur(payment.amount_cents, reader.locale),
        "payer": payer.name,
        "student": student.name,
        "reference": payer.reference,
        # Only the student can sign in; a parent reads the mail alone.
        "link": notifications.link("/fees") if reader.id else "",
    }
