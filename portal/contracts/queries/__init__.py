"""Reads of contracts. The number of queries stands at each."""

from portal.contracts.queries.checking import blocking, findings
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
    acts_for,
    declared_lately,
    document,
    form_sent,
    last_broken,
    last_cancelled,
    live,
    of_contact,
    of_enrolment,
    open_amendment,
    open_contract,
    own,
    returned_kinds,
    visible,
)
from portal.contracts.queries.standing import doubts_about, steps

__all__ = [
    "TABS",
    "Page",
    "acts_for",
    "blocking",
    "counts",
    "declared_lately",
    "document",
    "document_names",
    "doubts_about",
    "findings",
    "form_sent",
    "last_broken",
    "last_cancelled",
    "live",
    "of_contact",
    "of_enrolment",
    "open_amendment",
    "open_contract",
    "own",
    "queue",
    "returned_kinds",
    "review",
    "steps",
    "visible",
    "waiting_count",
]
