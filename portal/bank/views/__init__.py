"""The bank: files in, lines sorted."""

from portal.bank.views import files, sorting
from portal.bank.views.blueprint import pages

__all__ = ["files", "pages", "sorting"]
