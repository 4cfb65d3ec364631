"""What a contract form says is read once, behind the request that brought it, and kept beside it."""

import json
from contextlib import suppress
from functools import lru_cache

from peewee import JOIN, IntegrityError

from portal import paperwork
from portal.contracts.models import ContractDocument, ContractReading
from portal.contracts.rules import DocumentKind
from portal.infra import jobs
from portal.infra.files import storage
from portal.kernel.db import after_commit, transaction
from portal.kernel.errors import Missing, NotPossible, TooMany

MOST_AT_ONCE = 500
#: A picture has some hundred kilobytes; they are kept in memory only, and only the last ones.
PICTURES_KEPT = 16


def read_later(document: ContractDocument) -> None:
    """Have the form read once its row is on disk; other papers have nothing to read."""
    if document.kind == DocumentKind.CERFA:
        after_commit(lambda: jobs.later("contracts.read-form", document.id))


def read_form(document_id: int) -> None:
    """Read the form and keep what it says; a second time changes nothing. `TooMany` when the machine is busy.

    Its bytes never change, so what was read stands for ever.
    """
    document = ContractDocument.get_or_none(ContractDocument.id == document_id)
    if document is None or _read(document_id):
        return
    try:
        with storage().open(document.name) as stream:
            reading = paperwork.read_form(stream)
    except Missing:  # swept away in the meantime
        return
    with suppress(IntegrityError), transaction():
        ContractReading.create(
            document=document_id,
            facts=json.dumps(dict(reading.values), ensure_ascii=False),
            remarks=json.dumps(reading.remarks),
            problem=reading.problem,
        )


def picture(document: ContractDocument) -> bytes:
    """The first page of a paper as PNG, what nobody may know covered. `NotPossible` when it cannot be drawn."""
    shown = _picture(document.name, document.kind == DocumentKind.CERFA)
    if shown is None:
        raise NotPossible("This page cannot be shown as a picture. Save the paper to read it.")
    return shown


@lru_cache(maxsize=PICTURES_KEPT)
def _picture(name: str, is_form: bool) -> bytes | None:
    """A stored name never stands for other bytes. What cannot be drawn is not tried again and again."""
    with storage().open(name) as stream:
        try:
            return paperwork.preview(stream, is_form=is_form)
        except paperwork.Unshowable:
            return None


def read_forms() -> int:
    """Read the newest forms that nobody has read yet; how many."""
    unread = (
        ContractDocument.select(ContractDocument.id)
        .join(ContractReading, JOIN.LEFT_OUTER)
        .where((ContractDocument.kind == DocumentKind.CERFA) & ContractReading.id.is_null())
        .order_by(ContractDocument.id.desc())
        .limit(MOST_AT_ONCE)
    )
    waiting = [document.id for document in unread]
    with suppress(TooMany):
        for document_id in waiting:
            read_form(document_id)
    return len(waiting)


def _read(document_id: int) -> bool:
    return ContractReading.select().where(ContractReading.document == document_id).exists()
