"""Pages of the finance office."""

from portal.office.views import lists, overview, policies
from portal.office.views.blueprint import pages

__all__ = ["lists", "overview", "pages", "policies"]
