"""What a line of a statement is, and whose money it moved: plain decisions."""

from portal.bank.rules.statement import WARNINGS, Doubt, Entry, Kind, Message, Statement

__all__ = ["WARNINGS", "Doubt", "Entry", "Kind", "Message", "Statement"]
