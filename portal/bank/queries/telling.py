"""What earlier files told, to know what is told again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.bank.models import BankFile, BankLine
from portal.bank.rules import Entry, FileState, Told, retold
from portal.kernel.db import chunks
from portal.kernel.vault import vault


def known_lines(identities: Sequence[str]) -> dict[str, Told]:
    """Which of these movements an earlier file told, and of whom."""
    found: dict[str, Told] = {}
    for some in chunks(identities):
        rows: Any = BankLine.select(
            BankLine.identity,
            BankLine.iban_fingerprint,
            BankLine.end_to_end,
            BankLine.name,
            BankLine.remittance,
        ).where(BankLine.identity.in_(some))
        for identity, account, number, name, text in rows.tuples():
            found[identity] = Told(account, number, name, text)
    return found


def told_by(entry: Entry) -> Told:
    """Of whom a line speaks, as `known_lines` has it."""
    account = vault().fingerprint(entry.iban) if entry.iban else ""
    text = "\n".join((entry.remittance, *entry.references))
    return Told(account, entry.end_to_end, entry.name or entry.on_behalf_of, text)


def retold_among(entries: Sequence[Entry]) -> frozenset[str]:
    """Those, by identity, whose number and amount an earlier file told for another day nearby."""
    numbers = {entry.number for entry in entries if entry.number and entry.cents > 0}
    before: dict[str, list[tuple[date, Told]]] = defaultdict(list)
    for some in chunks(sorted(numbers)):
        rows: Any = BankLine.select(
            BankLine.number,
            BankLine.booked_on,
            BankLine.iban_fingerprint,
            BankLine.end_to_end,
            BankLine.name,
            BankLine.remittance,
        ).where(BankLine.number.in_(some))
        for number, day, *facts in rows.tuples():
            before[number].append((day, Told(*facts)))
    return frozenset(
        entry.identity
        for entry in entries
        if entry.number in before and retold(entry, before[entry.number], told_by(entry))
    )


def imported_before(file: BankFile) -> bool:
    """Whether another file with these very bytes was imported."""
    same = (BankFile.sha256 == file.sha256) & (BankFile.id != file.id)
    return BankFile.select().where(same & (BankFile.state == FileState.DONE)).exists()
