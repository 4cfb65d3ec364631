from datetime import datetime

from portal import audit
from portal.fees import ledger, letters
from portal.fees.models import Payer
from portal.fees.rules import (
    Account,
    Employer,
    PayerKind,
    check_iban,
    creditor_reference,
    masked,
    payable,
)
from portal.fees.service.links import revoke
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
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


def enter_payer(enrolment_id: int, *, name: str, email: str, locale: str, by: int) -> Payer:
    """A parent or guarantor who is going to pay; entering the same one again changes nothing."""
    with transaction():
        Enrolment.hold(enrolment_id)
        same = (Payer.kind == PayerKind.PARENT) & (Payer.name == name) & (Payer.email == email)
        if known := Payer.get_or_none((Payer.enrolment == enrolment_id) & same):
            return known
        payer = _new_payer(enrolment_id, PayerKind.PARENT, name, email, locale)
        audit.record("payer:entered", subject=f"payer:{payer.id}", actor_id=by)
        return payer


def change_payer(payer_id: int, *, name: str, email: str, locale: str, by: int) -> None:
    """How a payer who is not the student is called and reached. A new address ends the link sent to the old one.

    A company keeps its name, which its contract gives it.
    """
    with transaction():
        payer = Payer.hold(payer_id)
        if payer.kind == PayerKind.STUDENT:
            raise NotPossible("Students change their name and address in their account.")
        name = payer.name if payer.kind == PayerKind.COMPANY else name
        if (payer.name, payer.email, payer.locale) == (name, email, locale):
            return
        Payer.update(name=name, email=email, locale=locale).where(Payer.id == payer_id).execute()
        if email != payer.email:
            revoke(payer_id)
        detail = f"{payer.name} <{payer.email}> → {name} <{email}>"
        audit.record("payer:changed", subject=f"payer:{payer_id}", actor_id=by, detail=detail)


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
    """The account that refunds go to; the same one again tells nobody, but a person has said now that it is theirs.

    A refund that is approved within the policy's days after a change needs two people. `NotPossible`
    for an IBAN that does not exist. The payer hears of the change, wherever it came from.
    """
    number = check_iban(iban)
    with transaction():
        payer = Payer.hold(payer_id)
        if (payer.iban, payer.account_holder) == (number, holder):
            _confirm_account(payer, by)
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
    """The account that money came from becomes the one it goes back to, unless another is known or none can be paid to.

    Anybody can send a cent under somebody's reference. So the payer hears of it, the account counts as new, and an
    approved refund that still has none does not go there.
    """
    if not payable(iban):
        return
    with transaction():
        payer = Payer.hold(payer_id)
        waiting = ledger.standing_on(Account.REFUNDABLE, [payer.enrolment_id])
        if not payer.iban and not waiting.get((payer.enrolment_id, payer_id)):
            _write_account(payer, iban, holder or payer.name, clock.now(), learnt=True)
            letters.account_learnt(payer, masked(iban))
            audit.record(
                "payer:account-learned",
                subject=f"payer:{payer_id}",
                actor_id=None,
                detail=masked(iban),
            )


def forget_account(payer_id: int, *, iban: str) -> None:
    """Money from `iban` was not this payer's after all: unless a person typed that account, it is theirs no more."""
    with transaction():
        payer = Payer.hold(payer_id)
        if iban and payer.iban == iban and payer.iban_learnt:
            _write_account(payer, "", "", None)
            audit.record(
                "payer:account-forgotten",
                subject=f"payer:{payer_id}",
                actor_id=None,
                detail=masked(iban),
            )


def reseal() -> int:
    """Write every bank account anew, sealed with the newest key; returns how many."""
    with transaction():
        payers = list(Payer.select().where(Payer.iban != ""))
        for payer in payers:
            _write_account(
                payer,
                payer.iban,
                payer.account_holder,
                payer.iban_changed_at,
                learnt=bool(payer.iban_learnt),
            )
        return len(payers)


def _write_account(
    payer: Payer, iban: str, holder: str, changed_at: datetime | None, *, learnt: bool = False
) -> None:
    (
        Payer.update(
            iban=iban,
            iban_fingerprint=vault().fingerprint(iban),
            account_holder=holder,
            iban_changed_at=changed_at,
            iban_learnt=int(learnt),
        )
        .where(Payer.id == payer.id)
        .execute()
    )


def _confirm_account(payer: Payer, by: int | None) -> None:
    if payer.iban_learnt:
        Payer.update(iban_learnt=0).where(Payer.id == payer.id).execute()
        audit.record(
            "payer:account-confirmed",
            subject=f"payer:{payer.id}",
            actor_id=by,
            detail=masked(payer.iban),
        )


def company_payer(enrolment_id: int, employer: Employer) -> Payer:
    """The employer as payer, made when first asked for; the enrolment is held."""
    mine = (Payer.enrolment == enrolment_id) & (Payer.kind == PayerKind.COMPANY)
    known = Payer.get_or_none(mine & (Payer.siret == employer.siret))
    return known or _new_payer(
        enrolment_id, PayerKind.COMPANY, employer.name, "", siret=employer.siret
    )


def rename_company(*, siret: str, name: str) -> None:
    """A company is called otherwise: the payer it is stays the same."""
    mine = (Payer.kind == PayerKind.COMPANY) & (Payer.siret == siret)
    Payer.update(name=name).where(mine).execute()


def _new_payer(
    enrolment_id: int,
    kind: PayerKind,
    name: str,
    email: str,
    locale: str = "",
    *,
    siret: str = "",
) -> Payer:
    """Without a `locale` of their own, payers are written to in the student's language."""
    before = Payer.select().where(Payer.enrolment == enrolment_id).count()
    found = enrolment(enrolment_id)
    year = found.cohort.starts_on.year
    return Payer.create(
        enrolment=enrolment_id,
        kind=kind,
        name=name,
        siret=siret,
        email=email,
        locale=locale or found.student.person.locale,
        reference=creditor_reference(year, enrolment_id, before + 1),
    )
