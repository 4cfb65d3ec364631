from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit

from portal.kernel.i18n import mark

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(days=7)
NOTE_EVERY = timedelta(minutes=1)
#: Failed tries from one source (an address, or a browser that signed in before), whatever the accounts.
TRIES = 10
#: Failed tries on one account from everywhere; browsers that signed in to it before still get in.
TRIES_ON_ONE_ACCOUNT = 50
TRIES_WINDOW = timedelta(minutes=15)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1000


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


class Purpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"


ROLE_LABELS = {
    Role.STUDENT: mark("Student"),
    Role.COMPANY: mark("Company"),
    Role.STAFF: mark("Staff"),
}
PERMISSION_LABELS = {
    Permission.REGISTRAR: mark("Registrar"),
    Permission.FINANCE: mark("Finance"),
    Permission.DIRECTOR: mark("Director"),
    Permission.ADMINISTRATOR: mark("Administrator"),
}
PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
#: How long a link in a mail opens what it is for.
LINK_LIFE = {Purpose.INVITATION: timedelta(days=7), Purpose.RESET: timedelta(hours=1)}


@dataclass(frozen=True)
class KnownBrowser:
    """A browser that has signed in to this account before, as its signed cookie says."""

    person_id: int
    key: str


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
    return sha256(token.encode(errors="replace")).hexdigest()


def browser_name(user_agent: str) -> str:
    """“Firefox, Linux” for what a browser calls itself; empty when it says nothing we know.

    Most of them also claim to be Chrome and Safari, so the order matters.
    """
    program = next((name for sign, name in PROGRAMS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return ", ".join(filter(None, (program, system)))


def folded(email: str) -> str:
    """How an address is stored and looked up: without spaces around, in lower case."""
    return email.strip().lower()


def local_path(wanted: str | None, *, otherwise: str) -> str:
    """`wanted` when it is a path of this site, else `otherwise`.

    Browsers read backslashes as slashes and drop control characters, so neither may occur at all.
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return otherwise
    if "\\" in wanted or not wanted.isprintable() or " " in wanted:
        return otherwise
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return otherwise
    if parts.scheme or parts.netloc or parts.path.startswith("//"):
        return otherwise
    return wanted
