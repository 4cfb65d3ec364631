"""What every decision about a line has in common: once per click, and never on an old screen."""

from typing import Any

from portal.bank.models import BankLine
from portal.bank.rules import How, LineState
from portal.kernel import clock
from portal.kernel.errors import NotPossible, Stale

#: What is certain waits until it is booked, like everything else.
STATES = {
    How.CERTAIN: LineState.OPEN,
    How.SUGGESTED: LineState.SUGGESTED,
    How.OPEN: LineState.OPEN,
}


def done(line: BankLine, key: str, *states: LineState) -> bool:
    return line.decision_key == key and line.state in states


def check_same(told: object, before: object) -> None:
    """`NotPossible` when a click that was done already comes again with something else."""
    if told != before:
        raise NotPossible("This click was already used for another decision.")


def check_version(line: BankLine, version: int) -> None:
    if line.version != version:
        raise Stale("Somebody changed this line while you were looking at it.")


def decide(line: BankLine, key: str, by: int, **facts: Any) -> None:
    (
        BankLine.update(
            decided_by=by,
            decided_at=clock.now(),
            decision_key=key,
            version=line.version + 1,
            **facts,
        )
        .where((BankLine.id == line.id) & (BankLine.version == line.version))
        .execute()
    )
