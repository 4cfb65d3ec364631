"""Contracts and their amendments: which fall together, and which counts then."""

from collections.abc import Collection
from itertools import takewhile

from peewee import fn

from portal.contracts.models import Contract, ContractMove
from portal.contracts.rules import ContractState

#: An amendment took their place, or they were given up: they do not come back.
GONE = (ContractState.SUPERSEDED, ContractState.CANCELLED)


def stands_after(contract: Contract) -> Contract | None:
    """What counts once `contract` has fallen: what it was to amend, else the broken contract that it came after.

    A contract whose place an amendment took does not come back when that amendment falls. One query a step.
    """
    while contract.amends is not None:
        contract = contract.amends
        if contract.state not in GONE:
            return contract
    return contract.follows


def amended_before(contract: Contract) -> list[int]:
    """The ids of all that a contract amends, the nearest first; one query a step."""
    found: list[int] = []
    while contract.amends is not None:
        contract = contract.amends
        found.append(contract.id)
    return found


def fallen_with(contract: Contract) -> set[int]:
    """The ids of what falls when `contract` does: itself, whose place it took, and all that amends it."""
    stands = stands_after(contract)
    gone = takewhile(lambda id: stands is None or id != stands.id, amended_before(contract))
    return {contract.id, *gone, *amendments_of(contract.id)}


def answered_meanwhile(contract: Contract, amendments: Collection[int]) -> bool:
    """Whether the funder accepted `contract` after the school had accepted one of its amendments; two queries."""
    theirs = ContractMove.contract.in_(amendments) & (ContractMove.target == ContractState.SIGNED)
    since = ContractMove.select(fn.MIN(ContractMove.id)).where(theirs).scalar()
    yes = ContractMove.target.in_((ContractState.ACCEPTED, ContractState.IMPLICIT_ACCEPTANCE))
    later = (ContractMove.contract == contract) & yes & (ContractMove.id > (since or 0))
    return since is not None and ContractMove.select().where(later).exists()


def amendments_of(contract_id: int, *, but: frozenset[int] = frozenset()) -> set[int]:
    """The ids of all amendments of a contract and their own, without those in `but` and theirs; one query a step."""
    found: set[int] = set()
    todo = {contract_id}
    while todo:
        rows = Contract.select(Contract.id).where(Contract.amends.in_(todo))
        todo = {row.id for row in rows} - but - found
        found |= todo
    return found
