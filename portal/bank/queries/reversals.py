"""Debits with which the bank takes a payment back, and which nobody could tell yet."""

from portal.bank.models import BankLine
from portal.bank.rules import Entry
from portal.kernel.money import Cents


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
