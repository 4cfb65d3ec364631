"""What the people concerned are told, in their language, inside the transaction that did it."""

from collections.abc import Iterable, Sequence

from portal import notifications, programme
from portal.identity import Person, staff_with
from portal.kernel.i18n import Sentence, mark
from portal.kernel.money import Cents, format_eur
from portal.programme import Enrolment, Student
from portal.refunds import payer_letters
from portal.refunds.models import Refund
from portal.refunds.rules import RefundState

CHUNK = 400
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
    payer_letters.tell([refund], RefundState.PROPOSED)


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


def edited(refund: Refund, cents: Cents, reason: str) -> None:
    locale = _student(refund.enrolment_id).locale
    _to_student(
        refund,
        mark("Your refund %(number)s was corrected"),
        mark(
            "The school proposes to refund %(corrected)s now:\n\n%(reason)s\n\nSee it here: %(link)s"
        ),
        corrected=format_eur(cents, locale),
        reason=reason,
    )
    payer_letters.corrected(refund)


def cancelled(refund: Refund, reason: str) -> None:
    _to_student(
        refund,
        mark("Your refund %(number)s was cancelled"),
        mark("Your refund of %(amount)s was cancelled:\n\n%(reason)s\n\nRead more here: %(link)s"),
        reason=reason,
    )
    payer_letters.tell([refund], RefundState.CANCELLED)


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
    _to_student(
        refund,
        mark("Your refund is approved"),
        mark(
            "Your refund of %(amount)s is approved. The transfer follows. Follow it here: %(link)s"
        ),
    )
    payer_letters.tell([refund], RefundState.APPROVED)


def refused(refund: Refund, reason: str) -> None:
    _to_student(
        refund,
        mark("Your refund was refused"),
        mark("Your refund of %(amount)s was refused:\n\n%(reason)s\n\nRead more here: %(link)s"),
        reason=reason,
    )
    payer_letters.tell([refund], RefundState.REFUSED)


def exported(refunds: Sequence[Refund]) -> None:
    """One letter each, for as many as an order holds."""
    notifications.write_to_each(
        [(student, _facts(refund, student)) for refund, student in _with_students(refunds)],
        mark("Your refund is at the bank"),
        mark("The order to transfer %(amount)s is at the bank. Follow it here: %(link)s"),
    )
    payer_letters.tell(refunds, RefundState.EXPORTED)


def returned(news: Sequence[tuple[Refund, str]]) -> None:
    """Each refund with why: a marked sentence, read in the language of each reader."""
    students = _students({refund.enrolment_id for refund, _ in news})
    notifications.write_to_each(
        [
            (student, _facts(refund, student) | {"why": Sentence(why)})
            for refund, why in news
            if refund.company_payer_id is None
            for student in [students[refund.enrolment_id]]
        ],
        mark("The bank could not pay your refund"),
        mark(
            "The bank could not pay your refund of %(amount)s:\n\n%(why)s\n\nName another account here: %(link)s"
        ),
    )
    staff = staff_with("finance")
    notifications.write_to_each(
        [
            (
                reader,
                _facts(refund, reader, "/staff/refunds?state=waiting")
                | {
                    "student": _whose(refund, students[refund.enrolment_id]),
                    "why": Sentence(why),
                },
            )
            for refund, why in news
            for reader in staff
        ],
        mark("Refund %(number)s came back"),
        mark("The refund of %(amount)s for %(student)s came back:\n\n%(why)s\n\n%(link)s"),
    )


def kept(refund: Refund, cents: Cents, why: str) -> None:
    """A part came back after its refund was given up: there is nothing to answer."""
    student = _student(refund.enrolment_id)
    readers = [] if refund.company_payer_id else [(student, f"/refunds/{refund.id}")]
    readers += [(reader, "/staff/refunds?state=refused") for reader in staff_with("finance")]
    notifications.write_to_each(
        [
            (
                reader,
                _facts(refund, reader, path)
                | {
                    "part": format_eur(cents, reader.locale),
                    "student": _whose(refund, student),
                    "why": Sentence(why),
                },
            )
            for reader, path in readers
        ],
        mark("Refund %(number)s: money came back"),
        mark(
            "The bank sent back %(part)s of refund %(number)s for %(student)s:\n\n%(why)s\n\n"
            "The refund was given up before, so this money is a credit at the school again. %(link)s"
        ),
    )


def paid(refunds: Sequence[Refund]) -> None:
    notifications.write_to_each(
        [(student, _facts(refund, student)) for refund, student in _with_students(refunds)],
        mark("Your refund is on its way"),
        mark("The transfer of %(amount)s has left the school’s bank. See it here: %(link)s"),
    )
    payer_letters.tell(refunds, RefundState.PAID)


def _to_student(refund: Refund, subject: str, body: str, **facts: str) -> None:
    """Not what a company gets back: it has letters of its own."""
    if refund.company_payer_id is None:
        _write(_student(refund.enrolment_id), refund, subject, body, **facts)


def _with_students(refunds: Iterable[Refund]) -> list[tuple[Refund, Person]]:
    """Each refund to a student or the family, with the student."""
    theirs = [refund for refund in refunds if refund.company_payer_id is None]
    students = _students({refund.enrolment_id for refund in theirs})
    return [(refund, students[refund.enrolment_id]) for refund in theirs]


def _to_finance(refund: Refund, subject: str, body: str) -> None:
    student = _student(refund.enrolment_id)
    for reader in staff_with("finance"):
        _write(
            reader, refund, subject, body, path="/staff/refunds", student=_whose(refund, student)
        )


def _whose(refund: Refund, student: Person) -> str:
    """The student, or the company whose own money it is, with the student it was for."""
    company = refund.company_payer
    return f"{company.name} ({student.name})" if company else student.name


def _student(enrolment_id: int) -> Person:
    return programme.enrolment(enrolment_id).student.person


def _students(enrolment_ids: Iterable[int]) -> dict[int, Person]:
    """The person behind each enrolment; a query for every four hundred."""
    wanted = list(enrolment_ids)
    found: dict[int, Person] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = (
            Enrolment.select(Enrolment.id, Student.id, Person)
            .join(Student)
            .join(Person)
            .where(Enrolment.id.in_(wanted[start : start + CHUNK]))
        )
        found |= {row.id: row.student.person for row in rows}
    return found


def _write(
    reader: Person, refund: Refund, subject: str, body: str, *, path: str = "", **facts: str
) -> None:
    notifications.write_to(
        reader,
        subject,
        body,
        **_facts(refund, reader, path),
        **facts,
    )


def _facts(refund: Refund, reader: Person, path: str = "") -> dict[str, str]:
    return {
        "number": refund.number,
        "amount": format_eur(Cents(refund.amount_cents), reader.locale),
        "link": notifications.link(path or f"/refunds/{refund.id}"),
    }
