"""Who did what to which record, when and from where. Append-only; knows no other room."""

from portal.audit.service import came_from, record

__all__ = ["came_from", "record"]
