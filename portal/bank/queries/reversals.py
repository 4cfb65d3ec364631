"""Debits with which the bank takes a payment back, and which nobody could tell yet."""

from portal import fees
from portal.bank.models import BankLine
from portal.bank.queries.readings import readings_of
from portal.bank.rules import WAITING, Entry, What, Why
from portal.kernel.money import Cents


def reversals_without_payment() -> list[BankLine]:
    """Those that wait, and of which no reading leads to a payment that still counts; two queries, or one."""
    told = (BankLine.what == What.REVERSAL) | (BankLine.why == Why.UNKNOWN_RETURN)
    waiting = BankLine.state.in_(WAITING) & (BankLine.amount_cents < 0) & told
    meant = {line: _payments(line) for line in BankLine.select().where(waiting)}
    known = fees.paid_before({key for keys in meant.values() for key in keys})
    living = {key for key, one in known.items() if not one.reversed}
    return [line for line, keys in meant.items() if not keys & living]


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


def _payments(line: BankLine) -> set[int]:
    return {one.payment_id for one in readings_of(line) if one.payment_id is not None}
