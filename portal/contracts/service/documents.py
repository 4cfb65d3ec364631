"""Sending in a contract's papers, and reading them. A document is safe on disk before the row that names it exists."""

from contextlib import suppress
from typing import BinaryIO

from peewee import PeeweeException

from portal import audit, notifications
from portal.contracts.models import Contract, ContractDocument
from portal.contracts.rules import ContractState, DocumentState, check_takes_documents
from portal.identity import Person
from portal.infra.files import Kept, Storage
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Refusal
from portal.kernel.i18n import mark
from portal.programme import enrolment


def receive(
    contract_id: int, *, document: BinaryIO, sent_as: str, storage: Storage, by: int
) -> int:
    """Keep `document` as the contract's newest version, ask the school to check it; the version's number.

    The newest version sent again is that version. `NotPossible` when the contract is closed or the
    document is an older version; then, and whenever something fails, the document is not kept.
    """
    kept = storage.keep(document)
    used = False
    try:
        with transaction():
            number, used = _version(contract_id, kept, sent_as, by)
    except Refusal:
        raise
    except BaseException:
        used = _named(kept)  # a commit may be done although its answer got lost
        raise
    finally:
        if not used:
            storage.discard(kept.name)
    return number


def note_reading(document: ContractDocument, *, by: int) -> None:
    """Who of the staff opened whose contract."""
    with transaction():
        audit.record(
            "contract:read",
            subject=f"contract:{document.contract_id}",
            actor_id=by,
            detail=f"version {document.number}",
        )


def _version(contract_id: int, kept: Kept, sent_as: str, by: int) -> tuple[int, bool]:
    """The number of the version that `kept` is, and whether it is a new one."""
    contract = Contract.hold(contract_id)
    check_takes_documents(contract.state)
    papers = list(
        ContractDocument.select()
        .where(ContractDocument.contract == contract_id)
        .order_by(ContractDocument.number.desc())
    )
    for paper in papers:
        if paper.sha256 == kept.sha256:
            return _sent_before(paper, newest=papers[0]), False
    number = papers[0].number + 1 if papers else 1
    waiting = (ContractDocument.contract == contract_id) & (
        ContractDocument.state == DocumentState.WAITING
    )
    ContractDocument.update(state=DocumentState.REPLACED).where(waiting).execute()
    ContractDocument.create(
        contract=contract_id,
        number=number,
        name=kept.name,
        sha256=kept.sha256,
        size=kept.size,
        sent_as=sent_as,
        sent_by=by,
    )
    _submit(contract, number, by)
    return number, True


def _sent_before(paper: ContractDocument, *, newest: ContractDocument) -> int:
    if paper.state == DocumentState.WAITING:
        return paper.number
    if paper.state == DocumentState.RETURNED:
        raise NotPossible(
            "The school returned this very file as version %(number)s. Send the corrected one.",
            number=paper.number,
        )
    raise NotPossible(
        "This is version %(old)s, which version %(new)s replaced. Save it again to send it as a new one.",
        old=paper.number,
        new=newest.number,
    )


def _submit(contract: Contract, number: int, by: int) -> None:
    """A contract already in the queue keeps its place there."""
    again = contract.state == ContractState.SUBMITTED
    (
        Contract.update(
            state=ContractState.SUBMITTED,
            submitted_at=contract.submitted_at if again else clock.now(),
            version=Contract.version + 1,
        )
        .where(Contract.id == contract.id)
        .execute()
    )
    audit.record(
        "contract:sent",
        subject=f"contract:{contract.id}",
        actor_id=by,
        detail=f"version {number}",
    )
    _tell(contract, by)


def _tell(contract: Contract, by: int) -> None:
    """The other party and the school learn that a version has come."""
    student = enrolment(contract.enrolment_id).student.person
    facts = {
        "student": student.name,
        "sender": Person.find(by).name,
        "link": notifications.link(f"/contracts/{contract.id}"),
    }
    subject = mark("Contract of %(student)s: a version was sent")
    body = mark("%(sender)s has sent the signed contract of %(student)s. Read it here: %(link)s")
    for party in {student.id, contract.contact_id} - {by}:
        notifications.write_to(party, subject, body, **facts)
    notifications.write_to_staff("registrar", subject=subject, body=body, **facts)


def _named(kept: Kept) -> bool:
    """Whether a row names the document. Yes when nobody can tell: the sweep takes orphans, never the reverse."""
    with suppress(PeeweeException):
        return ContractDocument.select().where(ContractDocument.name == kept.name).exists()
    return True
