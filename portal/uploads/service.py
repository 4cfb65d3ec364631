"""Leading a file through its steps. Each step is on disk before the next begins, so a crash leaves a true trail."""

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import BinaryIO, NoReturn

from peewee import PeeweeException

from portal import audit
from portal.infra import virus
from portal.infra.files import Kept, Storage
from portal.infra.virus import Verdict
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Missing, NotPossible
from portal.kernel.events import Event
from portal.uploads.models import Upload
from portal.uploads.rules import (
    INFECTED,
    INTERRUPTED,
    UNFINISHED,
    NotAccepted,
    Purpose,
    UploadState,
)

log = logging.getLogger(__name__)

CHUNK = 64 * 1024
MOST_AT_ONCE = 200
#: As the sweep of storage: whoever is still at work after a day has died.
GRACE = timedelta(days=1)

#: Told as `released.tell(name=stored name, by=sender)` when the virus check has found a held file clean.
released = Event("uploads.released")
#: Told as `rejected.tell(name=stored name, reason=marked sentence)` when it has found a virus in one.
rejected = Event("uploads.rejected")

#: Reads a document from its beginning; `NotPossible` names what is wrong with it.
Inspect = Callable[[BinaryIO], None]


@dataclass(frozen=True)
class Taken:
    """A file in storage. `held`: nobody may open it before the virus check has answered."""

    upload_id: int
    kept: Kept
    held: bool


def trust(_document: BinaryIO) -> None:
    """The inspection of a file that the portal made itself, or that is only ever read within limits."""


def take(
    document: BinaryIO,
    *,
    purpose: Purpose,
    sent_as: str,
    by: int | None,
    storage: Storage,
    inspect: Inspect,
) -> Taken:
    """Inspect, scan and keep `document`: received → inspected → scanned → kept, or held when the scanner is silent.

    `NotAccepted` with the reason when the file is turned away: only its SHA-256 and the reason stay.
    `TooMany` when the machine is too busy; whatever fails, no file is left behind.
    """
    upload = _received(document, purpose, sent_as, by)
    try:
        _inspected(upload, document, inspect)
        held = _scanned(upload, document)
        document.seek(0)
        kept = storage.keep(document)
    except NotAccepted:
        raise
    except BaseException:
        with suppress(PeeweeException):
            _move(upload, UploadState.DROPPED)
        raise
    try:
        _move(upload, UploadState.HELD if held else UploadState.KEPT, name=kept.name)
    except BaseException:
        storage.discard(kept.name)
        raise
    return Taken(upload.id, kept, held)


def turn_away(
    documents: Sequence[BinaryIO], *, purpose: Purpose, sent_as: str, by: int, why: NotPossible
) -> NoReturn:
    """Refuse files that together could not become one: each leaves its SHA-256 and the reason. `NotAccepted`."""
    for document in documents:
        upload = _received(document, purpose, sent_as, by)
        with suppress(NotAccepted):
            _refuse(upload, why.message, **why.facts)
    raise NotAccepted(why.message, **why.facts)


def drop(taken: Taken, storage: Storage) -> None:
    """Nobody needs the file after all: it is deleted, and its trail says so."""
    storage.discard(taken.kept.name)
    with suppress(PeeweeException), transaction():
        _end(Upload.id == taken.upload_id, UploadState.DROPPED)


def held_among(names: Collection[str]) -> set[str]:
    """Which of these stored files still wait for their virus check; one query."""
    held = (Upload.state == UploadState.HELD) & Upload.name.in_(list(names))
    return {upload.name for upload in Upload.select(Upload.name).where(held)} if names else set()


def rescan(storage: Storage) -> int:
    """Ask the scanner again about files it owes an answer for; how many are decided now.

    After a silence it is left alone, and next time the others come first: one file that it never
    answers about, or that nobody can take over, must not keep them waiting.
    """
    held = Upload.select().where(Upload.state == UploadState.HELD)
    decided = 0
    for upload in list(held.order_by(Upload.changed_at, Upload.id).limit(MOST_AT_ONCE)):
        verdict = _scan_kept(upload, storage)
        if verdict == Verdict.SILENT:
            _put_last(upload)
            break
        try:
            decided += _decide(upload, verdict, storage)
        except Exception:  # what one room cannot take in must not keep the others' files waiting
            log.exception("a file that was held could not be handed on")
            _put_last(upload)
    return decided


