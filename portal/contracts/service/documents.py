"""Sending in a contract's papers, and reading them. A document is safe on disk before the row that names it exists."""

from contextlib import suppress
from typing import BinaryIO

from peewee import PeeweeException

from portal import audit
from portal.contracts import letters, queries
from portal.contracts.models import Contract, ContractDocument
from portal.contracts.rules import (
    UNDECIDED,
    Actor,
    ContractState,
    DocumentKind,
    DocumentState,
    check_takes_documents,
)
from portal.contracts.service.moving import move
from portal.contracts.service.reading import read_later
from portal.identity import Person
from portal.infra.files import Kept, Storage
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Refusal


def receive(
    contract_id: int,
    *,
    document: BinaryIO,
    sent_as: str,
    storage: Storage,
    by: int,
    kind: DocumentKind = DocumentKind.CERFA,
) -> int:
    """Keep `document` as the newest version of that paper, ask the school to check it; the version's number.

    The newest version sent again is that version. `NotPossible` when the contract is closed or the
    document is an older version; then, and whenever something fails, the document is not kept.
    """
    kept = storage.keep(document)
    used = False
    try:
        with transaction():
            number, used = _version(contract_id, kind, kept, sent_as, by)
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


def note_file_reading(contract_id: int, papers: int, *, by: int) -> None:
    """Who of the staff took away a whole file, and how many papers it had."""
    with transaction():
        audit.record(
            "contract:read",
            subject=f"contract:{contract_id}",
            actor_id=by,
            detail=f"whole file, {papers} papers",
        )


def _version(
    contract_id: int, kind: DocumentKind, kept: Kept, sent_as: str, by: int
) -> tuple[int, bool]:
    """The number of the version that `kept` is, and whether it is a new one."""
    contract = Contract.hold(contract_id)
    check_takes_documents(contract.state, kind)
    same = (ContractDocument.contract == contract_id) & (ContractDocument.kind == kind)
    papers = list(ContractDocument.select().where(same).order_by(ContractDocument.number.desc()))
    for paper in papers:
        if paper.sha256 == kept.sha256:
            return _sent_before(paper, newest=papers[0]), False
    number = papers[0].number + 1 if papers else 1
    undecided = same & ContractDocument.state.in_((*UNDECIDED, DocumentState.HELD))
    ContractDocument.update(state=DocumentState.REPLACED).where(undecided).execute()
    document = ContractDocument.create(
        contract=contract_id,
        kind=kind,
        number=number,
        name=kept.name,
        sha256=kept.sha256,
        size=kept.size,
        sent_as=sent_as,
        sent_by=by,
    )
    read_later(document)
    _submit(contract, kind, number, by)
    return number, True


def _sent_before(paper: ContractDocument, *, newest: ContractDocument) -> int:
    if paper.state in (*UNDECIDED, DocumentState.HELD):
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


def _submit(contract: Contract, kind: DocumentKind, number: int, by: int) -> None:
    """A contract that was waiting for papers goes to the school; one already there keeps its place."""
    detail = f"{kind} version {number}"
    awaited = contract.state in (ContractState.DRAFT, ContractState.CHANGES_REQUESTED)
    if awaited and queries.form_sent(contract.id) and not queries.returned_kinds(contract.id):
        actor = Actor(ACTORS[Person.find(by).role])
        now = {"submitted_at": clock.now()}
        move(contract, ContractState.SUBMITTED, actor=actor, by=by, detail=detail, facts=now)
    else:
        newer = {"version": Contract.version + 1}
        Contract.update(**newer).where(Contract.id == contract.id).execute()
        audit.record("contract:sent", subject=f"contract:{contract.id}", actor_id=by, detail=detail)
    letters.version_sent(contract, by)


#: Whom somebody acts for, by the part they play in the portal.
ACTORS = {"student": "student", "company": "company", "staff": "school"}


def _named(kept: Kept) -> bool:
    """Whether a row names the document. Yes when nobody can tell: the sweep takes orphans, never the reverse."""
    with suppress(PeeweeException):
        return ContractDocument.select().where(ContractDocument.name == kept.name).exists()
    return True
