"""Debits with which the bank takes a payment back wait for it: it may be booked later, booked anew or taken back by another."""

from portal.bank import queries
from portal.bank.models import BankLine
from portal.bank.rules import WAITING, What, Why, in_turn, judge
from portal.bank.service.deciding import STATES


def look_again() -> None:
    """Judge those anew that wait for a person; one query when there are none. An old screen decides nothing."""
    lines = {line.identity: line for line in _held()}
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
            .where(BankLine.id == line.id)
            .execute()
        )


def _held() -> list[BankLine]:
    """Those that wait for a person, held, but for those that somebody decides on at this moment."""
    told = (BankLine.what == What.REVERSAL) | (BankLine.why == Why.UNKNOWN_RETURN)
    return BankLine.hold_free(BankLine.state.in_(WAITING) & (BankLine.amount_cents < 0) & told)
