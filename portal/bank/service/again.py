"""Debits with which the bank takes a payment back wait for it: it may be booked later, booked anew or taken back by another."""

from portal.bank import queries
from portal.bank.models import BankLine
from portal.bank.rules import WAITING, in_turn, judge
from portal.bank.service.deciding import STATES


def look_again() -> None:
    """Judge those anew that wait for a person; one query when there are none. An old screen decides nothing."""
    lines = {line.identity: line for line in queries.waiting_reversals()}
    entries = in_turn(queries.entry_of(line) for line in lines.values())
    known = queries.book_for(entries)
    for entry in entries:
        verdict, line = judge(entry, known), lines[entry.identity]
        now = (STATES[verdict.how], verdict.what, verdict.why, queries.readings_json(verdict))
        if now == (line.state, line.what, line.why, line.readings):
            continue
        state, what, why, readings = now
        (
            BankLine.update(
                state=state, what=what, why=why, readings=readings, version=BankLine.version + 1
            )
            .where((BankLine.id == line.id) & BankLine.state.in_(WAITING))
            .execute()
        )
