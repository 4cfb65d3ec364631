"""The books as French law wants them handed over: the fichier des écritures comptables.

Eighteen fields in the order of article A47 A-1, VII, of the Livre des procédures fiscales (arrêté du
29 juillet 2013): separated by tabs, days as AAAAMMJJ, amounts with a decimal comma. The words are
French because the file is. It is written in UTF-8, since names of students do not fit into the
ISO 8859-15 that the article names; accounting software reads both.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from portal.office.rules.cells import plain_amount
from portal.office.rules.words import ends_of

FIELDS = (
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


#: Spaces and line ends of every kind, controls, halves of surrogate pairs.
BREAKS = ("Zs", "Zl", "Zp", "Cc", "Cs")


class LedgerAccount(NamedTuple):
    """`by_person`: the account is kept for each student or company, so its lines name an auxiliary one."""

    number: str
    name: str
    by_person: bool


#: Our accounts in the plan comptable général (règlement ANC 2014-03): class 41 clients, 46 other third
#: parties, 51 banks, 70 what was sold. Another chart of accounts is another table.
ACCOUNTS = {
    "receivable": LedgerAccount("411100", "Clients - étudiants", True),
    "funding": LedgerAccount("411200", "Clients - financeurs (OPCO)", True),
    "company_share": LedgerAccount("411300", "Clients - entreprises", True),
    "refundable": LedgerAccount("467000", "Créditeurs divers - remboursements à verser", True),
    "bank": LedgerAccount("512000", "Banque", False),
    "tuition": LedgerAccount("706000", "Prestations de services - frais de scolarité", False),
}


class Journal(NamedTuple):
    code: str
    name: str


BANK, SALES, OTHER = (
    Journal("BQ", "Banque"),
    Journal("VE", "Ventes"),
    Journal("OD", "Opérations diverses"),
)
#: What an entry says, by the first and the last word of its source.
CAUSES = {
    ("plan", ""): "Frais de scolarité",
    ("plan", "reduction"): "Réduction paiement comptant",
    ("plan", "left"): "Départ de l’étudiant",
    ("plan", "anew"): "Nouveaux frais de scolarité après rupture",
    ("payment", ""): "Règlement",
    ("payment", "reversed"): "Annulation de règlement",
    ("contract", ""): "Prise en charge contrat",
    ("refund", ""): "Remboursement accordé",
    ("refund", "paid"): "Remboursement versé",
    ("refund", "returned"): "Remboursement revenu",
    ("refund", "withdrawn"): "Remboursement arrêté",
    ("contract", "fell"): "Fin de prise en charge",
}


class Side(NamedTuple):
    """One entry: debit positive, credit negative; `payer` and `payer_reference` are empty without one."""

    account: str
    cents: int
    payer: str = ""
    payer_reference: str = ""
    company: bool = False


class Posting(NamedTuple):
    """One balanced transaction on the account of one student; `piece` proves it."""

    source: str
    on: date
    piece: str
    piece_on: date
    student: str
    student_number: str
    sides: Sequence[Side]


def first_line() -> str:
    return "\t".join(FIELDS)


def entry_lines(postings: Iterable[Posting], *, first_number: int) -> Iterator[str]:
    """The lines of the file without its first one; entries are numbered from `first_number`, none left out."""
    for number, posting in enumerate(postings, start=first_number):
        journal = journal_of(posting.sides)
        for side in posting.sides:
            yield "\t".join(map(_plain, _fields(number, journal, posting, side)))


def journal_of(sides: Iterable[Side]) -> Journal:
    accounts = {side.account for side in sides}
    if "bank" in accounts:
        return BANK
    return SALES if "tuition" in accounts else OTHER


def _fields(number: int, journal: Journal, posting: Posting, side: Side) -> tuple[str, ...]:
    account = ACCOUNTS[side.account]
    day = _day(posting.on)
    return (
        *journal,
        f"{number:06}",
        day,
        account.number,
        account.name,
        *_auxiliary(account, posting, side),
        posting.piece,
        _day(posting.piece_on),
        f"{_cause(posting.source)} - {posting.student}",
        plain_amount(max(side.cents, 0)),
        plain_amount(max(-side.cents, 0)),
        "",
        "",
        day,  # what is posted cannot be changed any more
        "",
        "",
    )


def _auxiliary(account: LedgerAccount, posting: Posting, side: Side) -> tuple[str, str]:
    """A company has an account of its own; everybody else's money stands on the student's."""
    if not account.by_person:
        return "", ""
    if side.company:
        return side.payer_reference, side.payer
    return posting.student_number, posting.student


def _cause(source: str) -> str:
    first, last = ends_of(source)
    return CAUSES.get((first, last), CAUSES.get((first, ""), "Écriture"))


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _plain(text: str) -> str:
    """`text` on one line and in one field."""
    kept = (" " if unicodedata.category(sign) in BREAKS else sign for sign in text)
    return " ".join("".join(kept).split())
