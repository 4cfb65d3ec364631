"""What screens and other rooms read about refunds; nothing here writes."""

from portal.refunds.queries.files import (
    File,
    ShareRow,
    calculation_of,
    file,
    of_enrolment,
    own,
    returning_to,
    shares_of,
)
from portal.refunds.queries.foreseeing import effect_of, employer_of, imagine, terms_under
from portal.refunds.queries.inbox import (
    PER_PAGE,
    Changes,
    Heap,
    Wanted,
    changes_since,
    heaps,
    matching,
    newest_change,
    rows,
)
from portal.refunds.queries.leaving import expect_transfers
from portal.refunds.queries.rows import Row, row, summed
from portal.refunds.queries.standing import (
    Simulation,
    given,
    promised,
    returnable,
    simulate,
    stoppable_ids,
    to_family_waiting,
    to_pay_count,
    unpromised,
    waiting_count,
)
from portal.refunds.queries.touching import touched_by

__all__ = [
    "PER_PAGE",
    "Changes",
    "File",
    "Heap",
    "Row",
    "ShareRow",
    "Simulation",
    "Wanted",
    "calculation_of",
    "changes_since",
    "effect_of",
    "employer_of",
    "expect_transfers",
    "file",
    "given",
    "heaps",
    "imagine",
    "matching",
    "newest_change",
    "of_enrolment",
    "own",
    "promised",
    "returnable",
    "returning_to",
    "row",
    "rows",
    "shares_of",
    "simulate",
    "stoppable_ids",
    "summed",
    "terms_under",
    "to_family_waiting",
    "to_pay_count",
    "touched_by",
    "unpromised",
    "waiting_count",
]
