from peewee import JOIN

from portal.identity.models import Person, SignedInSession, StaffPermission
from portal.identity.rules import ABSOLUTE, IDLE, Role, Visitor, fingerprint
from portal.kernel import clock


def visitor(token: str) -> Visitor | None:
    """The person behind a live session, with their permissions, or None; one query."""
    now = clock.now()
    rows = list(
        SignedInSession.select(SignedInSession, Person, StaffPermission.permission)
        .join(Person)
        .join(StaffPermission, JOIN.LEFT_OUTER)
        .where(
            (SignedInSession.fingerprint == fingerprint(token))
            & (SignedInSession.started_at > now - ABSOLUTE)
            & (SignedInSession.seen_at > now - IDLE)
            & Person.active
        )
        .objects()
    )
    if not rows:
        return None
    row = rows[0]
    return Visitor(
        token=token,
        id=row.person_id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        locale=row.locale,
        seen_at=row.seen_at,
        theme=row.theme,
        shortcuts=row.shortcuts,
        permissions=frozenset(r.permission for r in rows if r.permission),
    )


def staff_with(*permissions: str) -> list[Person]:
    """Active members of staff who hold one of `permissions`, each once; one query."""
    return list(
        Person.select()
        .join(StaffPermission)
        .where(StaffPermission.permission.in_(permissions) & Person.active)
        .order_by(Person.id)
        .distinct()
    )
