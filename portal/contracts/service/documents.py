"""Sending in a contract's papers, and reading them. A document is safe on disk before the row that names it exists."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import BinaryIO

from portal import audit, paperwork, uploads
from portal.contracts.inspection import examine
from portal.contracts.models import Contract, ContractDocument
from portal.contracts.rules import (
    UNDECIDED,
    DocumentKind,
    DocumentState,
    check_takes_documents,
)
from portal.contracts.service.arriving import arrived
from portal.infra.files import Storage
from portal.kernel.db import perhaps_any, transaction
from portal.kernel.errors import NotPossible, Refusal


def receive(
    contract_id: int,
    *,
    document: BinaryIO,
    sent_as: str,
    storage: Storage,
    by: int,
    kind: DocumentKind = DocumentKind.CERFA,
    named: str = "",
    inspect: uploads.Inspect | None = None,
) -> ContractDocument:
    """Keep `document` as the newest version of that paper, ask the school to check it; the version.

    The newest version sent again is that version. `uploads.NotAccepted` when the file is turned away,
    `NotPossible` when the contract is closed or the document is an older version; then, and whenever
    something fails, the document is not kept. While the virus check is silent the version is held.
    `named`: the file's own name where `sent_as` tells of several; `inspect`: for papers made here.
    """
    taken = uploads.take(
        document,
        purpose=uploads.Purpose.CONTRACT,
        sent_as=sent_as,
        by=by,
        storage=storage,
        inspect=inspect or partial(examine, name=named or sent_as),
    )
    used = False
    try:
        with transaction():
            version, used = _version(contract_id, kind, taken, sent_as, by)
    except Refusal:
        raise
    except BaseException:
        rows = ContractDocument.select().where(ContractDocument.name == taken.kept.name)
        used = perhaps_any(rows)
        raise
    finally:
        if not used:
            uploads.drop(taken, storage)
    return version


def bind(photos: Sequence[BinaryIO], *, sent_as: str, by: int) -> BinaryIO:
    """One PDF of photographs of pages. `uploads.NotAccepted` when they cannot become one; `TooMany`."""
    try:
        return BytesIO(paperwork.photos_to_pdf(photos))
    except NotPossible as why:
        uploads.turn_away(photos, purpose=uploads.Purpose.CONTRACT, sent_as=sent_as, by=by, why=why)


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
    contract_id: int, kind: DocumentKind, taken: uploads.Taken, sent_as: str, by: int
) -> tuple[ContractDocument, bool]:
    """The version that the file is, and whether it is a new one."""
    kept = taken.kept
    contract = Contract.hold(contract_id)
    check_takes_documents(contract.state, kind)
    same = (ContractDocument.contract == contract_id) & (ContractDocument.kind == kind)
    papers = list(ContractDocument.select().where(same).order_by(ContractDocument.number.desc()))
    for paper in papers:
        if paper.sha256 == kept.sha256:
            return _sent_before(paper, newest=papers[0]), False
    number = papers[0].number + 1 if papers else 1
    undecided = same & ContractDocument.state.in_(UNDECIDED)
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
        state=DocumentState.HELD if taken.held else DocumentState.RECEIVED,
    )
    if not taken.held:
        arrived(contract, document, by)
    return document, True


def _sent_before(paper: ContractDocument, *, newest: ContractDocument) -> ContractDocument:
    if paper.state in (*UNDECIDED, DocumentState.HELD, DocumentState.ACCEPTED):
        return paper
    if paper.state == DocumentState.EXPIRED:
        raise NotPossible("This paper has expired. Send one that is valid now.")
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
