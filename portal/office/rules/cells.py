"""What stands in a cell of an exported list: text stays text, an amount is exact, a day is a day."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from portal.kernel.money import Cents

#: What makes a spreadsheet calculate; U+2212 is the minus that people paste.
STARTERS = frozenset("=+-@\u2212")
#: Separators, controls and invisible signs, which spreadsheets skip before they look for a formula.
UNSEEN = ("Z", "C")


LOST = ("Cc", "Cs")


class Kind(StrEnum):
    TEXT = "text"
    EUROS = "euros"
    DAY = "day"
    NUMBER = "number"


class Column(NamedTuple):
    """`title` is a marked sentence; the values of a EUROS column are whole cents."""

    title: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Sheet:
    """A list to save: `title` names it, `rows` may be longer than memory and are read once."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]


def euros(cents: int) -> Decimal:
    """The exact amount in euros, with two decimals."""
    return Decimal(cents).scaleb(-2)


def plain_amount(cents: int) -> str:
    """“1375,00”: decimal comma, no groups, which a French spreadsheet reads as a number."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole},{rest:02}"


def readable(text: str) -> str:
    """`text` without what no file of cells can hold: controls but tab and line ends, halves of surrogate pairs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (sign for sign in lines if sign in "\t\n" or unicodedata.category(sign) not in LOST)
    return "".join(kept).translate({0xFFFE: None, 0xFFFF: None})


def safe_text(text: str) -> str:
    """`text`, after an apostrophe where a spreadsheet would calculate it: CSV cannot say that a cell is text.

    Full-width and small variants of the signs count as well, also behind spaces and invisible signs.
    """
    if text[:1] in ("\t", "\r", "\n"):
        return f"'{text}"
    first = next((sign for sign in text if unicodedata.category(sign)[0] not in UNSEEN), "")
    return f"'{text}" if unicodedata.normalize("NFKC", first)[:1] in STARTERS else text


def written(value: object, kind: Kind) -> str:
    """`value` as a CSV cell: amounts with a decimal comma, days as ISO 8601, text that stays text; None is empty."""
    if value is None:
        return ""
    if kind is Kind.EUROS:
        return plain_amount(Cents(_whole(value)))
    if kind is Kind.NUMBER:
        return str(_whole(value))
    if isinstance(value, date) and kind is Kind.DAY:
        return value.isoformat()
    return safe_text(readable(str(value)))


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"a whole number is needed, got {value!r}")
    return value
