"""What the people concerned are told, in their language, inside the transaction that did it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from portal import notifications, programme
from portal.identity import Person, staff_with
from portal.kernel.i18n import Sentence, mark
from portal.kernel.iso20022 import NEVER_TAKEN, REASONS
from portal.kernel.money import Cents, format_eur
from portal.programme import Enrolment, Student
from portal.refunds import parts, payer_letters
from portal.refunds.models import Refund, RefundShare
from portal.refunds.parts import Parts
from portal.refunds.rules import RefundState

CHUNK = 400
#: Why a part came back that never went: the account is not to blame.
NOT_SENT = REASONS[NEVER_TAKEN]
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


def edited(refund: Refund, reason: str) -> None:
    _to_student(
        refund,
        mark("Your refund %(number)s was corrected"),
        mark(
            "The school proposes to refund %(amount)s now:\n\n%(reason)s\n\nSee it here: %(link)s"
        ),
        reason=reason,
    )
    payer_letters.corrected(_waiting(refund))


def cancelled(refund: Refund, reason: str) -> None:
    _to_student(
        refund,
        mark("Your refund %(number)s was cancelled"),
        mark("Your refund of %(amount)s was cancelled:\n\n%(reason)s\n\nRead more here: %(link)s"),
        reason=reason,
    )
    payer_letters.tell(_waiting(refund), RefundState.CANCELLED)


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
    payer_letters.tell(_waiting(refund), RefundState.APPROVED)


def refused(refund: Refund, reason: str) -> None:
    _to_student(
        refund,
        mark("Your refund was refused"),
        mark("Your refund of %(amount)s was refused:\n\n%(reason)s\n\nRead more here: %(link)s"),
        reason=reason,
    )
    payer_letters.tell(_waiting(refund), RefundState.REFUSED)


def exported(refunds: Sequence[Refund]) -> None:
    """One letter each, for as many as an order holds."""
    leaving = parts.unpaid({refund.id for refund in refunds})
    notifications.write_to_each(
        _to_students(refunds, leaving),
        mark("Your refund is at the bank"),
        mark("The order to transfer %(amount)s is at the bank. Follow it here: %(link)s"),
    )
    payer_letters.tell(_all(leaving), RefundState.EXPORTED)


def returned(refunds: Sequence[Refund], whys: Mapping[int, str]) -> None:
    """Parts came back: by the id of each why, a marked sentence. Parts of a refund with one why are one letter."""
    for why, back in _by_why(whys):
        news = [refund for refund in refunds if refund.id in back]
        to_students = _not_sent_to_students if why == NOT_SENT else _returned_to_students
        to_students(news, back, why)
        _returned_to_finance(news, back, why)
        told = payer_letters.not_sent if why == NOT_SENT else payer_letters.came_back
        told([(one, why) for one in _all(back)])


def _by_why(whys: Mapping[int, str]) -> Iterator[tuple[str, Parts]]:
    by_why: dict[str, set[int]] = {}
    for share_id, why in whys.items():
        by_why.setdefault(why, set()).add(share_id)
    for why, share_ids in by_why.items():
        yield why, parts.these(share_ids)


def _returned_to_students(refunds: Sequence[Refund], back: Parts, why: str) -> None:
    """Only whoever's own part came back can name another account here."""
    own = [one for one in refunds if any(parts.is_own(part) for part in back[one.id])]
    others = [one for one in refunds if one not in own]
    notifications.write_to_each(
        _to_students(own, back, why=Sentence(why)),
        mark("The bank could not pay your refund"),
        mark(
            "The bank could not pay your refund of %(amount)s:\n\n%(why)s\n\nName another account here: %(link)s"
        ),
    )
    notifications.write_to_each(
        _to_students(others, back, why=Sentence(why)),
        mark("The bank could not pay a part of your refund that goes to somebody else"),
        mark(
            "The bank could not pay %(amount)s:\n\n%(why)s\n\nThe school settles with them which account "
            "it should go to. You have nothing to do. Follow it here: %(link)s"
        ),
    )


