"""What the statement room reads; nothing here writes."""

from portal.bank.queries.known import (
    accounts_to_learn,
    book_for,
    known_bookings,
    known_identities,
    lines_by_identity,
    own_accounts,
)
from portal.bank.queries.lists import (
    LineRow,
    counts,
    files,
    line_row,
    lines,
    one_file,
    open_count,
    payers_matching,
    stored_names,
)
from portal.bank.queries.readings import Reading, readings_json, readings_of
from portal.fees import briefs

__all__ = [
    "LineRow",
    "Reading",
    "accounts_to_learn",
    "book_for",
    "briefs",
    "counts",
    "files",
    "known_bookings",
    "known_identities",
    "line_row",
    "lines",
    "lines_by_identity",
    "one_file",
    "open_count",
    "own_accounts",
    "payers_matching",
    "readings_json",
    "readings_of",
    "stored_names",
]
