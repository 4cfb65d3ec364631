"""A file of the bank comes in; one that the virus check is silent about is kept aside until it answers."""

from contextlib import suppress
from hashlib import sha256
from typing import BinaryIO

from peewee import IntegrityError, PeeweeException

from portal import audit, notifications, uploads
from portal.bank.models import BankFile
from portal.bank.rules import FileState
from portal.bank.service.finishing import finish
from portal.infra import jobs
from portal.infra.files import Storage
from portal.kernel.db import after_commit, perhaps_any, transaction
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import Sentence, mark

CHUNK = 64 * 1024


def receive(stream: BinaryIO, *, sent_as: str, key: str, by: int, storage: Storage) -> BankFile:
    """Keep the file and have it read in the background; the same `key` receives once.

    While the virus check does not answer the file is held: nobody reads it before `read_released`.
    """
    if known := BankFile.get_or_none(BankFile.key == key):
        return _same(known, _digest_of(stream))
    taken = uploads.take(
        stream,
        purpose=uploads.Purpose.BANK,
        sent_as=sent_as,
        by=by,
        storage=storage,
        inspect=uploads.trust,
    )
    kept = taken.kept
    try:
        with transaction():
            file = BankFile.create(
                sent_as=sent_as,
                stored=kept.name,
                sha256=kept.sha256,
                size=kept.size,
                key=key,
                sent_by=by,
            )
            audit.record(
                "bank:received", subject=f"bank-file:{file.id}", actor_id=by, detail=kept.sha256
            )
            if not taken.held:
                after_commit(lambda: jobs.later("bank.read", file.id))
            return file
    except PeeweeException as problem:
        if not perhaps_any(BankFile.select().where(BankFile.stored == kept.name)):
            with suppress(OSError):
                uploads.drop(taken, storage)
        if isinstance(problem, IntegrityError) and (
            known := BankFile.get_or_none(BankFile.key == key)
        ):
            return _same(known, kept.sha256)
        raise


def _digest_of(stream: BinaryIO) -> str:
    digest = sha256()
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _same(known: BankFile, digest: str) -> BankFile:
    if known.sha256 != digest:
        raise NotPossible(
            "This click already sent the file “%(name)s”. Choose the file again.",
            name=known.sent_as,
        )
    return known


def read_released(*, name: str, by: int | None) -> None:
    """The virus check found nothing in a file that was held: it is read now."""
    if file := BankFile.get_or_none(BankFile.stored == name):
        audit.record("bank:released", subject=f"bank-file:{file.id}", actor_id=by)
        after_commit(lambda: jobs.later("bank.read", file.id))


def refuse_infected(*, name: str, reason: str) -> None:
    """The virus check found something in a file that was held: nothing of it is read, and its sender learns why."""
    file = BankFile.get_or_none(BankFile.stored == name)
    if file is None:
        return
    finish(file, state=FileState.REFUSED, problem=reason, stored=None)
    audit.record("bank:refused", subject=f"bank-file:{file.id}", actor_id=None, detail=reason)
    notifications.write_to(
        file.sent_by,
        mark("A file of the bank was refused"),
        mark("%(why)s It was “%(file)s”.\n\n%(link)s"),
        why=Sentence(reason),
        file=file.sent_as,
        link=notifications.link(f"/staff/bank/files/{file.id}"),
    )
