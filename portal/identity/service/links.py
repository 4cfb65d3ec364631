"""Links that open one thing, once, for a while."""

from datetime import timedelta
from secrets import token_urlsafe

from portal import audit
from portal.identity import post
from portal.identity.models import Person, SecretLink
from portal.identity.passwords import check_new
from portal.identity.queries import open_link
from portal.identity.rules import LINK_LIFE, Purpose, fingerprint, folded
from portal.identity.service.sessions import store_password
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Missing, TooMany

#: Reset mails for one person within the life of a link; more would be a nuisance to its reader.
MOST_RESETS = 5
#: How long a link that opens nothing any more is kept, to answer questions about it.
KEPT = timedelta(days=30)


def ask_for_reset(*, email: str) -> None:
    """Mail a reset link to whoever has this address. Says nothing either way, and never fails."""
    with transaction():
        person = Person.get_or_none((Person.email == folded(email)) & Person.active)
        if person is None:
            return
        try:
            send_link(person, Purpose.RESET)
        except TooMany:
            return
        audit.record("identity:reset-asked", subject=f"person:{person.id}", actor_id=None)


def send_link(person: Person, purpose: Purpose) -> None:
    """Make a link that replaces older ones of its kind, and mail it; inside the caller's transaction."""
    now = clock.now()
    older = (SecretLink.person == person.id) & (SecretLink.purpose == purpose)
    if SecretLink.select().where(older & (SecretLink.expires_at > now)).count() >= MOST_RESETS:
        raise TooMany("Too many links were sent. Wait a little.")
    SecretLink.update(used_at=now).where(older & SecretLink.used_at.is_null()).execute()
    SecretLink.delete().where(SecretLink.expires_at < now - KEPT).execute()
    token = token_urlsafe(32)
    SecretLink.create(
        person=person,
        purpose=purpose,
        fingerprint=fingerprint(token),
        expires_at=now + LINK_LIFE[purpose],
    )
    post.send_link(person, purpose, token)


def set_password_by_link(token: str, *, purpose: Purpose, password: str) -> int:
    """Use the link up and set the password; the person's id. `Missing` for a link that is no longer good.

    Of several requests that carry the same link at once, one succeeds.
    """
    found = open_link(token, purpose)
    check_new(password, email=found.person.email)
    with transaction():
        used = (
            SecretLink.update(used_at=clock.now())
            .where((SecretLink.fingerprint == fingerprint(token)) & SecretLink.used_at.is_null())
            .execute()
        )
        if not used:
            raise Missing("This link has been used already or is too old. Ask for a new one.")
        store_password(found.person, password)
        audit.record(
            f"identity:{purpose}-used",
            subject=f"person:{found.person_id}",
            actor_id=found.person_id,
            actor_name=found.person.name,
        )
    return found.person_id
