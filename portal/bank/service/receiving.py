from contextlib import suppress
from typing import BinaryIO

from peewee import IntegrityError, PeeweeException

from portal import audit, uploads
from portal.bank.models import BankFile
from portal.infra import jobs
from portal.infra.files import Storage
from portal.kernel.db import after_commit, transaction


def receive(stream: BinaryIO, *, sent_as: str, key: str, by: int, storage: Storage) -> BankFile:
    """Keep the file and have it read in the background; the same `key` receives once."""
    if known := BankFile.get_or_none(BankFile.key == key):
        return known
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
            after_commit(lambda: jobs.later("bank.read", file.id))
            return file
    except PeeweeException as problem:
        with suppress(OSError):
            uploads.drop(taken, storage)
        if isinstance(problem, IntegrityError) and (
            known := BankFile.get_or_none(BankFile.key == key)
        ):
            return known
        raise
