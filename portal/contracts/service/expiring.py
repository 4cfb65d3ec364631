"""Papers that were valid for a time: the day after, they are asked for again."""

from portal import audit
from portal.contracts import letters
from portal.contracts.models import Contract, ContractDocument
from portal.contracts.rules import DOCUMENT_LABELS, OVER, DocumentKind, DocumentState
from portal.kernel import clock
from portal.kernel.db import transaction


def expire_papers() -> int:
    """End accepted papers whose last day has passed, each in a transaction of its own; how many. Again: none."""
    passed = (ContractDocument.state == DocumentState.ACCEPTED) & (
        ContractDocument.expires_on < clock.today()
    )
    due = (
        ContractDocument.select()
        .join(Contract)
        .where(passed & Contract.state.not_in(OVER))
        .order_by(ContractDocument.id)
    )
    return sum(_expire(paper) for paper in list(due))


def _expire(paper: ContractDocument) -> int:
    with transaction():
        contract = Contract.hold(paper.contract_id)
        accepted = (ContractDocument.id == paper.id) & (
            ContractDocument.state == DocumentState.ACCEPTED
        )
        ended = ContractDocument.update(state=DocumentState.EXPIRED).where(accepted).execute()
        if ended:
            audit.record(
                "contract:paper-expired",
                subject=f"contract:{contract.id}",
                actor_id=None,
                detail=f"{paper.kind} {paper.number} {paper.expires_on}",
            )
            letters.expired(contract, DOCUMENT_LABELS[DocumentKind(paper.kind)])
    return ended
