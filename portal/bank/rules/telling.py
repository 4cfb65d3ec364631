"""Whether two tellings are of one movement."""

from collections.abc import Iterable
from datetime import date
from hashlib import blake2b
from typing import NamedTuple

from portal.bank.rules.references import references_in
from portal.bank.rules.statement import FEW_DAYS, Entry
from portal.bank.rules.texts import WORD, name_words
from portal.kernel.text import fold

BETWEEN = "\x1f"  # XML cannot hold it, so no text can pretend to be two


class Told(NamedTuple):
    """Who and what a line names: the account by its fingerprint, the payer's own number, the name, the text."""

    account: str
    end_to_end: str
    name: str
    text: str


def contradicts(one: Told, other: Told) -> bool:
    """Whether both name an account, a number of the payer or creditor references, and not the same."""
    differ = any(a and b and a != b for a, b in zip(one[:2], other[:2], strict=True))
    return differ or _apart(references_in(one.text), references_in(other.text))


def speaks_of_others(one: Told, other: Told) -> bool:
    """Whether accounts or numbers contradict each other, or no word of both names, or of all, is the same."""
    words = (_words(f"{told.name} {told.text}") for told in (one, other))
    names = _apart(name_words(one.name), name_words(other.name))
    return contradicts(one, other) or names or _apart(*words)


def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(fold(text)))


def _apart(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and not one & other


def retold(entry: Entry, before: Iterable[tuple[date, Told]], now: Told) -> bool:
    """Whether the bank told this number and amount for another day nearby, and of nobody else."""
    days = {(entry.booked_on - day).days for day, told in before if not contradicts(told, now)}
    return any(apart in FEW_DAYS for apart in days)


def digest(*facts: str) -> str:
    """32 hex digits that stand for `facts`."""
    return blake2b(BETWEEN.join(facts).encode(), digest_size=16).hexdigest()
