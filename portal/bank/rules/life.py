"""The states of a file and of a line, and what a person may do with a line."""

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark


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


def check_parts(parts: Mapping[int, int], cents: int) -> None:
    """`NotPossible` unless money came in and the parts are all of it."""
    if cents <= 0:
        raise NotPossible("Money that went out is no payment.")
    if not parts or min(parts.values()) <= 0:
        raise NotPossible("Choose at least one payer, each with an amount above zero.")
    if sum(parts.values()) != cents:
        raise NotPossible("The amounts must sum to exactly the line.")
