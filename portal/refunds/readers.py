"""Who reads a letter about a refund, and what every such letter names."""

from collections.abc import Iterable, Sequence

from portal import notifications, programme
from portal.identity import Person, staff_with
from portal.kernel.db import chunks
from portal.kernel.i18n import Sentence
from portal.programme import Enrolment, Student
from portal.refunds import parts
from portal.refunds.models import Refund, RefundShare
from portal.refunds.parts import Parts


def to_students(
    refunds: Iterable[Refund], told: Parts, **facts: str
) -> list[tuple[Person, dict[str, str]]]:
    """The student of each refund to a student or the family, with what the letter says of these parts."""
    theirs = [one for one in refunds if one.company_payer_id is None and one.id in told]
    students = students_of({refund.enrolment_id for refund in theirs})
    readers = [(refund, students[refund.enrolment_id]) for refund in theirs]
    return [
        (student, facts_of(refund, told[refund.id], student) | facts) for refund, student in readers
    ]


def for_finance(
    refunds: Sequence[Refund], back: Parts, why: str, path: str
) -> list[tuple[Person, dict[str, str]]]:
    """Each of the finance office with each refund, what the letter says of these parts, whose it is and why."""
    students = students_of({refund.enrolment_id for refund in refunds})
    staff = staff_with("finance")
    return [
        (
            reader,
            facts_of(refund, back[refund.id], reader, path)
            | {"student": whose(refund, students[refund.enrolment_id]), "why": Sentence(why)},
        )
        for refund in refunds
        for reader in staff
    ]


def whose(refund: Refund, student: Person) -> str:
    """The student, or the company whose own money it is, with the student it was for."""
    company = refund.company_payer
    return f"{company.name} ({student.name})" if company else student.name


def student_of(enrolment_id: int) -> Person:
    return programme.enrolment(enrolment_id).student.person


def students_of(enrolment_ids: Iterable[int]) -> dict[int, Person]:
    """The person behind each enrolment; a query for every four hundred."""
    found: dict[int, Person] = {}
    for some in chunks(sorted(set(enrolment_ids))):
        rows = (
            Enrolment.select(Enrolment.id, Student.id, Person)
            .join(Student)
            .join(Person)
            .where(Enrolment.id.in_(some))
        )
        found |= {row.id: row.student.person for row in rows}
    return found


def facts_of(
    refund: Refund, about: Sequence[RefundShare], reader: Person, path: str = ""
) -> dict[str, str]:
    return {
        "number": refund.number,
        "amount": parts.worded(about, reader.locale),
        "link": notifications.link(path or f"/refunds/{refund.id}"),
    }