def _not_sent_to_students(refunds: Sequence[Refund], back: Parts, why: str) -> None:
    """The account is right: there is nothing to answer."""
    notifications.write_to_each(
        _to_students(refunds, back, why=Sentence(why)),
        mark("Your refund has not left yet"),
        mark(
            "The transfer of %(amount)s has not left:\n\n%(why)s\n\n"
            "The school sends it once more. You have nothing to do. Follow it here: %(link)s"
        ),
    )


def _returned_to_finance(refunds: Sequence[Refund], back: Parts, why: str) -> None:
    notifications.write_to_each(
        _for_finance(refunds, back, why, "/staff/refunds?state=waiting"),
        mark("Refund %(number)s came back"),
        mark("The refund of %(amount)s for %(student)s came back:\n\n%(why)s\n\n%(link)s"),
    )


def kept(refunds: Sequence[Refund], whys: Mapping[int, str]) -> None:
    """Parts came back after their refunds were given up, by id why: there is no account to name, nothing to decide."""
    for why, back in _by_why(whys):
        news = [refund for refund in refunds if refund.id in back]
        notifications.write_to_each(
            _to_students(news, back, why=Sentence(why)),
            mark("Refund %(number)s: money came back"),
            mark(
                "The bank sent back %(amount)s of your refund:\n\n%(why)s\n\n"
                "The refund was given up before, so this money is a credit at the school again. %(link)s"
            ),
        )
        notifications.write_to_each(
            _for_finance(news, back, why, "/staff/refunds?state=refused"),
            mark("Refund %(number)s: money came back"),
            mark(
                "The bank sent back %(amount)s of the refund for %(student)s:\n\n%(why)s\n\n"
                "The refund was given up before, so this money is a credit at the school again. %(link)s"
            ),
        )
        payer_letters.kept([(one, why) for one in _all(back)])


def _for_finance(
    refunds: Sequence[Refund], back: Parts, why: str, path: str
) -> list[tuple[Person, dict[str, str]]]:
    students = _students({refund.enrolment_id for refund in refunds})
    staff = staff_with("finance")
    return [
        (
            reader,
            _facts(refund, back[refund.id], reader, path)
            | {"student": _whose(refund, students[refund.enrolment_id]), "why": Sentence(why)},
        )
        for refund in refunds
        for reader in staff
    ]


def left(refunds: Sequence[Refund], share_ids: Collection[int]) -> None:
    """Just these parts have left the bank; other parts have their own day."""
    gone = parts.these(share_ids)
    notifications.write_to_each(
        _to_students(refunds, gone),
        mark("Your refund is on its way"),
        mark("The transfer of %(amount)s has left the school’s bank. See it here: %(link)s"),
    )
    payer_letters.tell(_all(gone), RefundState.PAID)


def _waiting(refund: Refund) -> list[RefundShare]:
    return parts.unpaid({refund.id}).get(refund.id, [])


def _all(by_refund: Parts) -> list[RefundShare]:
    return [part for some in by_refund.values() for part in some]


def _to_student(refund: Refund, subject: str, body: str, **facts: str) -> None:
    """Not what a company gets back: it has letters of its own."""
    if refund.company_payer_id is None:
        _write(_student(refund.enrolment_id), refund, subject, body, **facts)


def _to_students(
    refunds: Iterable[Refund], told: Parts, **facts: str
) -> list[tuple[Person, dict[str, str]]]:
    """The student of each refund to a student or the family, with what the letter says of these parts."""
    theirs = [one for one in refunds if one.company_payer_id is None and one.id in told]
    students = _students({refund.enrolment_id for refund in theirs})
    readers = [(refund, students[refund.enrolment_id]) for refund in theirs]
    return [
        (student, _facts(refund, told[refund.id], student) | facts) for refund, student in readers
    ]


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
        **_facts(refund, _waiting(refund), reader, path),
        **facts,
    )


def _facts(
    refund: Refund, about: Sequence[RefundShare], reader: Person, path: str = ""
) -> dict[str, str]:
    return {
        "number": refund.number,
        "amount": parts.worded(about, reader.locale),
        "link": notifications.link(path or f"/refunds/{refund.id}"),
    }
