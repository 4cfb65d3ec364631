"""Which refunds that wait would come out otherwise under another money policy. Nothing is written."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from portal import fees
from portal.contracts import Contract
from portal.fees import MoneyPolicy, Payer
from portal.kernel import clock
from portal.programme import Cohort, Enrolment
from portal.refunds.models import Refund, RefundShare
from portal.refunds.queries.foreseeing import first_days
from portal.refunds.rules import PENDING, Calculation, approvals_for, covered_days, work_out

WAITING = Refund.state.in_(PENDING) & Refund.first_approved_by.is_null()


def touched_by(policy: MoneyPolicy) -> int:
    """How many refunds that nobody approved yet would have another amount, or need another number of people; five queries."""
    days = fees.policy_on(clock.today()).recent_account_days
    new_accounts, began = _new_accounts(), _first_days()
    return sum(
        _outcome(refund, began.get(refund.contract_id), policy, new_accounts[refund.id])
        != _as_it_is(refund, days, new_accounts[refund.id])
        for refund in _waiting()
    )


def _as_it_is(refund: Any, days: int, ages: list[timedelta]) -> tuple[int, int]:
    return Calculation.from_json(refund.calculation).refund, _people(
        refund.approvals_needed, days, ages
    )


def _outcome(
    refund: Any, began: date | None, policy: MoneyPolicy, ages: list[timedelta]
) -> tuple[int, int]:
    """Amount and people under `policy`; a credit that goes back has no contract to work out again."""
    calculation = Calculation.from_json(refund.calculation)
    if began is not None:
        given = replace(calculation.given, shortfall_owed_by=policy.shortfall_owed_by)
        if not given.settled_price:
            days = policy.late_start, began, refund.year_starts_on, refund.year_ends_on
            covered, year = covered_days(*days)
            given = replace(given, covered_days=covered, year_days=year)
        calculation = work_out(given)
    # What its proposer corrected stays smaller than what was worked out.
    amount = min(refund.amount_cents, calculation.refund)
    needed = approvals_for(
        amount,
        policy.second_approval_above_cents,
        partial_year=bool(calculation.given.year_days),
    )
    return calculation.refund, _people(needed, policy.recent_account_days, ages)


def _people(needed: int, days: int, ages: list[timedelta]) -> int:
    return 2 if any(age < timedelta(days=days) for age in ages) else needed


def _waiting() -> Iterator[Any]:
    """Each with its year's days."""
    rows = (
        Refund.select(
            Refund.id,
            Refund.amount_cents,
            Refund.approvals_needed,
            Refund.calculation,
            Refund.contract,
            Cohort.starts_on.alias("year_starts_on"),
            Cohort.ends_on.alias("year_ends_on"),
        )
        .join(Enrolment)
        .join(Cohort)
        .where(WAITING)
    )
    return iter(rows.objects())


def _first_days() -> dict[int, date]:
    """What each contract of students who wait for a refund pays from, by its id."""
    theirs = Refund.select(Refund.enrolment).where(WAITING)
    rows = Contract.select().where(Contract.enrolment.in_(theirs))
    return first_days(rows)


def _new_accounts() -> dict[int, list[timedelta]]:
    """How long ago the accounts behind each refund were changed, if ever."""
    rows: Any = (
        RefundShare.select(RefundShare.refund, Payer.iban_changed_at)
        .join(Refund)
        .switch(RefundShare)
        .join(Payer)
        .where(WAITING & Payer.iban_changed_at.is_null(False))
        .tuples()
    )
    ages: dict[int, list[timedelta]] = defaultdict(list)
    for refund_id, changed_at in rows:
        ages[refund_id].append(clock.now() - changed_at)
    return ages
