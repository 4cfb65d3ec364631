"""Reads of contracts. The number of queries stands at each."""

from portal.contracts.queries.office import (
    TABS,
    Page,
    counts,
    document_names,
    queue,
    review,
    waiting_count,
)
from portal.contracts.queries.reading import (
    declared_lately,
    document,
    last_cancelled,
    live,
    of_contact,
    of_enrolment,
    own,
    visible,
)
from portal.contracts.queries.standing import doubts_about, steps

__all__ = [
    "TABS",
    "Page",
    "counts",
    "declared_lately",
    "document",
    "document_names",
    "doubts_about",
    "last_cancelled",
    "live",
    "of_contact",
    "of_enrolment",
    "own",
    "queue",
    "review",
    "steps",
    "visible",
    "waiting_count",
]
