"""Invoices and credit notes follow the ledger: what a payer was asked for less what they were freed of."""

from collections.abc import Iterable
from typing import Any

from peewee import JOIN, fn

from portal.fees.models import Invoice
from portal.fees.rules import Account, Entry
from portal.fees.service.payers import student_payer
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.kernel.sequence import next_number

PREFIXES = {"invoice": "F", "credit_note": "A"}


def invoice(enrolment_id: int, payer_id: int, cents: Cents, source: str) -> Invoice:
    """Ask a payer for `cents`; the number is the next of the year. The enrolment is held."""
    return _issue("invoice", enrolment_id, payer_id, cents, source, of=None)


def credit(enrolment_id: int, payer_id: int, cents: Cents, source: str) -> list[Invoice]:
    """Free a payer of `cents` asked for before: one credit note for each invoice it takes back, newest first."""
    notes = []
    for asked, open_cents in _open_invoices(payer_id):
        part = Cents(min(cents, open_cents))
        if part > 0:
            notes.append(_issue("credit_note", enrolment_id, payer_id, part, source, of=asked))
            cents = Cents(cents - part)
    return notes


def invoice_funding(enrolment_id: int, entries: Iterable[Entry], source: str) -> None:
    """What a contract takes over: a credit note for the student, invoices or credit notes for companies."""
    shifts = [_shift(enrolment_id, entry) for entry in entries if _concerns(entry)]
    for payer_id, cents in sorted(shifts, key=lambda shift: -shift[1]):  # invoices first
        if cents > 0:
            invoice(enrolment_id, payer_id, Cents(cents), source)
        elif cents < 0:
            credit(enrolment_id, payer_id, Cents(-cents), source)


def _concerns(entry: Entry) -> bool:
    return bool(entry.cents) and entry.account in (Account.RECEIVABLE, Account.COMPANY_SHARE)


def _shift(enrolment_id: int, entry: Entry) -> tuple[int, int]:
    """Whose invoices change and by how much; the student's side has no payer in such a transaction."""
    return entry.payer_id or student_payer(enrolment_id).id, entry.cents


def _open_invoices(payer_id: int) -> list[tuple[Invoice, int]]:
    """Invoices of a payer, newest first, with what no credit note has taken back."""
    note = Invoice.alias()
    credited = fn.COALESCE(fn.SUM(note.amount_cents), 0)
    rows: Any = (
        Invoice.select(Invoice, (Invoice.amount_cents - credited).alias("left"))
        .join(note, JOIN.LEFT_OUTER, on=note.of == Invoice.id)
        .where((Invoice.payer == payer_id) & (Invoice.kind == "invoice"))
        .group_by(Invoice.id)
        .order_by(Invoice.id.desc())
    )
    return [(row, int(row.left)) for row in rows]


def _issue(
    kind: str, enrolment_id: int, payer_id: int, cents: Cents, source: str, *, of: Invoice | None
) -> Invoice:
    today = clock.today()
    number = next_number(f"{kind}-{today.year}")
    return Invoice.create(
        number=f"{PREFIXES[kind]}-{today.year}-{number:04d}",
        kind=kind,
        enrolment=enrolment_id,
        payer=payer_id,
        of=of,
        amount_cents=cents,
        source=source,
        issued_on=today,
    )
