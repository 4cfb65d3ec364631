"""An accepted contract ends before its day: given up before it began, or broken on the way."""

from collections.abc import Callable
from datetime import date

from portal import programme
from portal.contracts import letters, queries
from portal.contracts.models import Contract
from portal.contracts.rules import (
    Actor,
    ContractKind,
    ContractState,
    Ground,
    check_ground,
    check_may_end,
    ends_as,
)
from portal.contracts.service.events import fell
from portal.contracts.service.moving import move
from portal.kernel.clock import months_later
from portal.kernel.db import transaction


def _six_months() -> int:
    return 6


_months: Callable[[], int] = _six_months


def expect_months_without_tuition(months: Callable[[], int]) -> None:
    """Say how long no new tuition is asked after a break. Fees stand beside this room, so the app tells it."""
    global _months
    _months = months


def tuition_free_until(contract: Contract) -> date | None:
    """The day before which a student whose contract was broken is asked for no new tuition."""
    if contract.state != ContractState.TERMINATED or contract.ended_on is None:
        return None
    return months_later(contract.ended_on, _months())


def end(
    contract_id: int,
    *,
    on: date,
    reason: str,
    version: int,
    key: str,
    by: int,
    initiator: str = "",
    ground: str = "",
) -> None:
    """End an accepted contract on day `on`: before its first day it falls, later it is broken.

    A contract that falls takes its funding with it. A broken one takes nothing back (Code du travail
    L6222-18: the student stays an apprentice of the school for six months without an employer). The
    same `key` ends it once; `NotPossible` and `Stale` as for every decision, and when the law does not
    know `ground` on that day. `initiator` and `ground` are values of `Initiator` and `Ground`.
    """
    with transaction():
        contract = Contract.hold(contract_id)
        wanted = ends_as(on, contract.starts_on, contract.ends_on)
        if contract.decision_key == key and contract.state == wanted:
            return
        check_may_end(contract.state)
        if ground:
            _check_ground(contract, Ground(ground), on)
        move(
            contract,
            wanted,
            actor=Actor.SCHOOL,
            by=by,
            version=version,
            on=on,
            reason=reason,
            detail=f"{on.isoformat()}: {reason}",
            facts={
                "ended_on": on,
                "end_reason": reason,
                "end_initiator": initiator,
                "end_ground": ground,
                "decision_key": key,
            },
        )
        if wanted == ContractState.CANCELLED:
            if not (contract.amends_id or contract.follows_id):
                programme.change_scheme(contract.enrolment_id, programme.Scheme.INITIAL, by=by)
            fell.tell(contract=contract, reason=reason, by=by)
        letters.ended(contract, on, reason)


def _check_ground(contract: Contract, ground: Ground, on: date) -> None:
    check_ground(
        ContractKind(contract.kind),
        ground,
        on=on,
        starts_on=contract.starts_on,
        trial=queries.trial(contract, on),
    )
