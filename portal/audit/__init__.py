"""Who did what to which record, when and from where. Append-only; knows no other room."""

from portal.audit.queries import details_of
from portal.audit.service import came_from, record, record_all

__all__ = ["came_from", "details_of", "record", "record_all"]
