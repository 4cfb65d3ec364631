"""What a line of a statement is, and whose money it moved: plain decisions."""

from portal.bank.rules.book import Book, Collected, KnownPayer, Sent, SentState
from portal.bank.rules.judging import judge
from portal.bank.rules.statement import DOUBTS, Doubt, Entry, Kind, Message, Statement
from portal.bank.rules.verdict import (
    HOW_LABELS,
    REASONS_WHY,
    WHAT_LABELS,
    How,
    Part,
    PayerId,
    Payment,
    Suggestion,
    Verdict,
    What,
    Why,
)

__all__ = [
    "DOUBTS",
    "HOW_LABELS",
    "REASONS_WHY",
    "WHAT_LABELS",
    "Book",
    "Collected",
    "Doubt",
    "Entry",
    "How",
    "Kind",
    "KnownPayer",
    "Message",
    "Part",
    "PayerId",
    "Payment",
    "Sent",
    "SentState",
    "Statement",
    "Suggestion",
    "Verdict",
    "What",
    "Why",
    "judge",
]
