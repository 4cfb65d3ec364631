"""Amounts as people type them. French and English readers must never mean different sums."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.money import LARGEST, Cents, format_eur, parse_eur


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("6000", 6_000_00),
        ("6 000,00", 6_000_00),
        ("6\u00a0000,00\u00a0€", 6_000_00),
        ("6\u202f000,00", 6_000_00),
        ("6000.00", 6_000_00),
        ("6,000.00", 6_000_00),
        ("€6,000.00", 6_000_00),
        ("6.000,00 €", 6_000_00),
        ("1 234 567,89", 1_234_567_89),
        ("0", 0),
        ("0,01", 1),
        ("  12,50  ", 12_50),
        ("9999999.99", LARGEST),
    ],
)
def test_an_amount_is_read_as_both_countries_write_it(typed, cents):
    assert parse_eur(typed) == cents


WRONG = """
    1,5 | 1.5 | 1,500 | 1.500 | 1,500,000 | 0.001 | 12,345 | 60 00 | 1 2345 | 1,234.5 | 1.234,5 | 1 234.567 |
    1,234 567.00 | 6000,00 $ | 12 €€ | -1 | \u22121 | +5 | 1e9 | NaN | Infinity | € | abc | １２ | ٣ | 10000000 |
    0000000006000 | 0x10 | 1_000
"""


@pytest.mark.parametrize("typed", [*map(str.strip, WRONG.split("|")), "", " ", "5\n6", "9" * 400])
def test_what_could_be_read_in_two_ways_is_not_guessed(typed):
    with pytest.raises(ValueError, match="not an amount"):
        parse_eur(typed)


@given(st.integers(0, LARGEST).map(Cents), st.sampled_from(["fr", "en"]))
def test_what_the_portal_writes_it_also_reads(cents, locale):
    assert parse_eur(format_eur(cents, locale)) == cents


@given(st.text())
def test_any_text_is_an_amount_or_refused(text):
    with suppress(ValueError):
        assert 0 <= parse_eur(text) <= LARGEST
