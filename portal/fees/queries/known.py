"""What the bank's lines are compared with: who pays, what is asked of them, what was paid before."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

from portal.fees import ledger
from portal.fees.models import Payer, Payment
from portal.fees.queries.owing import Asked, bills, open_part, owed, standing_lines
from portal.fees.rules import Means, PayerKind
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.errors import Missing
from portal.kernel.money import Cents
from portal.kernel.text import fold
from portal.programme import Enrolment, Student

CHUNK = 500


class WhoPays(NamedTuple):
    """A payer, and what is still to be paid by them (cents), line by line, oldest first.

    `debt` names what they owe: student and parents of one enrolment owe the same money, a company its own bill.
    """

    payer_id: int
    student_id: int
    name: str
    student: str
    reference: str
    open_cents: Cents
    asked: Asked
    debt: str


class PaidBefore(NamedTuple):
    payment_id: int
    payer_id: int
    cents: Cents
    received_on: date
    end_to_end: str
    reversed: bool


class Brief(NamedTuple):
    """A payer in a list of choices; `owes` cents of the enrolment."""

    payer_id: int
    name: str
    student: str
    student_number: str
    reference: str
    owes: Cents
    enrolment_id: int


def who_pays() -> list[WhoPays]:
    """Every payer of an enrolment with a plan; four queries, whatever their number."""
    rows: Any = (
        Payer.select(
            Payer.id,
            Payer.enrolment,
            Enrolment.student,
            Payer.name,
            Payer.kind,
            Person.name,
            Payer.reference,
        )
        .join(Enrolment)
        .join(Student)
        .join(Person)
        .order_by(Payer.id)
        .tuples()
    )
    debts, lines, billed = owed(), standing_lines(), bills()
    today = clock.today()
    found = []
    for payer_id, enrolment_id, student_id, name, kind, student, reference in rows:
        if kind == PayerKind.COMPANY:
            debt = f"bill:{payer_id}"
            cents = Cents(max(0, billed.get(payer_id, 0)))
            asked: Asked = ((today, cents),) if cents else ()
        else:
            debt = f"enrolment:{enrolment_id}"
            cents = Cents(max(0, debts.get(enrolment_id, 0)))
            asked = open_part(lines.get(enrolment_id, []), cents)
        found.append(WhoPays(payer_id, student_id, name, student, reference, cents, asked, debt))
    return found


def payers_at(fingerprints: Sequence[str]) -> list[tuple[str, int]]:
    """Payers whose account for refunds has one of these fingerprints; one query."""
    rows: Any = (
        Payer.select(Payer.iban_fingerprint, Payer.id)
        .where(Payer.iban_fingerprint.in_(fingerprints))
        .tuples()
    )
    return list(rows)


def collected(numbers: Iterable[str]) -> dict[str, PaidBefore]:
    """The latest direct debits recorded under these EndToEndIds; one query for five hundred."""
    wanted = sorted(set(numbers))
    found: list[PaidBefore] = []
    for start in range(0, len(wanted), CHUNK):
        mine = Payment.end_to_end.in_(wanted[start : start + CHUNK])
        found += _paid(mine & (Payment.means == Means.DEBIT), reversed_too=True)
    return {one.end_to_end: one for one in found}


def paid_on(days: Sequence[date]) -> list[PaidBefore]:
    """Payments received on one of these days; one query."""
    return _paid(Payment.received_on.in_(days))


def paid_sums(sums: Sequence[int]) -> list[PaidBefore]:
    """Payments of exactly one of these sums; one query."""
    return _paid(Payment.amount_cents.in_(sums))


def paid_before(payment_ids: Iterable[int]) -> dict[int, PaidBefore]:
    """These payments, also those that no longer count; one query, none for none."""
    wanted = list(payment_ids)
    found = _paid(Payment.id.in_(wanted), reversed_too=True) if wanted else []
    return {one.payment_id: one for one in found}


def briefs(payer_ids: Iterable[int]) -> dict[int, Brief]:
    """Payers as lists name them; two queries."""
    wanted = list(payer_ids)
    return (
        {one.payer_id: one for one in _briefs(Payer.id.in_(wanted), len(wanted))} if wanted else {}
    )


def payers_matching(search: str, most: int) -> list[Brief]:
    """Payers whose name, student or reference holds every word of `search`; two queries."""
    compact = "".join(search.split()).upper()
    words = [
        Student.folded.contains(fold(word)) | Payer.name.contains(word) for word in search.split()
    ]
    return _briefs(reduce(and_, words) | Payer.reference.contains(compact), most)


def enrolment_of_payer(payer_id: int) -> int:
    """Whose year a payer pays for, or `Missing`."""
    found = Payer.select(Payer.enrolment).where(Payer.id == payer_id).scalar()
    if found is None:
        raise Missing("There is no such payer.")
    return found


def _briefs(condition: Any, most: int) -> list[Brief]:
    rows: Any = (
        Payer.select(
            Payer.id, Payer.name, Person.name, Student.number, Payer.reference, Payer.enrolment
        )
        .join(Enrolment)
        .join(Student)
        .join(Person)
        .where(condition)
        .order_by(Student.family_name, Payer.id)
        .limit(most)
        .tuples()
    )
    found = list(rows)
    owes = ledger.owed({row[5] for row in found})
    return [
        Brief(key, name, student, number, reference, owes[enrolment_id], enrolment_id)
        for key, name, student, number, reference, enrolment_id in found
    ]


def _paid(condition: Any, *, reversed_too: bool = False) -> list[PaidBefore]:
    if not reversed_too:
        condition &= Payment.reversed_at.is_null()
    rows: Any = (
        Payment.select(
            Payment.id,
            Payment.payer,
            Payment.amount_cents,
            Payment.received_on,
            Payment.end_to_end,
            Payment.reversed_at,
        )
        .where(condition)
        .order_by(Payment.id)
        .tuples()
    )
    return [
        PaidBefore(key, payer_id, cents, day, end_to_end, reversed_at is not None)
        for key, payer_id, cents, day, end_to_end, reversed_at in rows
    ]
