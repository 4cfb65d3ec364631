"""Finance pages: the screens, and their lists as files."""

from portal.office.views import downloads, screens
from portal.office.views.blueprint import pages

__all__ = ["downloads", "pages", "screens"]
