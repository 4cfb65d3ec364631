"""A paper has arrived: the school is asked to check it, at once or when its virus check has answered."""

from portal import audit
from portal.contracts import letters, queries
from portal.contracts.models import Contract, ContractDocument
from portal.contracts.rules import EDITABLE, Actor, ContractState, DocumentState
from portal.contracts.service.moving import move
from portal.contracts.service.reading import read_later
from portal.identity import Person
from portal.kernel import clock

#: Whom somebody acts for, by the part they play in the portal.
ACTORS = {"student": Actor.STUDENT, "company": Actor.COMPANY, "staff": Actor.SCHOOL}


def arrived(contract: Contract, document: ContractDocument, by: int) -> None:
    """A contract that was waiting for papers goes to the school; one already there keeps its place."""
    read_later(document)
    detail = f"{document.kind} version {document.number}"
    awaited = contract.state in (ContractState.DRAFT, ContractState.CHANGES_REQUESTED)
    if awaited and queries.form_sent(contract.id) and not queries.returned_kinds(contract.id):
        actor = ACTORS[Person.find(by).role]
        now = {"submitted_at": clock.now()}
        move(contract, ContractState.SUBMITTED, actor=actor, by=by, detail=detail, facts=now)
    else:
        newer = {"version": Contract.version + 1}
        Contract.update(**newer).where(Contract.id == contract.id).execute()
        audit.record("contract:sent", subject=f"contract:{contract.id}", actor_id=by, detail=detail)
    if contract.state not in EDITABLE:
        with_the_school(contract.id)
    letters.version_sent(contract, document.kind, by)


def with_the_school(contract_id: int) -> None:
    """Whatever came is being checked as soon as the school has been asked to."""
    came = (ContractDocument.contract == contract_id) & (
        ContractDocument.state == DocumentState.RECEIVED
    )
    ContractDocument.update(state=DocumentState.CHECKING).where(came).execute()


def release_paper(*, name: str, by: int) -> None:
    """The virus check has found a held paper clean. One that a newer version has replaced stays replaced."""
    document = _held(name)
    if document is None:
        return
    contract = Contract.hold(document.contract_id)
    newer = ContractDocument.select().where(
        (ContractDocument.contract == contract.id)
        & (ContractDocument.kind == document.kind)
        & (ContractDocument.number > document.number)
    )
    state = DocumentState.REPLACED if newer.exists() else DocumentState.RECEIVED
    ContractDocument.update(state=state).where(ContractDocument.id == document.id).execute()
    if state == DocumentState.RECEIVED:
        arrived(contract, document, by)


def reject_paper(*, name: str, reason: str) -> None:
    """The virus check has found something: the version is gone, and who waits for it learns why."""
    document = _held(name)
    if document is None:
        return
    contract = Contract.hold(document.contract_id)
    document.delete_instance()
    audit.record(
        "contract:paper-infected",
        subject=f"contract:{contract.id}",
        actor_id=None,
        detail=f"{document.kind} version {document.number} {document.sha256}",
    )
    letters.infected(contract, reason)


def _held(name: str) -> ContractDocument | None:
    held = ContractDocument.state == DocumentState.HELD
    return ContractDocument.get_or_none((ContractDocument.name == name) & held)
