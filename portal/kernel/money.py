"""Money is an integer number of cents; there are no floats in this codebase."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NewType

from babel.core import Locale
from babel.numbers import format_currency

Cents = NewType("Cents", int)
#: 9 999 999,99 €: more than any school fee, and far from what a database column can hold.
LARGEST = Cents(9_999_999_99)
SPACE = "[ \u00a0\u202f\u2009]"
#: Whole euros in one run or in groups of three; cents, when written, are two figures.
AMOUNTS = tuple(
    re.compile(rf"([0-9]{{1,9}}|[0-9]{{1,3}}(?:{group}[0-9]{{3}}){{1,2}})(?:{point}([0-9]{{2}}))?")
    for group, point in ((SPACE, "[.,]"), (r"\.", ","), (",", r"\."))
)


def split_evenly(total: Cents, parts: int) -> list[Cents]:
    """Cut `total` into `parts` shares whose sum is `total`; early shares carry the odd cents."""
    if parts < 1 or total < 0:
        raise ValueError(f"cannot split {total} cents into {parts} parts")
    share, odd_cents = divmod(total, parts)
    return [Cents(share + (1 if n < odd_cents else 0)) for n in range(parts)]


def split_in_proportion(total: Cents, weights: Sequence[int]) -> list[Cents]:
    """Cut `total` in proportion to `weights`; the odd cents go to the largest remainders, first ones first."""
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError(f"cannot split {total} cents by {weights}")
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: (-(total * weights[n] % whole), n))
    for n in by_remainder[: total - sum(shares)]:
        shares[n] += 1
    return [Cents(share) for share in shares]


def percentage(amount: Cents, basis_points: int) -> Cents:
    """`basis_points` hundredths of a per cent of `amount`, half cents rounded up."""
    return Cents((amount * basis_points + 5_000) // 10_000)


@lru_cache(maxsize=4096)
def format_eur(amount: Cents, locale: Locale | str) -> str:
    """`1 234,50 €` for French eyes, `€1,234.50` for English ones; U+00A0 and U+2212, which the fonts have."""
    text = format_currency(Decimal(amount) / 100, "EUR", locale=locale)
    return text.replace("\u202f", "\u00a0").replace("-", "\u2212")


def parse_eur(text: str) -> Cents:
    """The cents of “6 000,00”, “6,000.00”, “6000” or “6.000,00 €”; zero or more.

    `ValueError` for everything else, and for what a French and an English reader would read
    differently: “1,500”, “1.500”. Cents are two figures, so “1,5” is refused instead of guessed.
    """
    bare = text.strip().removeprefix("€").removesuffix("€").strip()
    for amount in AMOUNTS:
        found = amount.fullmatch(bare)
        if found and not re.fullmatch(r"[0-9]{1,3}([.,][0-9]{3})+", bare):
            euros = int(re.sub(r"[^0-9]", "", found[1]))
            cents = Cents(euros * 100 + int(found[2] or 0))
            if cents <= LARGEST:
                return cents
    raise ValueError(f"not an amount in euros: {text[:40]!r}")
