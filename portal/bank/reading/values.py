"""Amounts, days and texts as ISO 20022 writes them."""

import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from stdnum.iban import is_valid as is_iban

from portal.bank.reading.refusals import (
    BAD_AMOUNT,
    BAD_DAY,
    NO_AMOUNT,
    NO_DIRECTION,
    OTHER_CURRENCY,
    TOO_LONG,
    Unreadable,
)
from portal.kernel.clock import school_time
from portal.kernel.money import Cents

#: An lxml element; its types are not published.
Element = Any
CURRENCY = "EUR"
#: A plain decimal of at most two significant places; up to 13 whole digits, as a bigint of cents holds.
AMOUNT = re.compile(r"\+?0*([0-9]{0,13})(?:\.([0-9]{0,2})0*)?", re.ASCII)
MIDNIGHT_AFTER = "T24:00:00"
LONGEST_QUOTE = 40
#: The years a bank can mean; programs write 0001-01-01 and 9999-12-31 where there is no day.
YEARS = range(1990, 2101)
#: Children one element may have; what has more is no statement and would cost time.
MOST_CHILDREN = 250_000
#: What banks write where there is nothing.
NOTHING = {"", "NOTPROVIDED", "NOT PROVIDED", "NONREF", "NONE", "N/A"}


@lru_cache(maxsize=4096)
def local(tag: str) -> str:
    """The name of a tag without its namespace."""
    return tag.rpartition("}")[2]


def check_small(element: Element) -> None:
    """`Unreadable` when `element` has more children than anything honest."""
    if len(element) > MOST_CHILDREN:
        raise Unreadable(TOO_LONG, line=element.sourceline)


def text_of(element: Element) -> str:
    """The text of a leaf, without spaces around it; "" when it has none."""
    text: str | None = element.text
    return text.strip() if text else ""


def given(text: str) -> str:
    """`text`, or "" when it only says that nothing was provided: NOTPROVIDED, 0000, -."""
    return "" if text.upper() in NOTHING or not text.strip("0-.") else text


def cents_of(amount: Element) -> Cents:
    """The cents of an `Amt` element, zero or more. `Unreadable` unless a plain amount in euros."""
    currency = amount.get("Ccy", CURRENCY).strip()
    if currency != CURRENCY:
        raise Unreadable(OTHER_CURRENCY, line=amount.sourceline, currency=currency[:LONGEST_QUOTE])
    text = text_of(amount)
    cents = plain_cents(text)
    if cents is None:
        raise Unreadable(BAD_AMOUNT, line=amount.sourceline, amount=text[:LONGEST_QUOTE])
    return cents


def plain_cents(text: str) -> Cents | None:
    """1375, 1375.0 and 1375.00000 are 1375 euros; `None` for signs, exponents, commas and fractions of a cent."""
    found = AMOUNT.fullmatch(text)
    if not found or not any(sign.isdigit() for sign in text):
        return None
    whole, part = found.groups()
    return Cents(int(whole or 0) * 100 + int((part or "").ljust(2, "0")))


def signed_cents(amount: Element | None, direction: str, owner: Element) -> Cents:
    """The cents of `amount`, negative for a debit. `Unreadable` when one of the two is missing."""
    if amount is None:
        raise Unreadable(NO_AMOUNT, line=owner.sourceline)
    cents = cents_of(amount)
    if direction == "CRDT":
        return cents
    if direction == "DBIT":
        return Cents(-cents)
    raise Unreadable(NO_DIRECTION, line=owner.sourceline)


def day_in(element: Element | None) -> date | None:
    """The school's calendar day in a `Dt`/`DtTm` choice or a leaf; `None` when there is none."""
    if element is None:
        return None
    for leaf in (element, *element):
        text = text_of(leaf)
        if text:
            return _day_at(text, leaf)
    return None


def _day_at(text: str, leaf: Element) -> date:
    with suppress(ValueError, OverflowError):
        day = day_of(text)
        if day.year in YEARS:
            return day
    raise Unreadable(BAD_DAY, line=leaf.sourceline, day=text[:LONGEST_QUOTE])


@lru_cache(maxsize=1024)
def day_of(text: str) -> date:
    """The day of an xs:date or an xs:dateTime; an instant is on the day the school's clock shows.

    A time without a zone is taken as the bank's, which is the school's. `ValueError` for anything else.
    """
    if "T" not in text:
        return date.fromisoformat(text[:10]) if _only_zone(text[10:]) else _refuse(text)
    after = MIDNIGHT_AFTER in text
    instant = datetime.fromisoformat(text.replace(MIDNIGHT_AFTER, "T00:00:00") if after else text)
    if after:
        instant += timedelta(days=1)
    return school_time(instant).date() if instant.tzinfo else instant.date()


def _only_zone(rest: str) -> bool:
    return not rest or re.fullmatch(r"Z|[+-][0-9]{2}:[0-9]{2}", rest) is not None


def _refuse(text: str) -> date:
    raise ValueError(f"not a day: {text[:LONGEST_QUOTE]!r}")


def account_key(number: str) -> str:
    """An IBAN or account number as it is compared: without spaces, in capitals."""
    return "".join(number.split()).upper()


def iban_in(text: str) -> str:
    """The IBAN a bank wrote, or nothing: "NOTPROVIDED" in its place would be everybody's account."""
    number = account_key(text)
    return number if is_iban(number, check_country=False) else ""


def plain(cents: Cents) -> str:
    """1234.50, for a sentence whose reader's language is not known yet."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
