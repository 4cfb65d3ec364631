"""Reading a bank's camt file without trusting it: plain values come out, or one sentence why not."""

from portal.bank.reading.reader import MOST_ENTRIES, read
from portal.bank.reading.refusals import Unreadable
from portal.bank.rules import Doubt, Entry, Kind, Message, Statement

__all__ = [
    "MOST_ENTRIES",
    "Doubt",
    "Entry",
    "Kind",
    "Message",
    "Statement",
    "Unreadable",
    "read",
]
