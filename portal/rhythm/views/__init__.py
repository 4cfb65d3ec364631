"""The year of a cohort and of a contract: for reading, for sharing, for the staff who declare it."""

from portal.rhythm.views import declaring, reading, sharing
from portal.rhythm.views.blueprint import pages

__all__ = ["declaring", "pages", "reading", "sharing"]
