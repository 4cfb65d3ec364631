"""A file becomes lines: read outside, then written and booked in one transaction, whole or not at all."""

import json
from datetime import timedelta
from typing import Any

import structlog

from portal import audit, fees, uploads
from portal.bank import queries, reading
from portal.bank.models import BankFile, BankLine
from portal.bank.rules import Entry, FileState, How, Message, Verdict, in_turn, judge
from portal.bank.service.again import look_again
from portal.bank.service.booking import book_all, hold_all
from portal.bank.service.deciding import STATES
from portal.bank.service.finishing import fail, finish, refuse
from portal.bank.service.telling import news
from portal.infra.files import Storage
from portal.kernel import clock
from portal.kernel.db import insert_all, transaction
from portal.kernel.errors import Missing
from portal.kernel.i18n import mark
from portal.kernel.sequence import next_number
from portal.kernel.vault import vault

LOST = mark("The file was gone before it was read. Send it again.")
#: After that long, a reader is thought dead and another one takes the file.
PATIENCE = timedelta(minutes=10)

log = structlog.get_logger("portal.bank")


def read_waiting(storage: Storage) -> None:
    """Read what waits, also what another process began and did not finish."""
    given_up = (BankFile.state == FileState.READING) & (
        BankFile.claimed_at < clock.now() - PATIENCE
    )
    for file in BankFile.select().where((BankFile.state == FileState.WAITING) | given_up):
        read_file(file.id, storage)


def read_file(file_id: int, storage: Storage) -> None:
    """Import one file: finished, or refused with the line and the reason; then nothing of it is kept.

    Running it twice, or in two processes, imports once. An error of ours is tried again, a few times.
    """
    if not _claim(file_id):
        return
    stored = str(BankFile.find(file_id).stored)
    try:
        _read(file_id, stored, storage)
    except Exception:  # whatever one file does, it ends, and keeps no other one waiting
        log.exception("a bank file could not be read", file=file_id)
        fail(file_id, stored, storage)


def _read(file_id: int, stored: str, storage: Storage) -> None:
    try:
        with storage.open(stored) as stream:
            message = reading.read(
                stream,
                account_ibans=queries.own_accounts(),
                progress=lambda lines: _progress(file_id, lines),
            )
    except reading.Unreadable as problem:
        refuse(file_id, problem.message, problem.facts)
        storage.discard(stored)
        return
    except Missing:
        refuse(file_id, LOST, {})
        return
    _import(file_id, message)
    storage.discard(stored)


def _claim(file_id: int) -> bool:
    """Whether this process reads the file now: nobody else does, and no virus check is awaited."""
    now = clock.now()
    if uploads.held_among([name for name in (BankFile.find(file_id).stored,) if name]):
        return False
    free = (BankFile.state == FileState.WAITING) | (BankFile.claimed_at < now - PATIENCE)
    open_ones = BankFile.state.in_((FileState.WAITING, FileState.READING))
    return bool(
        BankFile.update(state=FileState.READING, claimed_at=now)
        .where((BankFile.id == file_id) & open_ones & free)
        .execute()
    )


def _progress(file_id: int, lines: int) -> None:
    BankFile.update(progress=lines).where(BankFile.id == file_id).execute()


def _import(file_id: int, message: Message) -> None:
    with transaction():
        # One import at a time: two files may tell the same lines.
        next_number("bank-import")
        file = BankFile.hold(file_id)
        if file.state != FileState.READING:
            return
        new, untold = news(message.entries, copy=queries.imported_before(file))
        fresh = in_turn(new)
        known = queries.book_for(fresh)
        verdicts = [judge(entry, known) for entry in fresh]
        hold_all(verdicts)
        _write_lines(file_id, fresh, verdicts)
        _book_certain(file, fresh, verdicts)
        _name_payments(fresh, verdicts)
        _learn_accounts(file_id)
        look_again()
        doubts = [doubt for statement in message.statements for doubt in statement.warnings]
        finish(
            file,
            state=FileState.DONE,
            kind=message.kind,
            lines=len(message.entries),
            progress=len(message.entries),
            new_lines=len(fresh),
            announced=sum(statement.unbooked for statement in message.statements),
            doubts=json.dumps(sorted({*doubts, *untold})),
            stored=None,
        )
        audit.record(
            "bank:imported",
            subject=f"bank-file:{file_id}",
            actor_id=file.sent_by_id,
            detail=f"{len(fresh)} new of {len(message.entries)}",
        )


def _write_lines(file_id: int, entries: list[Entry], verdicts: list[Verdict]) -> None:
    rows = [_row(file_id, *pair) for pair in zip(entries, verdicts, strict=True)]
    insert_all(BankLine, rows)


def _row(file_id: int, entry: Entry, verdict: Verdict) -> dict[str, Any]:
    return {
        "file": file_id,
        "identity": entry.identity,
        "booking": entry.booking,
        "number": entry.number,
        "booked_on": entry.booked_on,
        "valued_on": entry.valued_on if entry.valued_on != entry.booked_on else None,
        "amount_cents": entry.cents,
        "name": entry.name or entry.on_behalf_of,
        "iban": entry.iban,
        "iban_fingerprint": vault().fingerprint(entry.iban) if entry.iban else "",
        "end_to_end": entry.end_to_end,
        "remittance": "\n".join([entry.remittance, *entry.references]).strip(),
        "bank_code": entry.bank_code,
        "return_reason": entry.return_reason,
        "additional": "\n".join(filter(None, (entry.of_booking, entry.additional))),
        "state": STATES[verdict.how],
        "what": verdict.what,
        "why": verdict.why,
        "readings": queries.readings_json(verdict),
    }


def _book_certain(file: BankFile, entries: list[Entry], verdicts: list[Verdict]) -> None:
    certain = {
        entry.identity: verdict
        for entry, verdict in zip(entries, verdicts, strict=True)
        if verdict.how == How.CERTAIN
    }
    lines = queries.lines_by_identity(list(certain))
    book_all([(line, certain[line.identity]) for line in lines], by=file.sent_by_id)


def _name_payments(entries: list[Entry], verdicts: list[Verdict]) -> None:
    """A booking and what takes it back may stand in one file: now that it is booked, say which it was."""
    taken = {
        entry.identity: verdict
        for entry, verdict in zip(entries, verdicts, strict=True)
        if any(one.payment and one.payment.id is None for one in verdict.suggestions)
    }
    booked = queries.payments_of(
        [
            one.payment.identity
            for verdict in taken.values()
            for one in verdict.suggestions
            if one.payment
        ]
    )
    for identity, verdict in taken.items():
        readings = queries.readings_json(verdict, booked)
        BankLine.update(readings=readings).where(BankLine.identity == identity).execute()


def _learn_accounts(file_id: int) -> None:
    for payer_id, iban, holder in queries.accounts_to_learn(file_id):
        fees.learn_account(payer_id, iban=iban, holder=holder)
