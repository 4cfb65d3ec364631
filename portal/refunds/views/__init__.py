"""Pages and fragments about refunds."""

from portal.refunds.views import credit, deciding, inbox, own, simulation
from portal.refunds.views.blueprint import pages

__all__ = ["credit", "deciding", "inbox", "own", "pages", "simulation"]
