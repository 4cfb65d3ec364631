"""Screens of students, companies and staff, on one blueprint."""

from portal.contracts.views import (
    colleagues,
    declaring,
    documents,
    door,
    ending,
    filing,
    reading,
    reviewing,
)
from portal.contracts.views.blueprint import pages

__all__ = [
    "colleagues",
    "declaring",
    "documents",
    "door",
    "ending",
    "filing",
    "pages",
    "reading",
    "reviewing",
]
