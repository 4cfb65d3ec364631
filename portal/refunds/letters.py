"""What the people concerned are told, in their language, inside the transaction that did it."""

from collections.abc import Sequence

from portal import notifications
from portal.identity import Person, staff_with
from portal.kernel.i18n import mark
from portal.kernel.money import Cents, format_eur
from portal.refunds import parts, payer_letters, readers
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import RefundState

CONTRACT = (
    mark("Your contract is accepted: a refund is being prepared"),
    mark(
        "The school has accepted your work contract. Your remaining instalments are suspended, and "
        "%(amount)s are to come back. A second person checks the refund first. Follow it here: %(link)s"
    ),
)
CREDIT = (
    mark("Your credit is to come back: a refund is being prepared"),
    mark(
        "You paid more than what is owed, and %(amount)s are to come back. A second person checks the "
        "refund first. Follow it here: %(link)s"
    ),
)


def proposed(refund: Refund) -> None:
    _to_student(refund, *(CREDIT if refund.contract_id is None else CONTRACT))
    _to_finance(
        refund,
        mark("Refund %(number)s to approve"),
        mark("A refund of %(amount)s for %(student)s waits for its approval: %(link)s"),
    )
    payer_letters.tell(_waiting(refund), RefundState.PROPOSED)


def proposed_again(refund: Refund) -> None:
    """What the bank sent back: of a part that has left, nobody hears once more."""
    _to_student(
        refund,
        mark("Your refund %(number)s is proposed again"),
        mark(
            "The school proposes to transfer %(amount)s once more, to the same account. "
            "A second person checks it first. Follow it here: %(link)s"
        ),
    )
    _to_finance(
        refund,
        mark("Refund %(number)s to approve again"),
        mark(
            "The bank sent the refund of %(amount)s for %(student)s back. It is to go to the same account "
            "once more and waits for its approval: %(link)s"
        ),
    )
    payer_letters.tell(_waiting(refund), RefundState.PROPOSED)


def asked(refund: Refund, question: str) -> None:
    _to_student(
        refund,
        mark("A question about your refund %(number)s"),
        mark(
            "The school asks about your refund of %(amount)s:\n\n%(question)s\n\nAnswer here: %(link)s"
        ),
        question=question,
    )


def answered(refund: Refund) -> None:
    _to_finance(
        refund,
        mark("Refund %(number)s: the student has answered"),
        mark("%(student)s has answered about the refund of %(amount)s: %(link)s"),
    )


def reconsidered(refund: Refund) -> None:
    _to_finance(
        refund,
        mark("Refund %(number)s to approve again"),
        mark(
            "The bank account for the refund of %(amount)s to %(student)s was changed. "
            "Approve it for the new account: %(link)s"
        ),
    )


def edited(refund: Refund, reason: str, dropped: Sequence[RefundShare]) -> None:
    """`dropped` are the parts that are no longer proposed at all."""
    _to_student(
        refund,
        mark("Your refund %(number)s was corrected"),
        mark(
            "The school proposes to refund %(amount)s now:\n\n%(reason)s\n\nSee it here: %(link)s"
        ),
        reason=reason,
    )
    payer_letters.corrected(_waiting(refund))
    payer_letters.dropped(dropped)


def cancelled(refund: Refund, reason: str) -> None:
    _to_student(
        refund,
        mark("Your refund %(number)s was cancelled"),
        mark("Your refund of %(amount)s was cancelled:\n\n%(reason)s\n\nRead more here: %(link)s"),
        reason=reason,
    )
    payer_letters.tell(_waiting(refund), RefundState.CANCELLED)


def nothing_comes_back(enrolment_id: int, *, owes: Cents, before: Cents) -> None:
    """`before` is what earlier refunds gave back or still give back."""
    student = readers.student_of(enrolment_id)
    notifications.write_to(
        student,
        mark("Your contract is accepted"),
        NOTHING_MORE if before else NOTHING,
        before=format_eur(before, student.locale),
        owed=format_eur(Cents(max(0, owes)), student.locale),
        link=notifications.link("/fees"),
    )


NOTHING = mark(
    "The school has accepted your work contract. Nothing comes back, and %(owed)s are left to pay. "
    "See your fees here: %(link)s"
)
NOTHING_MORE = mark(
    "The school has accepted your work contract. Nothing comes back beyond the %(before)s of your earlier refunds, "
    "and %(owed)s are left to pay. See your fees here: %(link)s"
)


def approved(refund: Refund) -> None:
    _to_student(
        refund,
        mark("Your refund is approved"),
        mark(
            "Your refund of %(amount)s is approved. The transfer follows. Follow it here: %(link)s"
        ),
    )
    payer_letters.tell(_waiting(refund), RefundState.APPROVED)


def refused(refund: Refund, reason: str) -> None:
    _to_student(
        refund,
        mark("Your refund was refused"),
        mark("Your refund of %(amount)s was refused:\n\n%(reason)s\n\nRead more here: %(link)s"),
        reason=reason,
    )
    payer_letters.tell(_waiting(refund), RefundState.REFUSED)


def _waiting(refund: Refund) -> list[RefundShare]:
    return parts.unpaid({refund.id}).get(refund.id, [])


def _to_student(refund: Refund, subject: str, body: str, **facts: str) -> None:
    """Not what a company gets back: it has letters of its own."""
    if refund.company_payer_id is None:
        _write(readers.student_of(refund.enrolment_id), refund, subject, body, **facts)


def _to_finance(refund: Refund, subject: str, body: str) -> None:
    student = readers.student_of(refund.enrolment_id)
    for reader in _who_may_decide(refund):
        _write(
            reader,
            refund,
            subject,
            body,
            path="/staff/refunds",
            student=readers.whose(refund, student),
        )


def _who_may_decide(refund: Refund) -> list[Person]:
    """Finance without those who may not decide it; when nobody else is there, the directors: somebody must hear."""
    contract = refund.contract
    mine = {refund.proposed_by_id, refund.first_approved_by_id, contract and contract.decided_by_id}
    for permission in ("finance", "director"):
        if able := [one for one in staff_with(permission) if one.id not in mine]:
            return able
    return staff_with("finance")


def _write(
    reader: Person, refund: Refund, subject: str, body: str, *, path: str = "", **facts: str
) -> None:
    notifications.write_to(
        reader,
        subject,
        body,
        **readers.facts_of(refund, _waiting(refund), reader, path),
        **facts,
    )
