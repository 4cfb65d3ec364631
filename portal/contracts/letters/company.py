"""What the company’s people are told, and what they say."""

from portal.contracts.letters.writing import people_of, student_of, to_school, write
from portal.contracts.models import Contract
from portal.identity import Person
from portal.kernel.i18n import mark


def awaited(contract: Contract, reader: Person) -> None:
    write(
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
    write(
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


def new_door(contract: Contract, reader: Person) -> None:
    write(
        contract,
        [reader],
        mark("Contract of %(student)s: your new link"),
        mark("Your link to the contract of %(student)s with %(company)s: %(link)s"),
        student=student_of(contract).name,
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
    write(contract, others, subject, body, **facts)
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
    write(
        contract,
        [reader],
        mark("Company %(company)s: your correction"),
        mark(
            "The school has not taken over your correction of the company’s name and address. Write to it if "
            "something is wrong: %(link)s"
        ),
    )
