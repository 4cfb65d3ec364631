"""What a line of a statement is, and whose money it moved: plain decisions."""

from portal.bank.rules.book import Book, Collected, KnownPayer, Sent, SentState
from portal.bank.rules.judging import judge
from portal.bank.rules.life import (
    FILE_LABELS,
    LINE_LABELS,
    TABS,
    WAITING,
    FileState,
    LineState,
    check_parts,
    check_waits,
)
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
    "FILE_LABELS",
    "HOW_LABELS",
    "LINE_LABELS",
    "REASONS_WHY",
    "TABS",
    "WAITING",
    "WHAT_LABELS",
    "Book",
    "Collected",
    "Doubt",
    "Entry",
    "FileState",
    "How",
    "Kind",
    "KnownPayer",
    "LineState",
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
    "check_parts",
    "check_waits",
    "judge",
]
