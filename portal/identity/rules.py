from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(days=7)
NOTE_EVERY = timedelta(minutes=1)
TRIES = 10
TRIES_WINDOW = timedelta(minutes=15)


class Role(StrEnum):
    STUDENT = "student"
    COMPANY = "company"
    STAFF = "staff"


class Permission(StrEnum):
    """The hats of staff: who reviews contracts, who moves money, who reads everything, who manages accounts."""

    REGISTRAR = "registrar"
    FINANCE = "finance"
    DIRECTOR = "director"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Visitor:
    """The signed-in person as a request sees them. `token` names their session, not the person."""

    token: str
    id: int
    name: str
    email: str
    role: Role
    locale: str
    seen_at: datetime
    theme: str = ""
    shortcuts: bool = True
    permissions: frozenset[str] = field(default_factory=frozenset)

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.token


def fingerprint(token: str) -> str:
    """What the database keeps of a session token, so that a stolen backup signs nobody in."""
    return sha256(token.encode()).hexdigest()
