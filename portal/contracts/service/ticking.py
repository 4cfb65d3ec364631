"""What the calendar does by itself: silence decides, contracts begin and end. Repeating it changes nothing."""

from collections.abc import Iterator
from datetime import date

import structlog

from portal.contracts import letters
from portal.contracts.models import Contract
from portal.contracts.rules import Actor, ContractKind, ContractState
from portal.contracts.service.filing import accepted
from portal.contracts.service.holding import hold_with_amended
from portal.contracts.service.moving import move
from portal.kernel import clock
from portal.kernel.db import transaction

log = structlog.get_logger("portal.contracts")

SILENCE = {
    ContractKind.APPRENTICESHIP: ContractState.IMPLICIT_REFUSAL,
    ContractKind.PROFESSIONALISATION: ContractState.IMPLICIT_ACCEPTANCE,
}


def tick() -> int:
    """Apply every term that has run out by today, each contract in a transaction of its own; how many moved.

    A contract may take several steps at once, when nobody called this for a while. One that cannot move
    holds nobody else back; it is told at the end.
    """
    moved, failed = 0, []
    for contract_id in _due(clock.today()):
        try:
            moved += _tick(contract_id)
        except Exception as problem:
            log.exception("a contract could not move", contract=contract_id)
            failed.append(problem)
    if failed:
        raise failed[0]
    return moved


def _due(today: date) -> Iterator[int]:
    """Contracts whose day has come; one query over an index."""
    waits = (Contract.state == ContractState.TRANSMITTED) & (Contract.due_on < today)
    begins = Contract.state.in_((ContractState.ACCEPTED, ContractState.IMPLICIT_ACCEPTANCE)) & (
        Contract.due_on <= today
    )
    ends = (Contract.state == ContractState.ACTIVE) & (Contract.due_on < today)
    rows = Contract.select(Contract.id).where(waits | begins | ends).order_by(Contract.id)
    return iter([row.id for row in rows])


def _tick(contract_id: int) -> int:
    steps = 0
    with transaction():
        contract = hold_with_amended(contract_id)
        while target := _next(contract, clock.today()):
            _step(contract, target)
            steps += 1
    return 1 if steps else 0


def _next(contract: Contract, today: date) -> ContractState | None:
    state = ContractState(contract.state)
    if state == ContractState.TRANSMITTED and contract.due_on and contract.due_on < today:
        return SILENCE[ContractKind(contract.kind)]
    if state in (ContractState.ACCEPTED, ContractState.IMPLICIT_ACCEPTANCE):
        return ContractState.ACTIVE if contract.starts_on <= today else None
    if state == ContractState.ACTIVE and contract.ends_on < today:
        return ContractState.COMPLETED
    return None


def _step(contract: Contract, target: ContractState) -> None:
    due, silent = contract.due_on, target in SILENCE.values()
    move(contract, target, actor=Actor.LAW, by=None, on=due if silent else None)
    if target == ContractState.IMPLICIT_ACCEPTANCE:
        accepted(contract, changed=False, by=None)
    if target == ContractState.IMPLICIT_REFUSAL:
        letters.refused_by_silence(contract)
