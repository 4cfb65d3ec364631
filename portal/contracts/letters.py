"""What student, company and school are told, each in their language, inside the transaction that did it."""

from collections.abc import Iterable, Sequence
from datetime import date

from portal import notifications, programme
from portal.contracts import doors
from portal.contracts.models import Contract, ContractContact
from portal.contracts.rules import DOCUMENT_LABELS, DocumentKind
from portal.identity import Person, staff_with
from portal.kernel.i18n import mark, translate


def student_of(contract: Contract) -> Person:
    return programme.enrolment(contract.enrolment_id).student.person


def people_of(contract: Contract) -> list[Person]:
    """Everybody who acts for the company on this contract, its lead first; one query."""
    named = ContractContact.select(ContractContact.person).where(
        ContractContact.contract == contract.id
    )
    people = Person.select().where(
        Person.active & (Person.id.in_(named) | (Person.id == contract.contact_id))
    )
    return sorted(people, key=lambda person: (person.id != contract.contact_id, person.id))


def tell(contract: Contract, subject: str, body: str, **facts: object) -> None:
    """Student and company read the same words. `%(student)s`, `%(company)s` and `%(link)s` are filled."""
    student = student_of(contract)
    _write(contract, [student, *people_of(contract)], subject, body, student=student.name, **facts)


def to_school(contract: Contract, subject: str, body: str, **facts: object) -> None:
    notifications.write_to_staff(
        "registrar",
        subject=subject,
        body=body,
        **_facts(contract, None, student=student_of(contract).name, **facts),
    )


def version_sent(contract: Contract, kind: str, by: int) -> None:
    """The other party and the school learn that a version of a paper has come."""
    student, sender = student_of(contract), Person.find(by)
    others = [person for person in (student, *people_of(contract)) if person.id != by]
    if sender.role != "staff":
        others += staff_with("registrar")
    paper = DOCUMENT_LABELS[DocumentKind(kind)]
    notifications.write_to_each(
        (
            (
                reader,
                _facts(
                    contract,
                    reader,
                    student=student.name,
                    sender=sender.name,
                    paper=translate(paper, reader.locale),
                ),
            )
            for reader in others
        ),
        mark("Contract of %(student)s: a version was sent"),
        mark(
            "%(sender)s has sent “%(paper)s” for the contract of %(student)s. Read it here: %(link)s"
        ),
    )


def accepted(contract: Contract) -> None:
    tell(
        contract,
        mark("Contract of %(student)s accepted"),
        mark("The school has accepted the contract of %(student)s. Read it here: %(link)s"),
    )


def checked(contract: Contract) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: ready to be signed"),
        mark(
            "The school has checked the contract of %(student)s: it is in order. Have it signed by everybody "
            "and send the signed version here: %(link)s"
        ),
    )


def returned(contract: Contract, reason: str) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: changes requested"),
        mark(
            "The school has read the contract of %(student)s and asks for a new version:\n\n"
            "%(reason)s\n\nSend the new version here: %(link)s"
        ),
        reason=reason,
    )


def missing(contract: Contract, names: Sequence[str]) -> None:
    """To student and company; `names` are marked words, which each reads in their language."""
    student = student_of(contract)
    readers = [student, *people_of(contract)]
    notifications.write_to_each(
        (
            (
                reader,
                _facts(
                    contract,
                    reader,
                    student=student.name,
                    names="\n".join(f"– {translate(name, reader.locale)}" for name in names),
                ),
            )
            for reader in readers
        ),
        mark("Contract of %(student)s: papers are missing"),
        mark(
            "The file of %(student)s at %(company)s still misses:\n\n%(names)s\n\n"
            "Send it here: %(link)s"
        ),
    )


def expired(contract: Contract, name: str) -> None:
    """`name` is the marked word of a paper, which each reads in their language."""
    student = student_of(contract)
    notifications.write_to_each(
        (
            (
                reader,
                _facts(contract, reader, student=student.name, name=translate(name, reader.locale)),
            )
            for reader in [student, *people_of(contract)]
        ),
        mark("Contract of %(student)s: a paper has expired"),
        mark(
            "A paper of the contract of %(student)s with %(company)s is no longer valid:\n\n– %(name)s\n\n"
            "Send one that is valid now here: %(link)s"
        ),
    )


def infected(contract: Contract, reason: str) -> None:
    """`reason` is a marked sentence, read in the language of each reader."""
    student = student_of(contract)
    notifications.write_to_each(
        (
            (
                reader,
                _facts(
                    contract, reader, student=student.name, why=translate(reason, reader.locale)
                ),
            )
            for reader in [student, *people_of(contract)]
        ),
        mark("Contract of %(student)s: a file was deleted"),
        mark(
            "A paper for the contract of %(student)s was sent and deleted again:\n\n%(why)s\n\nSend a clean file here: %(link)s"
        ),
    )


def incomplete(contract: Contract, reason: str) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: the OPCO asks for more"),
        mark(
            "The OPCO cannot decide yet on the contract of %(student)s:\n\n%(reason)s\n\n"
            "Send what is missing here: %(link)s"
        ),
        reason=reason,
    )


def refused(contract: Contract, reason: str) -> None:
    """Also told to the school: a silent refusal is seen by nobody otherwise."""
    subject = mark("Contract of %(student)s: the OPCO has refused it")
    body = mark(
        "The OPCO does not fund the contract of %(student)s:\n\n%(reason)s\n\n"
        "The student owes nothing for this. The school tells you what happens next: %(link)s"
    )
    tell(contract, subject, body, reason=reason)
    to_school(contract, subject, body, reason=reason)


