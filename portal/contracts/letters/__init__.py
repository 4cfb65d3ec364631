"""What student, company and school are told, each in their language, inside the transaction that did it."""

from portal.contracts.letters.company import (
    awaited,
    colleague_invited,
    company_corrected,
    correction_proposed,
    correction_refused,
    message,
    new_door,
)
from portal.contracts.letters.papers import expired, infected, missing, returned, version_sent
from portal.contracts.letters.steps import (
    accepted,
    accepted_by_funder,
    amendment_given_up,
    cancelled,
    checked,
    ended,
    given_up,
    incomplete,
    refused,
    refused_by_silence,
)
from portal.contracts.letters.writing import people_of, student_of, tell

__all__ = [
    "accepted",
    "accepted_by_funder",
    "amendment_given_up",
    "awaited",
    "cancelled",
    "checked",
    "colleague_invited",
    "company_corrected",
    "correction_proposed",
    "correction_refused",
    "ended",
    "expired",
    "given_up",
    "incomplete",
    "infected",
    "message",
    "missing",
    "new_door",
    "people_of",
    "refused",
    "refused_by_silence",
    "returned",
    "student_of",
    "tell",
    "version_sent",
]
