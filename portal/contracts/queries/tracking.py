"""Where a contract stands, for student, company and staff, from what was read already."""

from dataclasses import dataclass
from datetime import date

from portal.contracts.models import Contract
from portal.contracts.queries.history import Event
from portal.contracts.queries.standing import Slot
from portal.contracts.rules import (
    BRINGS,
    OPEN,
    ContractState,
    LifeStep,
    Standing,
    life,
    standing,
)
from portal.kernel import clock


@dataclass(frozen=True)
class Awaited:
    """A paper that must still come, and from whom."""

    name: str
    brings: str
    again: bool


@dataclass(frozen=True)
class Track:
    """`days_left` is negative when the day has passed and None when no day is set."""

    standing: Standing
    awaited: list[Awaited]
    due_on: date | None
    days_left: int | None
    steps: list[LifeStep]
    moves: list[Event]


def track(contract: Contract, slots: list[Slot], moves: list[Event]) -> Track:
    """Where it stands, what is missing and from whom, by when, what is next, and the whole life; no query."""
    words = standing(contract.state, contract.kind)
    due = contract.due_on if words.due else None
    return Track(
        words,
        _awaited(contract, slots),
        due,
        (due - clock.today()).days if due else None,
        life(contract.state, _reached(contract, moves)),
        moves,
    )


def _awaited(contract: Contract, slots: list[Slot]) -> list[Awaited]:
    """The same for everybody who looks: also for staff who send nothing themselves."""
    if contract.state not in OPEN:
        return []
    return [
        Awaited(slot.paper.name, BRINGS[slot.paper.kind], slot.newest is not None)
        for slot in slots
        if (slot.newest is None and slot.blocks) or slot.asked_again
    ]


def _reached(contract: Contract, moves: list[Event]) -> dict[str, date]:
    """The last day each state was reached; rows from before moves were kept say part of it themselves."""
    known = {
        ContractState.DRAFT: clock.school_time(contract.declared_at).date(),
        ContractState.SUBMITTED: contract.submitted_at
        and clock.school_time(contract.submitted_at).date(),
        ContractState.TRANSMITTED: contract.transmitted_on,
    }
    reached: dict[str, date] = {str(state): day for state, day in known.items() if day}
    for move in moves:
        if move.on is not None:
            reached[move.target] = move.on
    if contract.decided_at and contract.state not in OPEN:
        reached.setdefault(ContractState.SIGNED, clock.school_time(contract.decided_at).date())
    return reached
