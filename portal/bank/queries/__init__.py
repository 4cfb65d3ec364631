"""What the statement room reads; nothing here writes."""

from portal.bank.queries.known import (
    accounts_to_learn,
    book_for,
    known_bookings,
    lines_by_identity,
    own_accounts,
    paid_from,
    payments_of,
)
from portal.bank.queries.lists import (
    counts,
    files,
    line_row,
    lines,
    one_file,
    open_count,
    payers_matching,
    stored_names,
)
from portal.bank.queries.readings import (
    Reading,
    may_undo,
    readings_after,
    readings_json,
    readings_of,
)
from portal.bank.queries.reversals import entry_of
from portal.bank.queries.rows import LineRow
from portal.bank.queries.telling import imported_before, known_lines, told_by
from portal.fees import briefs

__all__ = [
    "LineRow",
    "Reading",
    "accounts_to_learn",
    "book_for",
    "briefs",
    "counts",
    "entry_of",
    "files",
    "imported_before",
    "known_bookings",
    "known_lines",
    "line_row",
    "lines",
    "lines_by_identity",
    "may_undo",
    "one_file",
    "open_count",
    "own_accounts",
    "paid_from",
    "payers_matching",
    "payments_of",
    "readings_after",
    "readings_json",
    "readings_of",
    "stored_names",
    "told_by",
]
