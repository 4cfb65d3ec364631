"""The books of a period, with the numbers that make them a whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from portal import fees, refunds
from portal.fees import BookFilter, BookMove, Control, Piece
from portal.office.rules import Posting, Side, entry_lines, first_line, fiscal_year_of

CHUNK = 500
REFUND = re.compile("refund:([0-9]{1,9})")


@dataclass(frozen=True)
class Books:
    """What a period holds; `first_number` is that of its first entry in the fiscal year."""

    control: Control
    first_number: int

    @property
    def last_number(self) -> int:
        return self.first_number + self.control.transactions - 1

    @property
    def balanced(self) -> bool:
        return self.control.debit == self.control.credit


def books_of(begins: date, ends: date, first_month: int) -> Books:
    """What the period holds; two queries."""
    return Books(fees.control_of(begins, ends), _first_number(begins, first_month))


def lines_of_books(begins: date, ends: date, first_month: int) -> Iterator[str]:
    """The lines of the file; two queries and three more for every 500 transactions.

    Numbers follow the order of posting through the fiscal year. Nothing is ever posted into a day
    that is over, so two exports of such days bear the same numbers.
    """
    moves = fees.book(BookFilter(begins=begins, ends=ends))
    postings = (_posting(move, piece) for move, piece in _with_refunds(fees.with_pieces(moves)))
    yield first_line()
    yield from entry_lines(postings, first_number=_first_number(begins, first_month))


def _with_refunds(
    moves: Iterator[tuple[BookMove, Piece]],
) -> Iterator[tuple[BookMove, Piece]]:
    """What moved a refund is proved by its number, which letters and transfers bear too."""
    while some := list(islice(moves, CHUNK)):
        refund_of = {
            move.source: int(found[1]) for move, _ in some if (found := REFUND.match(move.source))
        }
        numbers = refunds.numbers_of(set(refund_of.values()))
        for move, piece in some:
            number = numbers.get(refund_of.get(move.source, 0))
            yield (
                move,
                piece._replace(name=number) if number and piece.name == move.source else piece,
            )


def _first_number(begins: date, first_month: int) -> int:
    return 1 + fees.posted_between(fiscal_year_of(begins, first_month).begins, begins)


def _posting(move: BookMove, piece: Piece) -> Posting:
    sides = [
        Side(side.account, side.cents, side.payer, side.payer_reference, side.company)
        for side in move.sides
    ]
    return Posting(move.source, move.on, *piece, move.student, move.student_number, sides)
