from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass

from portal.audit.models import AuditEvent

CHUNK = 400


@dataclass(frozen=True)
class Origin:
    """Where the work of this moment comes from: network address and name of the signed-in person."""

    address: str = ""
    name: str = ""


NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def came_from(*, address: str, name: str) -> None:
    """What the web tier says of its request, for every line written while it lasts."""
    _origin.set(Origin(address, name))


def record(
    tag: str, *, subject: str, actor_id: int | None, detail: str = "", actor_name: str = ""
) -> None:
    """Add one line to the trail, inside the caller's transaction.

    `tag` is `room:verb` and `subject` is `noun:key`, plain text: the trail outlives what it names.
    The name of the actor is the signed-in person's unless `actor_name` is given.
    """
    origin = _origin.get()
    AuditEvent.create(
        tag=tag,
        subject=subject,
        actor_id=actor_id,
        actor_name=actor_name or origin.name,
        detail=detail,
        address=origin.address,
    )


def record_all(tag: str, lines: Iterable[tuple[str, str]], *, actor_id: int | None) -> None:
    """Add a line for each subject and detail, as `record` does, in a few queries."""
    origin = _origin.get()
    rows = [
        {
            "tag": tag,
            "subject": subject,
            "actor_id": actor_id,
            "actor_name": origin.name,
            "detail": detail,
            "address": origin.address,
        }
        for subject, detail in lines
    ]
    for start in range(0, len(rows), CHUNK):
        AuditEvent.insert_many(rows[start : start + CHUNK]).execute()
