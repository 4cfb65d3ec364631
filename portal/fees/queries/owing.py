"""Who owes how much, and which lines of a plan ask for it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from peewee import fn

from portal.fees.models import Instalment, LedgerEntry, LedgerTransaction, PaymentPlan
from portal.fees.rules import Account
from portal.kernel import clock
from portal.kernel.db import chunks
from portal.kernel.money import Cents

Asked = tuple[tuple[date, Cents], ...]


def owed() -> dict[int, int]:
    """What each enrolment owes in cents, negative as a credit; one query."""
    return _sums(LedgerEntry.enrolment, Account.RECEIVABLE)


def asked_anew_on(enrolment_id: int) -> list[date]:
    """The days on which new tuition was asked for after a broken contract; one query."""
    anew = LedgerTransaction.source.endswith(":anew")
    rows = LedgerTransaction.select(LedgerTransaction.posted_at)
    return [
        clock.school_time(one.posted_at).date()
        for one in rows.where((LedgerTransaction.enrolment == enrolment_id) & anew)
    ]


def bills_of(payer_ids: Iterable[int]) -> dict[int, int]:
    """What these companies owe in cents, negative as a credit; a query for every few hundred."""
    found: dict[int, int] = {}
    for some in chunks(sorted(set(payer_ids))):
        found |= _sums(LedgerEntry.payer, Account.COMPANY_SHARE, LedgerEntry.payer.in_(some))
    return found


def bills() -> dict[int, int]:
    """As `bills_of`, of every company; one query."""
    return _sums(LedgerEntry.payer, Account.COMPANY_SHARE)


def _sums(by: Any, account: Account, *only: Any) -> dict[int, int]:
    rows: Any = (
        LedgerEntry.select(by, fn.SUM(LedgerEntry.amount_cents))
        .where(LedgerEntry.account == account, *only)
        .group_by(by)
        .tuples()
    )
    return {key: int(cents) for key, cents in rows}


def standing_lines() -> dict[int, list[tuple[date, int]]]:
    """Lines not cancelled by enrolment, latest due first."""
    rows: Any = (
        Instalment.select(PaymentPlan.enrolment, Instalment.due_on, Instalment.amount_cents)
        .join(PaymentPlan)
        .where(Instalment.cancelled_at.is_null())
        .order_by(Instalment.due_on.desc(), Instalment.position.desc())
        .tuples()
    )
    lines: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for enrolment_id, due_on, cents in rows:
        lines[enrolment_id].append((due_on, cents))
    return lines


def open_part(lines: list[tuple[date, int]], owes: int) -> Asked:
    """What of the lines is still open: money settles the oldest first, so the latest stay open."""
    asked = []
    for due_on, cents in lines:
        part = min(cents, owes)
        if part <= 0:
            break
        asked.append((due_on, Cents(part)))
        owes -= part
    return tuple(reversed(asked))
