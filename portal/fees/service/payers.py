from datetime import datetime

from portal import audit
from portal.fees import letters
from portal.fees.models import Payer
from portal.fees.rules import PayerKind, check_iban, creditor_reference, masked
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.events import Event
from portal.kernel.vault import vault
from portal.programme import Enrolment, enrolment

#: Told as `account_changed.tell(payer_id=…, by=person_id)` inside the changing transaction.
account_changed = Event("fees.account-changed")


def add_payer(enrolment_id: int, *, kind: PayerKind, name: str, email: str = "") -> Payer:
    """Somebody who pays for this enrolment, with an ISO 11649 reference of their own."""
    with transaction():
        Enrolment.hold(enrolment_id)
        return _new_payer(enrolment_id, kind, name, email)


def student_payer(enrolment_id: int) -> Payer:
    """The student as payer, made when first asked for."""
    with transaction():
        Enrolment.hold(enrolment_id)
        mine = Payer.get_or_none(
            (Payer.enrolment == enrolment_id) & (Payer.kind == PayerKind.STUDENT)
        )
        if mine is not None:
            return mine
        person = enrolment(enrolment_id).student.person
        return _new_payer(enrolment_id, PayerKind.STUDENT, person.name, person.email)


def set_account(payer_id: int, *, iban: str, holder: str, by: int | None) -> None:
    """The account that refunds go to; writing the same one again changes nothing.

    A refund that is approved within the policy's days after a change needs two people. `NotPossible`
    for an IBAN that does not exist. The payer hears of the change, wherever it came from.
    """
    number = check_iban(iban)
    with transaction():
        payer = Payer.hold(payer_id)
        if (payer.iban, payer.account_holder) == (number, holder):
            return
        _write_account(payer, number, holder, clock.now())
        audit.record(
            "payer:account-changed",
            subject=f"payer:{payer_id}",
            actor_id=by,
            detail=f"{masked(payer.iban)} → {masked(number)}",
        )
        letters.account_changed(payer, masked(number))
        account_changed.tell(payer_id=payer_id, by=by)


def learn_account(payer_id: int, *, iban: str, holder: str) -> None:
    """The account that money came from becomes the one it goes back to, unless another is known."""
    with transaction():
        payer = Payer.hold(payer_id)
        if not payer.iban and iban:
            _write_account(payer, iban, holder or payer.name, payer.iban_changed_at)
            audit.record(
                "payer:account-learned",
                subject=f"payer:{payer_id}",
                actor_id=None,
                detail=masked(iban),
            )


def reseal() -> int:
    """Write every bank account anew, sealed with the newest key; returns how many."""
    with transaction():
        payers = list(Payer.select().where(Payer.iban != ""))
        for payer in payers:
            _write_account(payer, payer.iban, payer.account_holder, payer.iban_changed_at)
        return len(payers)


def _write_account(payer: Payer, iban: str, holder: str, changed_at: datetime | None) -> None:
    (
        Payer.update(
            iban=iban,
            iban_fingerprint=vault().fingerprint(iban),
            account_holder=holder,
            iban_changed_at=changed_at,
        )
        .where(Payer.id == payer.id)
        .execute()
    )


def company_payer(enrolment_id: int, name: str) -> Payer:
    """The employer as payer, made when first asked for; the enrolment is held."""
    known = Payer.get_or_none(
        (Payer.enrolment == enrolment_id) & (Payer.kind == PayerKind.COMPANY) & (Payer.name == name)
    )
    return known or _new_payer(enrolment_id, PayerKind.COMPANY, name, "")


def _new_payer(enrolment_id: int, kind: PayerKind, name: str, email: str) -> Payer:
    before = Payer.select().where(Payer.enrolment == enrolment_id).count()
    year = enrolment(enrolment_id).cohort.starts_on.year
    return Payer.create(
        enrolment=enrolment_id,
        kind=kind,
        name=name,
        email=email,
        reference=creditor_reference(year, enrolment_id, before + 1),
    )
