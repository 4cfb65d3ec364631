"""Screens of students, companies and staff, on one blueprint."""

from portal.contracts.views import (
    colleagues,
    confirming,
    declaring,
    documents,
    door,
    ending,
    examining,
    filing,
    messages,
    reading,
    recording,
    reminding,
    reviewing,
)
from portal.contracts.views.blueprint import pages

__all__ = [
    "colleagues",
    "confirming",
    "declaring",
    "documents",
    "door",
    "ending",
    "examining",
    "filing",
    "messages",
    "pages",
    "reading",
    "recording",
    "reminding",
    "reviewing",
]
