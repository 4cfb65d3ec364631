"""Opening, closing and arranging accounts."""

from collections.abc import Iterable
from contextlib import suppress

from peewee import IntegrityError

from portal import audit
from portal.identity.models import Person, SecretLink, SignedInSession, StaffPermission
from portal.identity.rules import Permission, Purpose, Role, folded
from portal.identity.service.links import send_link
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotAllowed, NotPossible, TooMany


def invite(*, email: str, name: str, role: Role, locale: str, by: int | None) -> Person:
    """The person of that address and role: the one there is, or a new one; mailed a link until they have a password.

    Call it inside a transaction. `NotPossible` when the address belongs to another role or to
    somebody who was disabled.
    """
    person = known_or_new(email=email, name=name, role=role, locale=locale)
    if not person.password_hash:
        with suppress(TooMany):  # enough invitations of ours are in that letter box
            _send_invitation(person, by=by)
    return person


def known_or_new(*, email: str, name: str, role: Role, locale: str) -> Person:
    """`invite` without its mail, for a room whose own letter opens the door."""
    new = _open_account(email=email, name=name, role=role, locale=locale)
    person = new or Person.get(Person.email == folded(email))
    if person.role != role or not person.active:
        raise NotPossible("This e-mail address is already used for another kind of account.")
    return person


def add_person(
    *,
    email: str,
    name: str,
    role: Role,
    permissions: Iterable[Permission] = (),
    locale: str,
    by: int | None,
) -> None:
    """Invite somebody new. `NotPossible` when the address is taken; permissions are for staff only."""
    with transaction():
        person = _open_account(email=email, name=name, role=role, locale=locale)
        if person is None:
            raise NotPossible("There is already an account with this e-mail address.")
        if role is Role.STAFF:
            for permission in set(permissions):
                StaffPermission.create(person=person, permission=permission)
        _send_invitation(person, by=by)


def invite_again(person_id: int, *, by: int) -> None:
    """Send a new invitation to somebody who has not chosen a password yet."""
    with transaction():
        person = Person.hold(person_id)
        if person.password_hash or not person.active:
            raise NotPossible("This person has taken up the invitation already.")
        _send_invitation(person, by=by)


def disable(person_id: int, *, by: int) -> None:
    """Lock somebody out at once: sessions and links end. Repeating it changes nothing."""
    if person_id == by:
        raise NotAllowed("You cannot disable your own account.")
    with transaction():
        if not _set_active(person_id, False):
            return
        SignedInSession.delete().where(SignedInSession.person == person_id).execute()
        (
            SecretLink.update(used_at=clock.now())
            .where((SecretLink.person == person_id) & SecretLink.used_at.is_null())
            .execute()
        )
        audit.record("identity:disabled", subject=f"person:{person_id}", actor_id=by)


def enable(person_id: int, *, by: int) -> None:
    """Let somebody in again, with the password they had. Repeating it changes nothing."""
    with transaction():
        if _set_active(person_id, True):
            audit.record("identity:enabled", subject=f"person:{person_id}", actor_id=by)


def choose_language(*, by: int, locale: str) -> None:
    Person.update(locale=locale).where(Person.id == by).execute()


def choose_look(*, by: int, locale: str, theme: str, shortcuts: bool) -> None:
    """Language, theme (empty: the system's) and keyboard shortcuts of one person."""
    choice = Person.update(locale=locale, theme=theme, shortcuts=shortcuts)
    choice.where(Person.id == by).execute()


def _open_account(*, email: str, name: str, role: Role, locale: str) -> Person | None:
    """A new person without a password, or None when the address is taken, by somebody just now perhaps."""
    try:
        with transaction():
            return Person.create(email=folded(email), name=name.strip(), role=role, locale=locale)
    except IntegrityError:
        if not Person.select().where(Person.email == folded(email)).exists():
            raise
        return None


def _send_invitation(person: Person, *, by: int | None) -> None:
    send_link(person, Purpose.INVITATION)
    audit.record("identity:invited", subject=f"person:{person.id}", actor_id=by)


def _set_active(person_id: int, active: bool) -> bool:
    """Did it change? `Missing` when there is no such person."""
    person = Person.hold(person_id)
    if person.active == active:
        return False
    Person.update(active=active).where(Person.id == person_id).execute()
    return True
