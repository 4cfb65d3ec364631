from portal.fees.models import Payer
from portal.fees.rules import PayerKind, creditor_reference
from portal.kernel.db import transaction
from portal.programme import Enrolment, enrolment


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
