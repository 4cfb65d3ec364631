"""Screens of students, companies and staff, on one blueprint."""

from portal.contracts.views import declaring, documents, reading, reviewing
from portal.contracts.views.blueprint import pages

__all__ = ["declaring", "documents", "pages", "reading", "reviewing"]
