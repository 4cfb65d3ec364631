"""Finance pages: the screens, their lists as files, and the money policies."""

from portal.office.views import downloads, policies, screens
from portal.office.views.blueprint import pages

__all__ = ["downloads", "pages", "policies", "screens"]
