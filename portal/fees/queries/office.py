"""What the finance office lists and looks up."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from peewee import JOIN, fn

from portal.fees import ledger
from portal.fees.models import Payer, Payment
from portal.fees.queries.standing import payers_of, position_of
from portal.fees.rules import PayerKind, Position
from portal.identity import Person
from portal.kernel.errors import Missing
from portal.kernel.money import Cents
from portal.kernel.text import fold
from portal.programme import Cohort, Enrolment, Student, enrolment

PAGE = 50
MOST_FOUND = 20


@dataclass(frozen=True)
class PaymentPage:
    """One page of payments; `later` and `earlier` are page numbers where there are such pages."""

    payments: list[Payment]
    number: int
    later: int | None
    earlier: int | None


@dataclass(frozen=True)
class FoundStudent:
    enrolment: Enrolment
    owes: Cents


@dataclass(frozen=True)
class Till:
    """What somebody who records a payment needs to see of a student."""

    enrolment: Enrolment
    payers: list[Payer]
    position: Position

    def credit_after(self, cents: Cents, payer_id: str) -> Cents:
        """What of a payment of `cents` nobody asks for; `payer_id` as a form writes it."""
        companies = {
            str(payer.id): payer.id for payer in self.payers if payer.kind == PayerKind.COMPANY
        }
        company = companies.get(payer_id)
        owes = self.position.owed_by(company) if company else self.position.owes
        return Cents(max(0, cents - max(0, owes)))


def payments(search: str, page: int) -> PaymentPage:
    """Payments newest first, 50 a page, of students and payers that match `search`; one query."""
    rows = _payments().order_by(Payment.id.desc()).limit(PAGE + 1).offset((page - 1) * PAGE)
    found = list(rows.where(_matches(search, _of_payment)) if search.strip() else rows)
    return PaymentPage(
        payments=found[:PAGE],
        number=page,
        later=page - 1 if page > 1 else None,
        earlier=page + 1 if len(found) > PAGE else None,
    )


def payment(payment_id: int) -> Payment:
    """One payment as the list shows it, or `Missing`; one query."""
    found = _payments().where(Payment.id == payment_id).first()
    if found is None:
        raise Missing("There is no such payment.")
    return found


def students_matching(search: str) -> list[FoundStudent]:
    """At most 20 enrolments whose student's name, number or payers' references hold every word; two queries."""
    if not search.strip():
        return []
    rows = list(
        Enrolment.select(Enrolment, Student, Cohort)
        .join(Student)
        .switch(Enrolment)
        .join(Cohort)
        .where(_matches(search, _of_some_payer))
        .order_by(Student.family_name, Student.given_names, Enrolment.id.desc())
        .limit(MOST_FOUND)
    )
    owes = ledger.owed([row.id for row in rows])
    return [FoundStudent(row, owes[row.id]) for row in rows]


def till_of(enrolment_id: int) -> Till:
    """A student's payers and position, or `Missing`; four queries."""
    return Till(enrolment(enrolment_id), payers_of(enrolment_id), position_of(enrolment_id))


def _payments() -> Any:
    reverser = Person.alias()
    return (
        Payment.select(Payment, Payer, Enrolment, Student, Person.name, reverser.name)
        .join(Payer)
        .switch(Payment)
        .join(Enrolment)
        .join(Student)
        .switch(Payment)
        .join(Person, on=Payment.recorded_by)
        .switch(Payment)
        .join(reverser, JOIN.LEFT_OUTER, on=Payment.reversed_by, attr="reverser")
    )


def _of_payment(text: str) -> Any:
    return Payer.reference.contains(text) | Payer.name.contains(text)


def _of_some_payer(text: str) -> Any:
    payers = Payer.select(Payer.id).where((Payer.enrolment == Enrolment.id) & _of_payment(text))
    return fn.EXISTS(payers)


def _matches(search: str, in_payer: Callable[[str], Any]) -> Any:
    """Every word in the student's name or number, a payer's name or reference; or the whole, unspaced, in a reference."""
    words = search.split()
    found = [Student.folded.contains(fold(word)) | in_payer(word) for word in words]
    return reduce(and_, found) | in_payer("".join(words))
