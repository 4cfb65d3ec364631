"""Debits with which the bank takes a payment back, and which nobody could tell yet."""

from portal.bank.models import BankLine
from portal.bank.rules import WAITING, Entry, What, Why
from portal.kernel.money import Cents


def waiting_reversals() -> list[BankLine]:
    """Those that wait for a person; one query."""
    told = (BankLine.what == What.REVERSAL) | (BankLine.why == Why.UNKNOWN_RETURN)
    waiting = BankLine.state.in_(WAITING) & (BankLine.amount_cents < 0) & told
    return list(BankLine.select().where(waiting))


def entry_of(line: BankLine) -> Entry:
    """A line that takes money back, as it was read: what is left out here does not matter for that."""
    return Entry(
        identity=line.identity,
        booked_on=line.booked_on,
        valued_on=line.booked_on,
        cents=Cents(line.amount_cents),
        name=line.name,
        iban=line.iban,
        end_to_end=line.end_to_end,
        remittance=line.remittance,
        bank_code=line.bank_code,
        return_reason=line.return_reason,
        reversal=True,
        additional=line.additional,
        booking=line.booking,
    )
