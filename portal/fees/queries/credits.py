"""Accounts on which more money stands than anything asks for."""

from collections.abc import Collection
from typing import Any, NamedTuple

from peewee import JOIN, Case, Select, fn

from portal.fees.models import LedgerEntry, Payer
from portal.fees.rules import Account
from portal.kernel.db import database
from portal.kernel.money import Cents
from portal.kernel.text import fold
from portal.programme import Cohort, Enrolment, Student

PAGE = 50


class Credit(NamedTuple):
    """`company` is empty, and its payer None, when the money is the student's or their family's."""

    enrolment_id: int
    cents: int
    company: str
    company_id: int | None
    student_id: int
    family_name: str
    given_names: str
    student_number: str
    cohort: str

    @property
    def listed_as(self) -> str:
        return f"{self.family_name}, {self.given_names}" if self.given_names else self.family_name


class CreditPage(NamedTuple):
    """One page of credits; `in_all` accounts and `cents` are those of the whole list."""

    credits: list[Credit]
    more: bool
    in_all: int
    cents: Cents


def credit_page(search: str, cohort_ids: Collection[int] | None, page: int) -> CreditPage:
    """Accounts with a credit, the largest first, 50 a page; `None` is every cohort; one query."""
    rows = _credits(search, cohort_ids).limit(PAGE + 1).offset((page - 1) * PAGE)
    found = list(rows.tuples())
    count, cents = found[0][-2:] if found else (0, 0)
    some = [Credit(*row[:-2]) for row in found[:PAGE]]
    return CreditPage(some, len(found) > PAGE, int(count), Cents(int(cents)))


def credits_of(cohort_ids: Collection[int] | None) -> Any:
    """A subquery: enrolment_id, company_id (NULL for the student's side) and the positive cents of each credit."""
    sides = _sides(cohort_ids)
    owes = fn.SUM(sides.c.amount_cents)
    return (
        Select([sides], [sides.c.enrolment_id, sides.c.company_id, (0 - owes).alias("cents")])
        .group_by(sides.c.enrolment_id, sides.c.company_id)
        .having(owes < 0)
        .bind(database)
        .alias("credits")
    )


def _sides(cohort_ids: Collection[int] | None) -> Any:
    """What students owe is one account, what each company owes another."""
    company = Case(None, [(LedgerEntry.account == Account.COMPANY_SHARE, LedgerEntry.payer)])
    entries = LedgerEntry.select(
        LedgerEntry.enrolment, company.alias("company_id"), LedgerEntry.amount_cents
    ).where(LedgerEntry.account.in_([Account.RECEIVABLE, Account.COMPANY_SHARE]))
    if cohort_ids is not None:
        entries = entries.join(Enrolment).where(Enrolment.cohort.in_(cohort_ids))
    return entries.alias("sides")


def _credits(search: str, cohort_ids: Collection[int] | None) -> Any:
    found = credits_of(cohort_ids)
    rows = (
        Enrolment.select(
            Enrolment.id,
            found.c.cents,
            fn.COALESCE(Payer.name, ""),
            Payer.id,
            Student.id,
            Student.family_name,
            Student.given_names,
            Student.number,
            Cohort.name,
            fn.COUNT(found.c.cents).over(),
            fn.SUM(found.c.cents).over(),
        )
        .join(found, on=Enrolment.id == found.c.enrolment_id)
        .join(Payer, JOIN.LEFT_OUTER, on=Payer.id == found.c.company_id)
        .switch(Enrolment)
        .join(Student)
        .switch(Enrolment)
        .join(Cohort)
        .order_by(found.c.cents.desc(), Student.folded, Enrolment.id)
    )
    for word in search.split():
        rows = rows.where(Student.folded.contains(fold(word)) | Payer.name.contains(word))
    return rows
