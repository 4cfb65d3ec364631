"""Screens of students, companies and staff, on one blueprint."""

from portal.contracts.views import (
    declaring,
    documents,
    door,
    ending,
    examining,
    filing,
    reading,
    reminding,
    reviewing,
)
from portal.contracts.views.blueprint import pages

__all__ = [
    "declaring",
    "documents",
    "door",
    "ending",
    "examining",
    "filing",
    "pages",
    "reading",
    "reminding",
    "reviewing",
]