def refused_by_silence(contract: Contract) -> None:
    subject = mark("Contract of %(student)s: the OPCO did not answer")
    body = mark(
        "The OPCO has not answered within 20 days about the contract of %(student)s. The law takes that for a "
        "refusal.\n\nThe student owes nothing for this. The school tells you what happens next: %(link)s"
    )
    tell(contract, subject, body)
    to_school(contract, subject, body)


def accepted_by_funder(contract: Contract) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: the OPCO funds it"),
        mark("The OPCO has accepted the contract of %(student)s. Read it here: %(link)s"),
    )


def ended(contract: Contract, day: date, reason: str) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: it has ended"),
        mark(
            "The contract of %(student)s with %(company)s ends on %(day)s:\n\n%(reason)s\n\n"
            "Read more here: %(link)s"
        ),
        day=day,
        reason=reason,
    )


def given_up(contract: Contract, reason: str) -> None:
    tell(
        contract,
        mark("Contract of %(student)s cancelled"),
        mark(
            "The school has closed the contract of %(student)s with %(company)s before it was accepted:\n\n"
            "%(reason)s\n\nRead more here: %(link)s"
        ),
        reason=reason,
    )


def amendment_given_up(contract: Contract, reason: str) -> None:
    tell(
        contract,
        mark("Contract of %(student)s: the amendment is given up"),
        mark(
            "The amendment of the contract of %(student)s with %(company)s is given up:\n\n%(reason)s\n\n"
            "The contract goes on as it was. Read more here: %(link)s"
        ),
        reason=reason,
    )


def cancelled(contract: Contract) -> None:
    """To the company alone: the student did it."""
    _write(
        contract,
        people_of(contract),
        mark("Contract of %(student)s cancelled"),
        mark(
            "%(student)s has cancelled the contract declared with %(company)s. "
            "You have nothing more to do."
        ),
        student=student_of(contract).name,
    )


def awaited(contract: Contract, reader: Person) -> None:
    _write(
        contract,
        [reader],
        mark("Contract of %(student)s: the signed contract is awaited"),
        mark(
            "%(student)s has declared a work-study contract with %(company)s and named you as contact.\n\n"
            "Send the signed contract as PDF here: %(link)s"
        ),
        student=student_of(contract).name,
    )


def colleague_invited(contract: Contract, reader: Person, *, by: int) -> None:
    _write(
        contract,
        [reader],
        mark("Contract of %(student)s: you are invited"),
        mark(
            "%(inviter)s of %(company)s has named you as a contact for the work-study contract of %(student)s.\n\n"
            "Read and send its papers here: %(link)s"
        ),
        student=student_of(contract).name,
        inviter=Person.find(by).name,
    )


def message(contract: Contract, *, text: str, by: int) -> None:
    """To the others on the file; the school hears of it unless it wrote itself."""
    student, author = student_of(contract), Person.find(by)
    subject = mark("Contract of %(student)s: a message from %(author)s")
    body = mark(
        "%(author)s writes about the contract of %(student)s with %(company)s:\n\n%(text)s\n\n"
        "Answer here: %(link)s"
    )
    facts = {"student": student.name, "author": author.name, "text": text}
    others = [person for person in (student, *people_of(contract)) if person.id != by]
    _write(contract, others, subject, body, **facts)
    if author.role != "staff":
        to_school(contract, subject, body, author=author.name, text=text)


def company_corrected(contract: Contract, *, name: str, address: str) -> None:
    to_school(
        contract,
        mark("Company %(company)s: corrected by its contact"),
        mark(
            "The contact of the contract of %(student)s has corrected the company:\n\n%(name)s\n%(address)s\n\n"
            "Read more here: %(link)s"
        ),
        name=name,
        address=address,
    )


def correction_proposed(contract: Contract, *, name: str, address: str) -> None:
    to_school(
        contract,
        mark("Company %(company)s: a correction to decide"),
        mark(
            "The contact of the contract of %(student)s says the company is called:\n\n%(name)s\n%(address)s\n\n"
            "Other contracts rest on this company, so nothing has changed yet. Decide here: %(link)s"
        ),
        name=name,
        address=address,
    )


def correction_refused(contract: Contract, reader: Person) -> None:
    if reader.id not in {person.id for person in people_of(contract)}:
        return
    _write(
        contract,
        [reader],
        mark("Company %(company)s: your correction"),
        mark(
            "The school has not taken over your correction of the company’s name and address. Write to it if "
            "something is wrong: %(link)s"
        ),
    )


def new_door(contract: Contract, reader: Person) -> None:
    _write(
        contract,
        [reader],
        mark("Contract of %(student)s: your new link"),
        mark("Your link to the contract of %(student)s with %(company)s: %(link)s"),
        student=student_of(contract).name,
    )


def _write(
    contract: Contract, readers: Iterable[Person], subject: str, body: str, **facts: object
) -> None:
    notifications.write_to_each(
        ((reader, _facts(contract, reader, **facts)) for reader in readers), subject, body
    )


def _facts(contract: Contract, reader: Person | None, /, **facts: object) -> dict[str, object]:
    path = doors.path_for(contract.id, reader) if reader else f"/contracts/{contract.id}"
    return {"company": contract.company.name, "link": notifications.link(path)} | facts
