"""Pages and fragments about money."""

from portal.fees.views import file, office, own, payers, paying, till
from portal.fees.views.blueprint import pages

__all__ = ["file", "office", "own", "pages", "payers", "paying", "till"]
