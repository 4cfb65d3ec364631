"""The outbox: written inside the caller's transaction, emptied after it."""

from collections.abc import Iterable, Mapping

import structlog

from portal.identity import Person, staff_with
from portal.infra import jobs, mail
from portal.kernel import clock
from portal.kernel.db import after_commit, transaction
from portal.kernel.i18n import translate
from portal.notifications.models import OutgoingMail
from portal.notifications.rules import GIVE_UP_AFTER, pause_after

log = structlog.get_logger("portal.notifications")

CHUNK = 400

_public_url = "http://localhost"
_sender = "portal@localhost"


def configure(*, public_url: str, sender: str) -> None:
    """Where links in mails lead to, and whom they are from."""
    global _public_url, _sender
    _public_url, _sender = public_url, sender


def link(path: str) -> str:
    """The public address of a page of ours, for mails and papers; `path` begins with a slash."""
    return _public_url + path


def write_to(person: Person | int, subject: str, body: str, **facts: object) -> None:
    """Promise a mail, in the person's language; both texts are marked sentences with `%(name)s` holes."""
    reader = person if isinstance(person, Person) else Person.find(person)
    OutgoingMail.create(
        recipient=reader.email,
        subject=" ".join(translate(subject, reader.locale, **facts).split()),
        body=translate(body, reader.locale, **facts),
    )
    after_commit(lambda: jobs.later("notifications.send-due"))


def write_to_each(
    readers: Iterable[tuple[Person, Mapping[str, object]]], subject: str, body: str
) -> None:
    """`write_to` for many readers, each with the facts of their own, in a few queries."""
    rows = [
        {
            "recipient": reader.email,
            "subject": " ".join(translate(subject, reader.locale, **facts).split()),
            "body": translate(body, reader.locale, **facts),
        }
        for reader, facts in readers
    ]
    for start in range(0, len(rows), CHUNK):
        OutgoingMail.insert_many(rows[start : start + CHUNK]).execute()
    after_commit(lambda: jobs.later("notifications.send-due"))


def deliver(person: Person, subject: str, body: str, path: str, **facts: object) -> None:
    """`write_to`, for rooms below this one: `path` fills the hole `%(link)s`."""
    write_to(person, subject, body, link=link(path), **facts)


def write_to_staff(*permissions: str, subject: str, body: str, **facts: object) -> None:
    """Promise the same mail to every active member of staff who holds one of `permissions`."""
    for reader in staff_with(*permissions):
        write_to(reader, subject, body, **facts)


def send_due() -> int:
    """Send what is due; what cannot be sent becomes due again later. Returns how many left."""
    sent = 0
    while promised := _claim():
        try:
            mail.post(promised.message(_sender))
        except (OSError, ValueError) as problem:  # ValueError: this one cannot be written as a mail
            _note_failure(promised, problem)
            continue
        OutgoingMail.update(sent_at=clock.now()).where(OutgoingMail.id == promised.id).execute()
        sent += 1
    return sent


def _note_failure(promised: OutgoingMail, problem: Exception) -> None:
    """For the operator; without the address or the text, which are the reader's own."""
    tries = promised.attempts + 1
    say = log.error if tries >= GIVE_UP_AFTER else log.warning
    say("mail not sent", mail=promised.id, tries=tries, problem=type(problem).__name__)


def _claim() -> OutgoingMail | None:
    """The next due mail, already put off, so that neither a crash nor another process sends it now."""
    now = clock.now()
    with transaction():
        promised = (
            OutgoingMail.select()
            .where(
                OutgoingMail.sent_at.is_null()
                & (OutgoingMail.due_at <= now)
                & (OutgoingMail.attempts < GIVE_UP_AFTER)
            )
            .order_by(OutgoingMail.id)
            .first()
        )
        if promised is None:
            return None
        attempts = promised.attempts + 1
        claimed = (
            OutgoingMail.update(attempts=attempts, due_at=now + pause_after(attempts))
            .where((OutgoingMail.id == promised.id) & (OutgoingMail.attempts == promised.attempts))
            .execute()
        )
    return promised if claimed else _claim()
