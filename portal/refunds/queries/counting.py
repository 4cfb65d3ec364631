"""What the money of an enrolment rests on when a later contract falls: whose terms, under which policy."""

from typing import NamedTuple

from portal import contracts, fees
from portal.contracts import Contract
from portal.kernel import clock

FELL = "fell"


class Ground(NamedTuple):
    """The contract whose terms count and the policy they were worked out under; `family`: it and its amendments."""

    contract: Contract
    policy: fees.MoneyPolicy
    family: frozenset[int]


def has_fallen(contract: Contract) -> bool:
    """Whether the money already follows from its fall; one query."""
    return contract.id in _fallen(_causes(contract))


def ground_of(contract: Contract, *, but: set[int]) -> Ground:
    """What counts while `contract` stands and the contracts in `but` have fallen; a query for each amendment.

    It is the newest that moved money, the contract's own terms or, after a break, those of an amendment on
    its way: no later policy changes what was taken over then.
    """
    causes = _causes(contract)
    mine = contracts.amendments_of(contract.id, but=frozenset(but | _fallen(causes)))
    told = [one for one in causes if _number(one) in {contract.id, *mine}]
    family = frozenset({contract.id, *mine, *contracts.amended_before(contract)})
    last = max(told, key=lambda one: (one.moved, one.at), default=None)
    if last is None:
        decided = contract.decided_at or clock.now()
        return Ground(contract, fees.policy_at(decided), family)
    number = _number(last)
    counted = contract if number == contract.id else Contract.find(number)
    return Ground(counted, fees.policy_at(last.at), family)


def _causes(contract: Contract) -> list[fees.Cause]:
    return fees.causes_of(contract.enrolment_id, "contract:")


def _fallen(causes: list[fees.Cause]) -> set[int]:
    return {_number(one) for one in causes if one.source.endswith(f":{FELL}")}


def _number(cause: fees.Cause) -> int:
    """Of contract:7.3 and contract:7:fell alike."""
    return int(cause.source.replace(".", ":").split(":")[1])
