from dataclasses import dataclass
from datetime import date, timedelta

from portal.audit.models import AuditEvent
from portal.kernel import clock

PER_PAGE = 50


@dataclass(frozen=True)
class Filter:
    """What the reader looks for; empty means all."""

    who: str = ""
    what: str = ""
    which: str = ""
    day: date | None = None


def details_of(tag: str, *, subject: str) -> set[str]:
    """What the trail says beside `tag` about one record; one query over the index of subjects."""
    lines = AuditEvent.select(AuditEvent.detail).where(
        (AuditEvent.subject == subject) & (AuditEvent.tag == tag)
    )
    return {line.detail for line in lines}


def trail(wanted: Filter, *, page: int) -> tuple[list[AuditEvent], bool]:
    """One page of the trail, newest first, and whether there is more; one query."""
    lines = AuditEvent.select().order_by(AuditEvent.id.desc())
    if wanted.who:
        lines = lines.where(AuditEvent.actor_name.contains(wanted.who))
    if wanted.what:
        lines = lines.where(AuditEvent.tag.startswith(wanted.what))
    if wanted.which:
        lines = lines.where(AuditEvent.subject == wanted.which)
    if wanted.day:
        start, end = clock.midnight(wanted.day), clock.midnight(wanted.day + timedelta(days=1))
        lines = lines.where((AuditEvent.at >= start) & (AuditEvent.at < end))
    found = list(lines.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE))
    return found[:PER_PAGE], len(found) > PER_PAGE
