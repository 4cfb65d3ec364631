"""What the school reads besides its queue: one contract, how many wait, the names of all papers."""

from portal.contracts.models import Contract, ContractDocument
from portal.contracts.queries.rows import one
from portal.contracts.rules import ContractState
from portal.kernel.errors import Missing


def review(contract_id: int) -> Contract:
    """The contract as staff see it in the queue, or `Missing`; two queries."""
    return one(Contract.id == contract_id)


def paper_of(contract_id: int, document_id: int) -> ContractDocument:
    """That document of that contract, or `Missing`; one query."""
    found = ContractDocument.get_or_none(
        (ContractDocument.id == document_id) & (ContractDocument.contract == contract_id)
    )
    if found is None:
        raise Missing("There is no such document.")
    return found


def waiting_count() -> int:
    """How many contracts the school has to check; one query."""
    return Contract.select().where(Contract.state == ContractState.SUBMITTED).count()


def document_names() -> set[str]:
    """The names in storage of every contract document; one query."""
    return {row.name for row in ContractDocument.select(ContractDocument.name)}
