"""Pages and fragments about refunds."""

from portal.refunds.views import after_break, credit, deciding, inbox, own, simulation
from portal.refunds.views.blueprint import pages

__all__ = ["after_break", "credit", "deciding", "inbox", "own", "pages", "simulation"]
