"""Money is an integer number of cents; there are no floats in this codebase."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NewType

from babel.core import Locale
from babel.numbers import format_currency

Cents = NewType("Cents", int)


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


def format_eur(amount: Cents, locale: Locale | str) -> str:
    """`1 234,50 €` for French eyes, `€1,234.50` for English ones; U+00A0 and U+2212, which the fonts have."""
    text = format_currency(Decimal(amount) / 100, "EUR", locale=locale)
    return text.replace("\u202f", "\u00a0").replace("-", "\u2212")
