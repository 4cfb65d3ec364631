"""An accepted contract ends before its day: given up before it began, or broken on the way."""

from collections.abc import Callable, Mapping
from datetime import date

from portal import audit, programme
from portal.contracts import letters, queries
from portal.contracts.models import Contract
from portal.contracts.rules import (
    BINDING,
    Actor,
    ContractKind,
    ContractState,
    Ground,
    Trial,
    check_ground,
    check_may_end,
    ends_as,
    trial_of,
)
from portal.contracts.service.events import fell
from portal.contracts.service.holding import hold_family, on_its_way_to
from portal.contracts.service.moving import move
from portal.contracts.service.schemes import scheme_after
from portal.kernel.clock import months_later
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale


def _six_months() -> int:
    return 6


_months: Callable[[], int] = _six_months


def expect_months_without_tuition(months: Callable[[], int]) -> None:
    """Say how long no new tuition is asked after a break. Fees stand beside this room, so the app tells it."""
    global _months
    _months = months


def _unknown(_contract: Contract) -> frozenset[date] | None:
    return None


_school_days: Callable[[Contract], frozenset[date] | None] = _unknown


def expect_school_days(days_of: Callable[[Contract], frozenset[date] | None]) -> None:
    """Say which days of a contract are spent at school, None when nobody knows. Rhythm stands above, so the app tells it."""
    global _school_days
    _school_days = days_of


def trial(contract: Contract, day: date) -> Trial:
    """Where `day` lies in the contract's first 45 days in the company, by the work-study calendar."""
    since = contract.practical_start_on or contract.starts_on
    return trial_of(since, day, _school_days(contract))


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
    Amendments on their way go with their contract, and are told with it when it falls; a break keeps what
    the newest that the school had accepted brought. One that ends alone leaves its contract as it was.
    """
    with transaction():
        contract = next(one for one in hold_family(contract_id) if one.id == contract_id)
        pending = queries.pending(contract)
        wanted = ends_as(on, contract.starts_on, contract.ends_on, pending=pending)
        if contract.decision_key == key and contract.state == wanted:
            _check_told(contract, on, reason, initiator, ground)
            return
        check_may_end(contract.state)
        if ground and not pending:
            _check_ground(contract, Ground(ground), on)
        if contract.version != version:
            raise Stale("Somebody changed this contract while you were looking at it.")
        said: dict[str, object] = {
            "end_initiator": initiator,
            "end_ground": ground,
            "decision_key": key,
        }
        amendments = on_its_way_to(contract)
        counted = next((one for one in amendments if one.state in BINDING), None)
        for amendment in amendments:
            _leave(amendment, ContractState.CANCELLED, on, reason, by, {})
        if wanted == ContractState.TERMINATED and counted is not None:
            said |= _kept(contract, counted, by)
        _leave(contract, wanted, on, reason, by, said)
        if wanted == ContractState.CANCELLED:
            fell.tell(contract=contract, reason=reason, by=by)
            scheme = scheme_after(queries.stands_after(contract))
            programme.change_scheme(contract.enrolment_id, scheme, by=by)
        if pending:
            letters.amendment_given_up(contract, reason)
        else:
            letters.ended(contract, on, reason)


def _kept(contract: Contract, counted: Contract, by: int) -> dict[str, object]:
    """What a later contract counts from after a break: what the amendment paid, and the days it paid for.

    The broken contract has begun on its own day, so a later one in the amendment takes no day back.
    """
    kept = {
        "funded_cents": counted.funded_cents,
        "starts_on": min(contract.starts_on, counted.starts_on),
    }
    changes = [
        f"{name}: {getattr(contract, name)} → {value}"
        for name, value in kept.items()
        if getattr(contract, name) != value
    ]
    if changes:
        audit.record(
            "contract:recorded",
            subject=f"contract:{contract.id}",
            actor_id=by,
            detail=", ".join([f"amendment {counted.id}", *changes]),
        )
    return kept


def _check_told(contract: Contract, *told: object) -> None:
    """The same click with other words is a mistake."""
    if told != (
        contract.ended_on,
        contract.end_reason,
        contract.end_initiator,
        contract.end_ground,
    ):
        raise NotPossible("This click was already used for another decision.")


def _leave(
    contract: Contract,
    target: ContractState,
    on: date,
    reason: str,
    by: int,
    said: Mapping[str, object],
) -> None:
    move(
        contract,
        target,
        actor=Actor.SCHOOL,
        by=by,
        on=on,
        reason=reason,
        detail=f"{on.isoformat()}: {reason}",
        facts={"ended_on": on, "end_reason": reason, **said},
    )


def _check_ground(contract: Contract, ground: Ground, on: date) -> None:
    check_ground(
        ContractKind(contract.kind),
        ground,
        on=on,
        starts_on=contract.starts_on,
        trial=trial(contract, on),
    )
