"""Pages and fragments about refunds."""

from portal.refunds.views import deciding, inbox, own, simulation
from portal.refunds.views.blueprint import pages

__all__ = ["deciding", "inbox", "own", "pages", "simulation"]
