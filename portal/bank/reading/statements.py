"""One statement while its parts come in, and what must hold when it ends."""

from collections import Counter
from datetime import date

from portal.bank.reading.balances import Balances
from portal.bank.reading.details import Detail
from portal.bank.reading.entries import Booking, read_booking, status_of
from portal.bank.reading.refusals import (
    NO_ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_CURRENCY,
    WRONG_SUM,
    Unreadable,
)
from portal.bank.reading.values import (
    CURRENCY,
    LONGEST_QUOTE,
    Element,
    account_key,
    day_in,
    local,
    plain,
    text_of,
)
from portal.bank.rules import Doubt, Entry, Kind, Statement
from portal.kernel.money import Cents

BOOKED = "BOOK"


class Draft:
    """A statement that is being read; several pages of one message add to the same."""

    def __init__(self, element: Element, kind: Kind, own_accounts: frozenset[str]) -> None:
        self.element: Element = element
        self.id = ""
        self.page: int | None = None
        self.iban = ""
        self.line: int = element.sourceline
        self._kind = kind
        self._own_accounts = own_accounts
        self._sequences: dict[str, str] = {}
        self._from_on: date | None = None
        self._to_on: date | None = None
        self._balances = Balances()
        self._bookings: list[Booking] = []
        self._unbooked = 0

    def take(self, part: Element, details: list[Detail]) -> int:
        """Read one child of a statement; `details` belong to it when it is a booking. How many lines it gave."""
        name = local(part.tag)
        if name == "Ntry":
            return self._take_booking(part, details)
        if name == "Bal":
            self._balances.add(part)
        elif name == "Acct":
            self._take_account(part)
        elif name == "Id":
            self.id = text_of(part)
        elif name in ("ElctrncSeqNb", "LglSeqNb"):
            self._sequences[name] = text_of(part)
        elif name == "FrToDt":
            self._take_period(part)
        elif name in ("StmtPgntn", "RptPgntn", "NtfctnPgntn"):
            self._take_page(part)
        return 0

    def _take_booking(self, part: Element, details: list[Detail]) -> int:
        status = status_of(part) or (BOOKED if self._kind == Kind.STATEMENT else "")
        if status != BOOKED:
            self._unbooked += 1
            return 1
        booking = read_booking(part, details)
        self._bookings.append(booking)
        return len(booking.details)

    def _take_account(self, part: Element) -> None:
        number = next((text_of(leaf) for leaf in _numbers(part)), "")
        if not number:
            raise Unreadable(NO_ACCOUNT, line=part.sourceline)
        self.iban = account_key(number)
        if self.iban not in self._own_accounts:
            raise Unreadable(OTHER_ACCOUNT, line=part.sourceline, account=self.iban[:LONGEST_QUOTE])
        for currency in part.iterchildren("{*}Ccy"):
            if text_of(currency) not in ("", CURRENCY):
                raise Unreadable(
                    OTHER_CURRENCY, line=currency.sourceline, currency=text_of(currency)[:10]
                )

    def _take_period(self, part: Element) -> None:
        for leaf in part:
            if local(leaf.tag).startswith("Fr"):
                self._from_on = day_in(leaf)
            else:
                self._to_on = day_in(leaf)

    def _take_page(self, part: Element) -> None:
        number = next((text_of(leaf) for leaf in part.iterchildren("{*}PgNb")), "")
        self.page = int(number) if number.isdecimal() and len(number) < 6 else None
        self._balances.in_pages = True

    def continues(self, earlier: "Draft") -> bool:
        """Whether this is the page after the last one of `earlier`."""
        same = (self.id, self.iban) == (earlier.id, earlier.iban)
        return same and bool(self.page and earlier.page) and self.page == (earlier.page or 0) + 1

    def add_page(self, page: "Draft") -> None:
        """Take the next page in."""
        self.page = page.page
        self._to_on = page._to_on or self._to_on
        self._balances.add_page(page._balances)
        self._bookings += page._bookings
        self._unbooked += page._unbooked

    def check_account(self) -> None:
        """`Unreadable` when the statement never said whose it is."""
        if not self.iban:
            raise Unreadable(NO_ACCOUNT, line=self.line)

    def finished(self) -> Statement:
        """The statement. `Unreadable` when its balances and its lines do not agree."""
        opening, closing = self._balances.opening, self._balances.closing
        if opening is not None and closing is not None and self._kind != Kind.NOTIFICATION:
            counted = Cents(opening + sum(booking.cents for booking in self._bookings))
            if counted != closing:
                facts = {"counted": plain(counted), "stated": plain(closing)}
                raise Unreadable(WRONG_SUM, line=self._balances.closing_line, **facts)
        return Statement(
            id=self.id,
            sequence=self._sequence(),
            iban=self.iban,
            from_on=self._from_on,
            to_on=self._to_on,
            opening_cents=opening,
            closing_cents=closing,
            entries=tuple(self._entries()),
            unbooked=self._unbooked,
            warnings=self._doubts(),
        )

    def _sequence(self) -> int | None:
        text = self._sequences.get("ElctrncSeqNb") or self._sequences.get("LglSeqNb", "")
        return int(text) if text.isdecimal() and len(text) <= 18 else None

    def _entries(self) -> list[Entry]:
        """Equal bookings are counted, so that two real ones stay two and a repeated one stays one."""
        seen: Counter[str] = Counter()
        entries: list[Entry] = []
        for booking in self._bookings:
            facts = booking.facts()
            seen[facts] += 1
            entries += booking.entries(self.iban, facts, seen[facts], self._own_accounts)
        return entries

    def _doubts(self) -> tuple[Doubt, ...]:
        if self._kind != Kind.STATEMENT:
            return ()
        missing = (
            (Doubt.NO_OPENING, self._balances.opening),
            (Doubt.NO_CLOSING, self._balances.closing),
        )
        return tuple(doubt for doubt, balance in missing if balance is None)


def _numbers(account: Element) -> list[Element]:
    """Where the account's number may stand: an IBAN, or any other number."""
    found = [
        leaf for child in account.iterchildren("{*}Id") for leaf in child.iterchildren("{*}IBAN")
    ]
    for child in account.iterchildren("{*}Id"):
        for other in child.iterchildren("{*}Othr"):
            found += other.iterchildren("{*}Id")
    return found
