"""Opening and closing balance among the many balances a statement may carry."""

from datetime import date

from portal.bank.reading.refusals import OTHER_CURRENCY, Unreadable
from portal.bank.reading.values import CURRENCY, Element, day_in, local, signed_cents, text_of
from portal.kernel.money import Cents

OPENING = ("OPBD", "PRCD")
CLOSING = "CLBD"
INTERIM = "ITBD"


class Balances:
    """The balances of one statement, as they come; only the few that matter are kept."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[date, Cents]] = {}
        self._last: dict[str, tuple[date, Cents]] = {}
        self._interims = 0
        self._lines: dict[str, int] = {}
        #: The statement comes in pages, which end with an interim balance.
        self.in_pages = False

    def add(self, balance: Element) -> None:
        """Take a `Bal` in. `Unreadable` when it is in another currency or says no amount."""
        leaves = {local(child.tag): child for child in balance}
        amount = leaves.get("Amt")
        kind = _kind(leaves.get("Tp"))
        if kind not in (*OPENING, CLOSING, INTERIM):
            _check_currency(amount)
            return
        direction = text_of(leaves["CdtDbtInd"]) if "CdtDbtInd" in leaves else ""
        cents = signed_cents(amount, direction, balance)
        self._interims += kind == INTERIM
        self._keep(kind, day_in(leaves.get("Dt")) or date.min, cents, balance.sourceline)

    def add_page(self, page: "Balances") -> None:
        """Take in the balances of the next page of the same statement."""
        self._interims += page._interims
        for kept in (page._first, page._last):
            for kind, (day, cents) in kept.items():
                self._keep(kind, day, cents, page._lines[kind])

    def _keep(self, kind: str, day: date, cents: Cents, line: int) -> None:
        if kind not in self._first or day < self._first[kind][0]:
            self._first[kind] = (day, cents)
        if kind not in self._last or day >= self._last[kind][0]:
            self._last[kind] = (day, cents)
            self._lines[kind] = line

    @property
    def opening(self) -> Cents | None:
        """What was there before: the booked opening balance, or where the page before ended."""
        for kind in (*OPENING, INTERIM):
            if kind in self._first and (kind != INTERIM or self.in_pages):
                return self._first[kind][1]
        return None

    @property
    def closing(self) -> Cents | None:
        """What was there after: the booked closing balance, or where this page ends."""
        if CLOSING in self._last:
            return self._last[CLOSING][1]
        return self._last[INTERIM][1] if self._interim_closes else None

    @property
    def closing_line(self) -> int:
        """Where in the file the closing balance stands, which there is."""
        return self._lines[CLOSING if CLOSING in self._last else INTERIM]

    @property
    def _interim_closes(self) -> bool:
        """Whether the last interim balance ends this page, and the only one does not begin it."""
        if CLOSING in self._last or not self.in_pages:
            return False
        opened = any(kind in self._first for kind in OPENING)
        return self._interims >= (1 if opened else 2)


def _kind(kind: Element | None) -> str:
    return "" if kind is None else next((text_of(leaf) for leaf in kind.iter("{*}Cd")), "")


def _check_currency(amount: Element | None) -> None:
    if amount is not None and amount.get("Ccy", CURRENCY).strip() != CURRENCY:
        currency = amount.get("Ccy").strip()[:10]
        raise Unreadable(OTHER_CURRENCY, line=amount.sourceline, currency=currency)
