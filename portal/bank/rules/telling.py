"""Whether two tellings are of one movement."""

from collections.abc import Iterable
from datetime import date
from hashlib import blake2b
from typing import NamedTuple

from portal.bank.rules.statement import FEW_DAYS, Entry
from portal.bank.rules.texts import WORD
from portal.kernel.text import fold

BETWEEN = "\x1f"  # XML cannot hold it, so no text can pretend to be two


class Told(NamedTuple):
    """Who and what a line names: the account by its fingerprint, the payer's own number, the words."""

    account: str
    end_to_end: str
    words: str = ""


def contradicts(one: Told, other: Told) -> bool:
    """Whether both name an account, or a number of the payer, and not the same."""
    return any(a and b and a != b for a, b in zip(one[:2], other[:2], strict=True))


def speaks_of_others(one: Told, other: Told) -> bool:
    """Whether accounts or numbers contradict each other, or no word of what both say is the same."""
    mine, theirs = (set(WORD.findall(fold(told.words))) for told in (one, other))
    return contradicts(one, other) or (bool(mine and theirs) and not mine & theirs)


def retold(entry: Entry, before: Iterable[tuple[date, Told]], now: Told) -> bool:
    """Whether the bank told this number and amount for another day nearby, and of nobody else."""
    days = {(entry.booked_on - day).days for day, told in before if not contradicts(told, now)}
    return any(apart in FEW_DAYS for apart in days)


def digest(*facts: str) -> str:
    """32 hex digits that stand for `facts`."""
    return blake2b(BETWEEN.join(facts).encode(), digest_size=16).hexdigest()
