"""Contracts and their amendments: which counts when another falls."""

from portal.contracts.models import Contract
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
