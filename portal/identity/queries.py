from dataclasses import dataclass, replace
from typing import Any

from peewee import JOIN

from portal.identity.models import Person, SecretLink, SignedInSession, StaffPermission
from portal.identity.rules import ABSOLUTE, IDLE, Role, Visitor, fingerprint
from portal.kernel import clock
from portal.kernel.errors import Missing
from portal.kernel.text import fold

PER_PAGE = 50


@dataclass(frozen=True)
class Account:
    """A line of the accounts page."""

    id: int
    name: str
    email: str
    role: str
    active: bool
    invited: bool
    permissions: list[str]


def visitor(token: str) -> Visitor | None:
    """The person behind a live session, with their permissions, or None; one query."""
    now = clock.now()
    rows: Any = (
        SignedInSession.select(
            Person.id,
            Person.name,
            Person.email,
            Person.role,
            Person.locale,
            SignedInSession.seen_at,
            Person.theme,
            Person.shortcuts,
            StaffPermission.permission,
        )
        .join(Person)
        .join(StaffPermission, JOIN.LEFT_OUTER)
        .where(
            (SignedInSession.fingerprint == fingerprint(token))
            & (SignedInSession.started_at > now - ABSOLUTE)
            & (SignedInSession.seen_at > now - IDLE)
            & Person.active
        )
        .tuples()
    )
    known = None
    held = set()
    for *facts, permission in rows:
        known = known or Visitor(token, *facts)
        held.add(permission)
    if known is None:
        return None
    return replace(known, role=Role(known.role), permissions=frozenset(held - {None}))


def staff_with(*permissions: str) -> list[Person]:
    """Active members of staff who hold one of `permissions`, each once; one query."""
    return list(
        Person.select()
        .join(StaffPermission)
        .where(StaffPermission.permission.in_(permissions) & Person.active)
        .order_by(Person.id)
        .distinct()
    )


def sessions_of(person_id: int) -> list[SignedInSession]:
    """The browsers a person is signed in with, the one used last first; one query."""
    now = clock.now()
    return list(
        SignedInSession.select()
        .where(
            (SignedInSession.person == person_id)
            & (SignedInSession.started_at > now - ABSOLUTE)
            & (SignedInSession.seen_at > now - IDLE)
        )
        .order_by(SignedInSession.seen_at.desc())
    )


def open_link(token: str, purpose: str) -> SecretLink:
    """The link of that purpose which can still be used, with its person; `Missing` otherwise; one query."""
    found = (
        SecretLink.select(SecretLink, Person)
        .join(Person)
        .where(
            (SecretLink.fingerprint == fingerprint(token))
            & (SecretLink.purpose == purpose)
            & SecretLink.used_at.is_null()
            & (SecretLink.expires_at > clock.now())
            & Person.active
        )
        .first()
    )
    if found is None:
        raise Missing("This link has been used already or is too old. Ask for a new one.")
    return found


def accounts(*, search: str, page: int) -> tuple[list[Account], bool]:
    """One page of people by name, with their permissions, and whether there are more; two queries."""
    wanted = Person.select().order_by(Person.name, Person.id)
    if search:
        wanted = wanted.where(Person.folded.contains(fold(search)))
    people = list(wanted.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE))
    shown = people[:PER_PAGE]
    hats: dict[int, list[str]] = {}
    for hat in StaffPermission.select().where(
        StaffPermission.person.in_([person.id for person in shown])
    ):
        hats.setdefault(hat.person_id, []).append(hat.permission)
    return [
        Account(
            person.id,
            person.name,
            person.email,
            person.role,
            person.active,
            not person.password_hash,
            sorted(hats.get(person.id, [])),
        )
        for person in shown
    ], len(people) > PER_PAGE


def account(person_id: int) -> Person:
    """The person, or `Missing`."""
    return Person.find(person_id)
