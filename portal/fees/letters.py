"""What payers are told, in their language, inside the transaction that did it."""

from portal import notifications
from portal.fees.models import Payer
from portal.fees.rules import PayerKind
from portal.identity import Person
from portal.kernel.i18n import mark
from portal.programme import enrolment


def reader_of(payer: Payer) -> Person | None:
    """Whom letters to `payer` go to: the student, or a person who lives only in this mail; None without an address."""
    if payer.kind == PayerKind.STUDENT:
        return enrolment(payer.enrolment_id).student.person
    if not payer.email:
        return None
    return Person(name=payer.name, email=payer.email, locale=payer.locale)


def account_changed(payer: Payer, masked: str) -> None:
    """Also to the address that was there before: somebody else may have typed the new account."""
    reader = reader_of(payer) or enrolment(payer.enrolment_id).student.person
    notifications.write_to(
        reader,
        mark("The bank account for your refunds was changed"),
        mark(
            "Refunds for %(payer)s go to the account %(account)s from now on. "
            "If you did not ask for this, write to the school today."
        ),
        payer=payer.name,
        account=masked,
    )
