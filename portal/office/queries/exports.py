"""Lists to take away: what their columns are called and what stands in them."""

from datetime import datetime

from portal import fees, refunds
from portal.fees import BookFilter, BookMove, BookSide, Due, DueFilter
from portal.kernel import clock
from portal.kernel.i18n import mark, translate
from portal.office.rules import ACCOUNT_LABELS, LINE_LABELS, Column, Kind, Sheet, cause_of
from portal.refunds import LABELS, RefundState, Row, Wanted

DUE_COLUMNS = (
    Column(mark("Student number")),
    Column(mark("Student")),
    Column(mark("Cohort")),
    Column(mark("Payer")),
    Column(mark("Payment reference")),
    Column(mark("Line")),
    Column(mark("Due on"), Kind.DAY),
    Column(mark("Amount"), Kind.EUROS),
    Column(mark("Settled"), Kind.EUROS),
    Column(mark("Left to pay"), Kind.EUROS),
    Column(mark("Days late"), Kind.NUMBER),
)
LEDGER_COLUMNS = (
    Column(mark("Transaction"), Kind.NUMBER),
    Column(mark("Day"), Kind.DAY),
    Column(mark("Source")),
    Column(mark("What")),
    Column(mark("Student number")),
    Column(mark("Student")),
    Column(mark("Account")),
    Column(mark("Payer")),
    Column(mark("Debit"), Kind.EUROS),
    Column(mark("Credit"), Kind.EUROS),
)
REFUND_COLUMNS = (
    Column(mark("Refund number")),
    Column(mark("Student number")),
    Column(mark("Student")),
    Column(mark("Company")),
    Column(mark("State")),
    Column(mark("Waiting since"), Kind.DAY),
    Column(mark("Funded"), Kind.EUROS),
    Column(mark("To refund"), Kind.EUROS),
    Column(mark("Why it goes back")),
    Column(mark("Proposed by")),
    Column(mark("First approval by")),
    Column(mark("Decided by")),
    Column(mark("Decided on"), Kind.DAY),
    Column(mark("Paid on"), Kind.DAY),
    Column(mark("Reason")),
)


def dues_sheet(wanted: DueFilter, locale: str) -> Sheet:
    """Every open line the screen would list, page after page; one query."""
    lines = {kind: translate(label, locale) for kind, label in LINE_LABELS.items()}
    rows = (_due(due, lines[due.kind]) for due in fees.every_due(wanted))
    return Sheet(mark("Dues"), DUE_COLUMNS, rows)


def ledger_sheet(wanted: BookFilter, locale: str) -> Sheet:
    """Every entry of the transactions the screen would list, oldest first; one query."""
    accounts = {key: translate(label, locale) for key, label in ACCOUNT_LABELS.items()}
    rows = (
        _entry(move, side, translate(cause_of(move.source), locale), accounts[side.account])
        for move in fees.book(wanted)
        for side in move.sides
    )
    return Sheet(mark("Ledger"), LEDGER_COLUMNS, rows)


def refunds_sheet(wanted: Wanted, locale: str) -> Sheet:
    """Every refund the inbox would list; one query."""
    states = {state: translate(word, locale) for state, (word, _, _) in LABELS.items()}
    rows = (_refund(row, states, locale) for row in refunds.every(wanted))
    return Sheet(mark("Refunds"), REFUND_COLUMNS, rows)


def _due(due: Due, line: str) -> tuple[object, ...]:
    return (
        due.student_number,
        due.listed_as,
        due.cohort,
        due.payer,
        due.payer_reference,
        line,
        due.due_on,
        due.cents,
        due.settled,
        due.rest,
        due.days_late,
    )


def _entry(move: BookMove, side: BookSide, what: str, account: str) -> tuple[object, ...]:
    debit, credit = (side.cents, None) if side.cents > 0 else (None, -side.cents)
    return (
        move.id,
        move.on,
        move.source,
        what,
        move.student_number,
        move.student,
        account,
        side.payer,
        debit,
        credit,
    )


def _refund(row: Row, states: dict, locale: str) -> tuple[object, ...]:
    # The bank's reason is one of our sentences; every other reason is a person's words.
    reason = translate(row.reason, locale) if row.state == RefundState.RETURNED else row.reason
    return (
        row.number,
        row.student_number,
        row.listed_as,
        row.company,
        states[row.state],
        _day(row.proposed_at),
        (row.funded_cents or 0) if row.contract_id else None,
        row.amount_cents,
        row.why,
        row.proposed_by,
        row.first_approved_by,
        row.decided_by,
        _day(row.decided_at),
        _day(row.paid_at),
        reason,
    )


def _day(instant: datetime | None) -> object:
    return clock.school_time(instant).date() if instant else None
