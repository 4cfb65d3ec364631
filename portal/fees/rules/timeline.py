from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from portal.fees.rules.accounts import Account, Entry, is_counter
from portal.fees.rules.names import Means
from portal.fees.rules.standing import Line
from portal.kernel.money import Cents


class ItemKind(StrEnum):
    LINE = "line"
    REDUCTION = "reduction"
    LEFT = "left"
    PAYMENT = "payment"
    REVERSED = "reversed"
    FUNDING = "funding"
    REFUND = "refund"
    WITHDRAWN = "withdrawn"
    PAYOUT = "payout"
    RETURNED = "returned"


SMALLER = (
    ItemKind.REDUCTION,
    ItemKind.LEFT,
    ItemKind.PAYMENT,
    ItemKind.REVERSED,
    ItemKind.FUNDING,
    ItemKind.WITHDRAWN,
)


@dataclass(frozen=True)
class Item:
    """Something on the student's money timeline; which of the later fields count depends on `kind`.

    `funded` and `billed` are the parts of a FUNDING; they are negative when a contract shrinks.
    """

    kind: ItemKind
    on: date
    cents: Cents
    line: Line | None = None
    payer: str = ""
    by_company: bool = False
    means: Means | None = None
    reference: str = ""
    reason: str = ""
    funded: Cents = Cents(0)  # noqa: RUF009 (an int)
    billed: Cents = Cents(0)  # noqa: RUF009

    @property
    def signed(self) -> Cents:
        """As a statement shows it: what makes the debt smaller is negative."""
        return Cents(-self.cents if self.kind in SMALLER else self.cents)


class Move(NamedTuple):
    """A ledger transaction as it reads: its day at school, its cause and its entries."""

    on: date
    source: str
    entries: list[Entry]


def moved(moves: Iterable[Move], names: dict[int, str], companies: Collection[int]) -> list[Item]:
    """What only the ledger knows: reductions, funding, refunds. Payments and the price stand elsewhere.

    So does what goes back to `companies` (their payer numbers): that is theirs alone.
    """
    items = []
    for move in moves:
        accounts = {entry.account for entry in move.entries}
        if Account.REFUNDABLE in accounts and _only_of(companies, move):
            continue
        if Account.REFUNDABLE in accounts:
            kind = _kind_of(Account.BANK in accounts, is_counter(move.source))
            items.append(_given_back(kind, move, names))
        elif accounts & {Account.FUNDING, Account.COMPANY_SHARE} and Account.BANK not in accounts:
            items.append(_taken_over(move))
        elif (reduced := _on(move, Account.TUITION)) > 0:
            left = move.source.endswith(":left")
            items.append(Item(ItemKind.LEFT if left else ItemKind.REDUCTION, move.on, reduced))
    return items


def in_order(items: Iterable[Item]) -> list[Item]:
    """By day; on one day what is asked comes before what settles it."""
    ranks = list(ItemKind)
    return sorted(items, key=lambda item: (item.on, ranks.index(item.kind)))


def reduction_in(items: Iterable[Item]) -> Cents:
    return Cents(sum(item.cents for item in items if item.kind == ItemKind.REDUCTION))


def _kind_of(at_the_bank: bool, counter: bool) -> ItemKind:
    if counter:
        return ItemKind.RETURNED if at_the_bank else ItemKind.WITHDRAWN
    return ItemKind.PAYOUT if at_the_bank else ItemKind.REFUND


def _only_of(payer_ids: Collection[int], move: Move) -> bool:
    return all(entry.payer_id in payer_ids for entry in move.entries)


def _given_back(kind: ItemKind, move: Move, names: dict[int, str]) -> Item:
    shares = [entry for entry in move.entries if entry.cents > 0]
    who = ", ".join(names.get(entry.payer_id or 0, "") for entry in shares)
    return Item(kind, move.on, Cents(sum(entry.cents for entry in shares)), payer=who)


def _taken_over(move: Move) -> Item:
    funded, billed = _on(move, Account.FUNDING), _on(move, Account.COMPANY_SHARE)
    total = Cents(funded + billed)
    return Item(ItemKind.FUNDING, move.on, total, funded=funded, billed=billed)


def _on(move: Move, account: Account) -> Cents:
    return Cents(sum(entry.cents for entry in move.entries if entry.account == account))