def _put_last(upload: Upload) -> None:
    still = (Upload.id == upload.id) & (Upload.state == UploadState.HELD)
    Upload.update(changed_at=clock.now()).where(still).execute()


def sweep(known: set[str]) -> int:
    """End the trail of uploads whose process died a day ago or more; how many. `known`: names that rows use."""
    old = Upload.changed_at < clock.now() - GRACE
    with transaction():
        ended = _end(old & Upload.state.in_(UNFINISHED), UploadState.REFUSED, reason=INTERRUPTED)
        kept = Upload.select().where(old & (Upload.state == UploadState.KEPT))
        for upload in [one for one in kept if one.name not in known]:
            ended += _end(Upload.id == upload.id, UploadState.DROPPED)
    return ended


def _received(document: BinaryIO, purpose: Purpose, sent_as: str, by: int | None) -> Upload:
    digest, size = sha256(), 0
    document.seek(0)
    while chunk := document.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    with transaction():
        return Upload.create(
            purpose=purpose, sha256=digest.hexdigest(), size=size, sent_as=sent_as[:200], sent_by=by
        )


def _inspected(upload: Upload, document: BinaryIO, inspect: Inspect) -> None:
    document.seek(0)
    try:
        inspect(document)
    except NotPossible as refusal:
        _refuse(upload, refusal.message, **refusal.facts)
    _move(upload, UploadState.INSPECTED)


def _scanned(upload: Upload, document: BinaryIO) -> bool:
    """Whether the file must be held."""
    verdict = virus.scan(document)
    if verdict == Verdict.INFECTED:
        _refuse(upload, INFECTED)
    if verdict == Verdict.SILENT:
        return True
    _move(upload, UploadState.SCANNED)
    return False


def _scan_kept(upload: Upload, storage: Storage) -> Verdict:
    try:
        with storage.open(upload.name) as document:
            return virus.scan(document)
    except Missing:  # nobody kept its row either: the sweep ends such a trail
        return Verdict.UNASKED


def _decide(upload: Upload, verdict: Verdict, storage: Storage) -> int:
    """What the late answer changes, with the rooms that hear of it in one transaction; 0 when another was faster."""
    still = (Upload.id == upload.id) & (Upload.state == UploadState.HELD)
    infected = verdict == Verdict.INFECTED
    with transaction():
        if infected:
            changed = _end(still, UploadState.REFUSED, reason=INFECTED)
        else:
            fine = {"state": UploadState.KEPT, "changed_at": clock.now()}
            changed = Upload.update(fine).where(still).execute()
        if changed and infected:
            rejected.tell(name=upload.name, reason=INFECTED)
            _note(upload, INFECTED)
        elif changed:
            released.tell(name=upload.name, by=upload.sent_by_id)
    if changed and infected:
        storage.discard(upload.name)
    return changed


def _refuse(upload: Upload, sentence: str, **facts: object) -> None:
    """Leave the fingerprint and the reason, and say it."""
    refusal = NotAccepted(sentence, **facts)
    with transaction():
        _end(Upload.id == upload.id, UploadState.REFUSED, reason=sentence)
        _note(upload, str(refusal))
    raise refusal


def _note(upload: Upload, sentence: str) -> None:
    audit.record(
        "upload:refused",
        subject=f"upload:{upload.id}",
        actor_id=upload.sent_by_id,
        detail=f"{upload.sha256} {sentence}",
    )


def _move(upload: Upload, state: UploadState, **facts: str) -> None:
    with transaction():
        changes = {"state": state, "changed_at": clock.now(), **facts}
        Upload.update(changes).where(Upload.id == upload.id).execute()


def _end(which: object, state: UploadState, *, reason: str = "") -> int:
    changes = {"state": state, "name": "", "reason": reason, "changed_at": clock.now()}
    return Upload.update(changes).where(which).execute()
