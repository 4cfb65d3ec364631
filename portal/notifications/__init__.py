"""What the portal tells people, kept in an outbox until it has left."""

from portal.notifications.service import (
    configure,
    deliver,
    link,
    write_to,
    write_to_each,
    write_to_staff,
)

__all__ = ["configure", "deliver", "link", "write_to", "write_to_each", "write_to_staff"]
