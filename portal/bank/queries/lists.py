"""The lists of the bank page."""

import json
from typing import Any

from peewee import fn

from portal import fees, uploads
from portal.bank.models import BankFile, BankLine
from portal.bank.queries.rows import LineRow, rows_of
from portal.bank.rules import DOUBTS, TABS, WAITING, FileState
from portal.identity import Person
from portal.kernel.errors import Missing
from portal.kernel.text import fold

PER_PAGE = 50
MOST_FOUND = 8


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
    return rows_of(found[:PER_PAGE]), len(found) > PER_PAGE


def line_row(line_id: int) -> LineRow:
    """One line, fresh, or `Missing`."""
    return rows_of([BankLine.find(line_id)])[0]


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
    """Files newest first; two queries."""
    found = list(
        BankFile.select(BankFile, Person)
        .join(Person)
        .order_by(BankFile.id.desc())
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )
    return _with_words(found[:PER_PAGE]), len(found) > PER_PAGE


def one_file(file_id: int) -> BankFile:
    """One file with what became of it, or `Missing`; two queries."""
    file = BankFile.select(BankFile, Person).join(Person).where(BankFile.id == file_id).first()
    if file is None:
        raise Missing("There is no such file.")
    return _with_words([file])[0]


def payers_matching(search: str) -> list[fees.Brief]:
    """Payers whose name, student or reference holds every word, at most eight."""
    return fees.payers_matching(search, MOST_FOUND) if search.strip() else []


def stored_names() -> set[str]:
    """Files in storage that are still to be read."""
    waiting = BankFile.select(BankFile.stored).where(BankFile.stored.is_null(False))
    return {str(file.stored) for file in waiting}


def _with_words(files: list[BankFile]) -> list[BankFile]:
    stored = [str(file.stored) for file in files if file.state == FileState.WAITING]
    held = uploads.held_among(stored)
    for file in files:
        file.problem_facts = json.loads(file.facts)
        file.doubt_sentences = [DOUBTS[doubt] for doubt in json.loads(file.doubts)]
        file.held = file.stored in held
        file.running = file.state in (FileState.WAITING, FileState.READING) and not file.held
    return files
