"""Pages about papers: the student's own, the public check, the school's list."""

from portal.certificates.views import checking, keeping, own
from portal.certificates.views.blueprint import pages

__all__ = ["checking", "keeping", "own", "pages"]
