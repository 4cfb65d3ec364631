"""What states, accounts and causes are called on screen and in lists."""

from datetime import date, timedelta
from enum import StrEnum

from portal.kernel.i18n import mark


class DueState(StrEnum):
    """Which lines of the plans are listed."""

    LATE = "late"
    SOON = "soon"
    OPEN = "open"


SOON = timedelta(days=30)
DUE_LABELS = {
    DueState.LATE: mark("Late"),
    DueState.SOON: mark("Due within 30 days"),
    DueState.OPEN: mark("All open"),
}
#: The accounts of the ledger; a test holds them against the fees room.
ACCOUNT_LABELS = {
    "receivable": mark("Owed by the student"),
    "tuition": mark("Fees charged"),
    "bank": mark("Bank"),
    "funding": mark("Owed by the funder"),
    "company_share": mark("Owed by the company"),
    "refundable": mark("Refunds to pay out"),
}
LINE_LABELS = {
    "deposit": mark("Deposit"),
    "instalment": mark("Instalment"),
    "balance": mark("Balance, paid at once"),
    "remainder": mark("New instalment"),
    "agreed": mark("Agreed with the school"),
}
#: By the first and the last word of a source: “payment:12:reversed”.
CAUSES = {
    ("plan", ""): mark("Year’s fees"),
    ("plan", "reduction"): mark("Reduction for paying at once"),
    ("plan", "left"): mark("Student has left"),
    ("plan", "anew"): mark("New tuition after the broken contract"),
    ("payment", ""): mark("Payment received"),
    ("payment", "reversed"): mark("Payment reversed"),
    ("contract", ""): mark("Contract taken into account"),
    ("refund", ""): mark("Refund approved"),
    ("refund", "paid"): mark("Refund paid"),
    ("refund", "returned"): mark("Refund sent back by the bank"),
    ("refund", "withdrawn"): mark("Refund stopped"),
    ("contract", "fell"): mark("Contract ended before it began"),
}
OUTCOMES = frozenset(outcome for _, outcome in CAUSES if outcome)
OTHER = mark("Other entry")


def due_between(state: DueState, today: date) -> tuple[date | None, date | None]:
    """The first and the last day on which lines of this state are due; None is open."""
    if state is DueState.LATE:
        return None, today - timedelta(days=1)
    return (today, today + SOON) if state is DueState.SOON else (None, None)


def ends_of(source: str) -> tuple[str, str]:
    """What a source speaks of and, where it says so, what became of it: “payment:12:reversed”."""
    first, *rest = source.split(":")
    return first, next((word for word in rest[1:] if word in OUTCOMES), "")


def cause_of(source: str) -> str:
    """What made this transaction, as a marked sentence."""
    first, last = ends_of(source)
    return CAUSES.get((first, last), CAUSES.get((first, ""), OTHER))
