"""The lists of the bank page."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from peewee import fn

from portal import fees
from portal.bank.models import Allocation, BankFile, BankLine
from portal.bank.queries.readings import Reading, may_undo, readings_of
from portal.bank.rules import DOUBTS, TABS, WAITING, FileState
from portal.identity import Person
from portal.kernel.errors import Missing
from portal.kernel.money import Cents
from portal.kernel.text import fold

PER_PAGE = 50
MOST_FOUND = 8


@dataclass(frozen=True)
class LineRow:
    """One line as the list shows it, with its likeliest readings in words and amounts."""

    id: int
    version: int
    state: str
    what: str
    why: str
    booked_on: date
    cents: Cents
    name: str
    account: str
    remittance: str
    additional: str
    return_reason: str
    reason: str
    automatic: bool
    decided_by: str
    decided_at: datetime | None
    can_undo: bool
    readings: list[tuple[Reading, list[tuple[fees.Brief, Cents]]]] = field(default_factory=list)
    parts: list[tuple[fees.Brief, Cents]] = field(default_factory=list)

    @property
    def first(self) -> tuple[Reading, list[tuple[fees.Brief, Cents]]] | None:
        return self.readings[0] if self.readings else None


def lines(tab: str, *, search: str = "", page: int = 1) -> tuple[list[LineRow], bool]:
    """One page of a list, oldest first what waits, newest first what is done; three queries."""
    wanted = BankLine.state.in_(TABS[tab])
    if search:
        folded = fold(search)
        wanted &= (
            BankLine.name.contains(search)
            | fn.LOWER(BankLine.name).contains(folded)
            | BankLine.remittance.contains(search)
            | fn.LOWER(BankLine.remittance).contains(folded)
        )
    order = BankLine.id.asc() if TABS[tab] == WAITING else BankLine.id.desc()
    found = list(
        BankLine.select()
        .where(wanted)
        .order_by(order)
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )
    return _rows(found[:PER_PAGE]), len(found) > PER_PAGE


def line_row(line_id: int) -> LineRow:
    """One line, fresh, or `Missing`."""
    return _rows([BankLine.find(line_id)])[0]


def counts() -> dict[str, tuple[int, int]]:
    """Lines and cents of each list; one query."""
    rows: Any = (
        BankLine.select(BankLine.state, fn.COUNT(BankLine.id), fn.SUM(BankLine.amount_cents))
        .group_by(BankLine.state)
        .tuples()
    )
    by_state = {state: (int(count), int(cents)) for state, count, cents in rows}
    return {
        tab: (
            sum(by_state.get(state, (0, 0))[0] for state in states),
            sum(by_state.get(state, (0, 0))[1] for state in states),
        )
        for tab, states in TABS.items()
    }


def open_count() -> int:
    """How many lines wait for a person; one query."""
    return BankLine.select().where(BankLine.state.in_(WAITING)).count()


def files(page: int = 1) -> tuple[list[BankFile], bool]:
    """Files newest first; one query."""
    found = list(
        BankFile.select(BankFile, Person)
        .join(Person)
        .order_by(BankFile.id.desc())
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )
    return [_with_words(file) for file in found[:PER_PAGE]], len(found) > PER_PAGE


def one_file(file_id: int) -> BankFile:
    """One file with what became of it, or `Missing`; one query."""
    file = BankFile.select(BankFile, Person).join(Person).where(BankFile.id == file_id).first()
    if file is None:
        raise Missing("There is no such file.")
    return _with_words(file)


def payers_matching(search: str) -> list[fees.Brief]:
    """Payers whose name, student or reference holds every word, at most eight."""
    return fees.payers_matching(search, MOST_FOUND) if search.strip() else []


def stored_names() -> set[str]:
    """Files in storage that are still to be read."""
    waiting = BankFile.select(BankFile.stored).where(BankFile.stored.is_null(False))
    return {str(file.stored) for file in waiting}


def _with_words(file: BankFile) -> BankFile:
    file.problem_facts = json.loads(file.facts)
    file.doubt_sentences = [DOUBTS[doubt] for doubt in json.loads(file.doubts)]
    file.running = file.state in (FileState.WAITING, FileState.READING)
    return file


def _rows(found: list[BankLine]) -> list[LineRow]:
    readings = {line.id: readings_of(line) for line in found}
    parts = _parts([line.id for line in found])
    people = {payer_id for some in readings.values() for one in some for payer_id in one.parts}
    people |= {payer_id for some in parts.values() for payer_id, _ in some}
    briefs = fees.briefs(people)
    names = _names([line.decided_by_id for line in found])
    return [_row(line, readings[line.id], parts[line.id], briefs, names) for line in found]


def _row(
    line: Any,
    readings: list[Reading],
    parts: list[tuple[int, Cents]],
    briefs: dict[int, fees.Brief],
    names: dict[int, str],
) -> LineRow:
    return LineRow(
        id=line.id,
        version=line.version,
        state=line.state,
        what=line.what,
        why=line.why,
        booked_on=line.booked_on,
        cents=line.amount_cents,
        name=line.name,
        account=fees.masked(line.iban),
        remittance=line.remittance,
        additional=line.additional,
        return_reason=line.return_reason,
        reason=line.reason,
        automatic=bool(line.automatic),
        decided_by=names.get(line.decided_by_id, ""),
        decided_at=line.decided_at,
        can_undo=may_undo(line),
        readings=[
            (one, [(briefs[payer_id], cents) for payer_id, cents in one.parts.items()])
            for one in readings
        ],
        parts=[(briefs[payer_id], cents) for payer_id, cents in parts],
    )


def _parts(line_ids: list[int]) -> dict[int, list[tuple[int, Cents]]]:
    found: dict[int, list[tuple[int, Cents]]] = defaultdict(list)
    rows: Any = (
        Allocation.select(Allocation.line, Allocation.payer, Allocation.amount_cents)
        .where(Allocation.line.in_(line_ids) & Allocation.undone_at.is_null())
        .order_by(Allocation.id)
        .tuples()
    )
    for line_id, payer_id, cents in rows:
        found[line_id].append((payer_id, cents))
    return found


def _names(person_ids: list[int | None]) -> dict[int, str]:
    wanted = {key for key in person_ids if key}
    if not wanted:
        return {}
    return {person.id: person.name for person in Person.select().where(Person.id.in_(wanted))}
