"""The accounting export: the columns of the French FEC, balanced and unbroken."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from portal.kernel.clock import school_time
from portal.kernel.i18n import mark

#: Article A47 A-1 of the Livre des procédures fiscales: eighteen columns, in this order.
COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
#: Accounts of the plan comptable général for each account of the ledger.
ACCOUNTS = {
    "receivable": ("41100000", "Clients, étudiants"),
    "company_share": ("41110000", "Clients, entreprises d’accueil"),
    "funding": ("41120000", "Clients, financeurs (OPCO)"),
    "refundable": ("46700000", "Remboursements à payer"),
    "tuition": ("70600000", "Prestations de services, scolarité"),
    "bank": ("51200000", "Banque"),
}
ACCOUNT_LABELS = {
    "receivable": mark("Students’ dues"),
    "company_share": mark("Companies’ share"),
    "funding": mark("Funders"),
    "refundable": mark("Refunds to pay out"),
    "tuition": mark("Tuition"),
    "bank": mark("Bank"),
}
BANK, SALES = ("BQ", "Banque"), ("VE", "Ventes et opérations")


class Side(NamedTuple):
    """One entry of the ledger, as the export needs it; debit positive, cents."""

    transaction_id: int
    posted_at: datetime
    source: str
    account: str
    cents: int
    payer: str
    reference: str
    student: str


def fec(sides: Iterable[Side]) -> Iterator[tuple[str, ...]]:
    """Rows of the export, without the heading: numbered from 1, one number for each transaction."""
    grouped = groupby(sides, key=lambda side: side.transaction_id)
    for number, (_, entries) in enumerate(grouped, start=1):
        rows = list(entries)
        journal = BANK if any(side.account == "bank" for side in rows) else SALES
        for side in rows:
            yield _row(number, journal, side)


def _row(number: int, journal: tuple[str, str], side: Side) -> tuple[str, ...]:
    day = _day(school_time(side.posted_at).date())
    account, label = ACCOUNTS[side.account]
    return (
        *journal,
        str(number),
        day,
        account,
        label,
        side.reference,
        _plain(side.payer),
        _plain(side.source),
        day,
        _plain(f"{side.student} {side.source}"),
        _amount(max(0, side.cents)),
        _amount(max(0, -side.cents)),
        "",
        "",
        day,
        "",
        "",
    )


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"


def _plain(text: str) -> str:
    """A field may hold neither the separator nor a line break."""
    return " ".join(text.split())
