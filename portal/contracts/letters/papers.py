"""What is told when papers come, are missing, returned, expired or deleted."""

from collections.abc import Sequence

from portal.contracts.letters.writing import people_of, student_of, tell, write
from portal.contracts.models import Contract
from portal.contracts.rules import DOCUMENT_LABELS, DocumentKind
from portal.identity import Person, staff_with
from portal.kernel.i18n import Sentence, mark


def version_sent(contract: Contract, kind: str, by: int) -> None:
    """The other party and the school learn that a version of a paper has come."""
    student, sender = student_of(contract), Person.find(by)
    others = [person for person in (student, *people_of(contract)) if person.id != by]
    if sender.role != "staff":
        others += staff_with("registrar")
    write(
        contract,
        others,
        mark("Contract of %(student)s: a version was sent"),
        mark(
            "%(sender)s has sent “%(paper)s” for the contract of %(student)s. Read it here: %(link)s"
        ),
        student=student.name,
        sender=sender.name,
        paper=Sentence(DOCUMENT_LABELS[DocumentKind(kind)]),
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
    """`names` are marked words."""
    tell(
        contract,
        mark("Contract of %(student)s: papers are missing"),
        mark(
            "The file of %(student)s at %(company)s still misses:\n\n%(names)s\n\n"
            "Send it here: %(link)s"
        ),
        names=tuple(map(Sentence, names)),
    )


def expired(contract: Contract, name: str) -> None:
    """`name` is the marked word of a paper."""
    tell(
        contract,
        mark("Contract of %(student)s: a paper has expired"),
        mark(
            "A paper of the contract of %(student)s with %(company)s is no longer valid:\n\n– %(name)s\n\n"
            "Send one that is valid now here: %(link)s"
        ),
        name=Sentence(name),
    )


def infected(contract: Contract, reason: str) -> None:
    """`reason` is a marked sentence."""
    tell(
        contract,
        mark("Contract of %(student)s: a file was deleted"),
        mark(
            "A paper for the contract of %(student)s was sent and deleted again:\n\n%(why)s\n\nSend a clean file here: %(link)s"
        ),
        why=Sentence(reason),
    )
