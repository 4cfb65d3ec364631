"""The states of a file and of a line, and what a person may do with a line."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from portal.bank.rules.verdict import What, Why
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark
from portal.kernel.money import Cents, parse_eur


class FileState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    REFUSED = "refused"


class LineState(StrEnum):
    MATCHED = "matched"
    SUGGESTED = "suggested"
    OPEN = "open"
    IGNORED = "ignored"


#: What waits for a person.
WAITING = (LineState.SUGGESTED, LineState.OPEN)
TABS = {
    "to-sort": WAITING,
    "matched": (LineState.MATCHED,),
    "ignored": (LineState.IGNORED,),
}
LINE_LABELS = {
    LineState.MATCHED: (mark("Matched"), "circle-check", "ok"),
    LineState.SUGGESTED: (mark("To confirm"), "link-2", "warn"),
    LineState.OPEN: (mark("To sort out"), "circle-dashed", "bad"),
    LineState.IGNORED: (mark("Not ours"), "ban", ""),
}
FILE_LABELS = {
    FileState.WAITING: (mark("Waiting"), "hourglass", "info"),
    FileState.READING: (mark("Being read"), "hourglass", "info"),
    FileState.DONE: (mark("Imported"), "circle-check", "ok"),
    FileState.REFUSED: (mark("Refused"), "ban", "bad"),
}


def check_waits(state: str) -> None:
    """`NotPossible` unless a person still has to decide about a line in `state`."""
    if state == LineState.MATCHED:
        raise NotPossible("This line is matched already. Your click changed nothing.")
    if state == LineState.IGNORED:
        raise NotPossible("This line is marked as not ours. Take that back first.")


#: What the bank says against a reading: a person looks, and marks the line as not ours.
CONTRADICTED = (Why.WRONG_AMOUNT, Why.ALREADY_DONE, Why.GIVEN_UP, Why.OWN_COLLECTION)


def may_confirm(what: str, why: str, cents: int, parts: Collection[int]) -> bool:
    """Whether a suggested reading may be confirmed as it stands, for a line of `cents`."""
    if why in CONTRADICTED:
        return False
    if what == What.PAYMENT:
        return cents > 0 and sum(parts) == cents
    if what == What.ORDER_EXECUTED:
        return cents < 0
    came_in = what == What.TRANSFER_RETURNED
    return what != What.UNKNOWN and came_in == (cents > 0)


def part_of(typed: str) -> Cents:
    """What somebody typed as one payer's part of a line. `ValueError` unless an amount, `NotPossible` for zero."""
    cents = parse_eur(typed)
    if cents == 0:
        raise NotPossible("The amount must be more than zero.")
    return cents


def check_parts(parts: Mapping[int, int], cents: int) -> None:
    """`NotPossible` unless money came in and the parts are all of it."""
    if cents <= 0:
        raise NotPossible("Money that went out is no payment.")
    if not parts or min(parts.values()) <= 0:
        raise NotPossible("Choose at least one payer, each with an amount above zero.")
    if sum(parts.values()) != cents:
        raise NotPossible("The amounts must sum to exactly the line.")
