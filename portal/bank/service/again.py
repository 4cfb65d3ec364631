"""Debits with which the bank takes a payment back wait for it: it may be booked later, or booked anew."""

from portal.bank import queries
from portal.bank.models import BankLine
from portal.bank.rules import WAITING, in_turn, judge
from portal.bank.service.deciding import STATES


def look_again() -> None:
    """Judge those anew that no living payment answers to; one query when there are none."""
    lines = {line.identity: line for line in queries.reversals_without_payment()}
    entries = in_turn(queries.entry_of(line) for line in lines.values())
    known = queries.book_for(entries)
    for entry in entries:
        verdict, line = judge(entry, known), lines[entry.identity]
        (
            BankLine.update(
                state=STATES[verdict.how],
                what=verdict.what,
                why=verdict.why,
                readings=queries.readings_json(verdict),
            )
            .where((BankLine.id == line.id) & BankLine.state.in_(WAITING))
            .execute()
        )
