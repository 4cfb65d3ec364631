"""To whom a letter about a contract goes, and what every one of them names."""

from collections.abc import Iterable

from portal import notifications, programme
from portal.contracts import doors
from portal.contracts.models import Contract, ContractContact
from portal.identity import Person


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
    write(contract, [student, *people_of(contract)], subject, body, student=student.name, **facts)


def to_school(contract: Contract, subject: str, body: str, **facts: object) -> None:
    notifications.write_to_staff(
        "registrar",
        subject=subject,
        body=body,
        **_facts(contract, None, student=student_of(contract).name, **facts),
    )


def write(
    contract: Contract, readers: Iterable[Person], subject: str, body: str, **facts: object
) -> None:
    notifications.write_to_each(
        ((reader, _facts(contract, reader, **facts)) for reader in readers), subject, body
    )


def _facts(contract: Contract, reader: Person | None, /, **facts: object) -> dict[str, object]:
    path = doors.path_for(contract.id, reader) if reader else f"/contracts/{contract.id}"
    return {"company": contract.company.name, "link": notifications.link(path)} | facts
