"""People who may sign in, what they may do, and the sessions they hold."""

from portal.identity.models import Person, StaffPermission
from portal.identity.post import letters
from portal.identity.queries import staff_with
from portal.identity.rules import Permission, Role, Visitor, fingerprint
from portal.identity.service import (
    confirm_password,
    end_session,
    invite,
    known_or_new,
    recognise,
    start_session,
)

__all__ = [
    "Permission",
    "Person",
    "Role",
    "StaffPermission",
    "Visitor",
    "confirm_password",
    "end_session",
    "fingerprint",
    "invite",
    "known_or_new",
    "letters",
    "recognise",
    "staff_with",
    "start_session",
]
