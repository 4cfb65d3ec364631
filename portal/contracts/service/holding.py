"""A contract and its amendments are held together, always in the same order, so that nobody waits for each other."""

from portal.contracts.models import Contract
from portal.contracts.rules import OVER


def hold_family(contract_id: int) -> list[Contract]:
    """The contract, all it amends and all that amends them, held oldest first."""
    ancestors: list[int] = []
    place = contract_id
    while place:
        ancestors.insert(0, place)
        place = Contract.find(place).amends_id or 0
    family = [Contract.hold(id) for id in ancestors]
    for one in family:  # grows while it is read
        known = [held.id for held in family]
        amendments = Contract.select(Contract.id).where(Contract.amends == one.id)
        family += [Contract.hold(row.id) for row in amendments if row.id not in known]
    return family


def hold_with_amended(contract_id: int) -> Contract:
    """The contract, held after all that it amends."""
    return next(one for one in hold_family(contract_id) if one.id == contract_id)


def amended_by(contract: Contract) -> list[Contract]:
    """What a contract amends and still stands, the nearest first; held."""
    standing: list[Contract] = []
    place = contract.amends_id
    while place:
        amended = Contract.hold(place)
        if amended.state not in OVER:
            standing.append(amended)
        place = amended.amends_id
    return standing


def on_its_way_to(contract: Contract) -> list[Contract]:
    """Amendments of a contract that have not taken its place yet, the newest first; held."""
    found: list[Contract] = []
    todo = [contract.id]
    while todo:
        amendments = Contract.select(Contract.id).where(
            (Contract.amends == todo.pop()) & Contract.state.not_in(OVER)
        )
        held = [Contract.hold(row.id) for row in amendments]
        found += held
        todo += [one.id for one in held]
    return sorted(found, key=lambda one: -one.id)
