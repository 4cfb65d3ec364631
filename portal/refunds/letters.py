"""What the people concerned are told, in their language, inside the transaction that did it."""

from portal import notifications, programme
from portal.identity import Person, staff_with
from portal.kernel.i18n import mark
from portal.kernel.money import Cents, format_eur
from portal.refunds.models import Refund


def proposed(refund: Refund) -> None:
    student = _student(refund.enrolment_id)
    _write(
        student,
        refund,
        mark("Your contract is accepted: a refund is being prepared"),
        mark(
            "The school has accepted your work contract. Your remaining instalments are suspended, and "
            "%(amount)s are to come back. A second person checks the refund first. Follow it here: %(link)s"
        ),
    )
    for reader in staff_with("finance"):
        _write(
            reader,
            refund,
            mark("Refund %(number)s to approve"),
            mark("A refund of %(amount)s for %(student)s waits for its approval: %(link)s"),
            path="/staff/refunds",
            student=student.name,
        )


def nothing_comes_back(enrolment_id: int, *, owes: Cents) -> None:
    student = _student(enrolment_id)
    notifications.write_to(
        student,
        mark("Your contract is accepted"),
        mark(
            "The school has accepted your work contract. Nothing comes back, and %(owed)s are left to pay. "
            "See your fees here: %(link)s"
        ),
        owed=format_eur(Cents(max(0, owes)), student.locale),
        link=notifications.link("/fees"),
    )


def approved(refund: Refund) -> None:
    _write(
        _student(refund.enrolment_id),
        refund,
        mark("Your refund is approved"),
        mark(
            "Your refund of %(amount)s is approved. The transfer follows. Follow it here: %(link)s"
        ),
    )


def refused(refund: Refund, reason: str) -> None:
    _write(
        _student(refund.enrolment_id),
        refund,
        mark("Your refund was refused"),
        mark("Your refund of %(amount)s was refused:\n\n%(reason)s\n\nRead more here: %(link)s"),
        reason=reason,
    )


def paid(refund: Refund) -> None:
    _write(
        _student(refund.enrolment_id),
        refund,
        mark("Your refund is on its way"),
        mark("The transfer of %(amount)s has left the school’s bank. See it here: %(link)s"),
    )


def _student(enrolment_id: int) -> Person:
    return programme.enrolment(enrolment_id).student.person


def _write(
    reader: Person, refund: Refund, subject: str, body: str, *, path: str = "", **facts: str
) -> None:
    notifications.write_to(
        reader,
        subject,
        body,
        number=refund.number,
        amount=format_eur(Cents(refund.amount_cents), reader.locale),
        link=notifications.link(path or f"/refunds/{refund.id}"),
        **facts,
    )
