"""People who may sign in, what they may do, and the sessions they hold."""

from portal.identity.models import Person, StaffPermission
from portal.identity.post import letters
from portal.identity.queries import staff_with
from portal.identity.rules import Permission, Role, Visitor
from portal.identity.service import invite, recognise, start_session

__all__ = [
    "Permission",
    "Person",
    "Role",
    "StaffPermission",
    "Visitor",
    "invite",
    "letters",
    "recognise",
    "staff_with",
    "start_session",
]
