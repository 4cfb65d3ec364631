"""One line, one verdict."""

from collections.abc import Iterable

from portal.bank.rules.book import Book
from portal.bank.rules.credits import judge_payment
from portal.bank.rules.returns import (
    judge_collection,
    judge_debit_returned,
    judge_executed,
    judge_order,
    judge_return,
    judge_reversal,
    judge_taken_again,
    words_of,
)
from portal.bank.rules.statement import Entry
from portal.bank.rules.verdict import How, Verdict, What, Why

#: The last part of a bank code when money comes back (ISO 20022 bank transaction codes).
RETURN_CODES = frozenset({"RRTN", "UPDD", "UPCT", "UPCQ", "PRDD", "RPCR"})
CHARGE_CODES = frozenset({"CHRG", "FEES", "COMM"})


def judge(entry: Entry, book: Book) -> Verdict:
    """What `entry` is. `book` notes it, so that the next line is compared with what this one left.

    `CERTAIN` only when the bank repeats a number that says so, or amount and known account do
    (domain guide, section 7); everything else waits for a person, with the likeliest readings first.
    """
    verdict = _judge_credit(entry, book) if entry.cents > 0 else _judge_debit(entry, book)
    book.note(entry, verdict)
    return verdict


def in_turn(entries: Iterable[Entry]) -> list[Entry]:
    """As things happened, whichever way round a file tells them: what comes back had gone before."""
    return sorted(entries, key=lambda one: (one.booked_on, one.reversal or comes_back(one)))


def numbers_in(entry: Entry) -> set[str]:
    """Numbers of ours that the line may be about: the one it repeats, or any word of it when money comes back."""
    told = {entry.end_to_end} if entry.end_to_end else set()
    if entry.cents > 0 and (entry.reversal or comes_back(entry)):
        told |= {word.upper() for word in words_of(entry)}
    return told


def comes_back(entry: Entry) -> bool:
    """Whether the bank says that this is money of an earlier payment on its way back."""
    return entry.returned or bool(entry.return_reason) or _last(entry.bank_code) in RETURN_CODES


def _last(bank_code: str) -> str:
    return bank_code.rpartition("/")[2]


def _judge_credit(entry: Entry, book: Book) -> Verdict:
    if entry.reversal or comes_back(entry) or book.sent(entry.end_to_end):
        return judge_return(entry, book, sure=comes_back(entry))
    if book.collected(entry.end_to_end):
        return judge_collection(entry, book)
    return judge_payment(entry, book)


def _judge_debit(entry: Entry, book: Book) -> Verdict:
    if book.collected(entry.end_to_end):
        return judge_debit_returned(entry, book, sure=comes_back(entry))
    if book.sent(entry.end_to_end):
        taken_again = entry.reversal or comes_back(entry)
        return judge_taken_again(entry, book) if taken_again else judge_executed(entry, book)
    if entry.reversal or comes_back(entry):
        return judge_reversal(entry, book)
    if ordered := judge_order(entry, book):
        return ordered
    charge = _last(entry.bank_code) in CHARGE_CODES
    why = Why.CHARGE if charge else Why.UNKNOWN
    return Verdict(How.OPEN, What.UNKNOWN, why, left_over=entry.cents)
