"""Which refunds that wait would come out otherwise under another money policy. Nothing is written."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from peewee import JOIN

from portal import fees
from portal.contracts import Contract
from portal.fees import MoneyPolicy, Payer
from portal.kernel import clock
from portal.programme import Cohort, Enrolment
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import PENDING, Calculation, approvals_for, covered_days, work_out

WAITING = Refund.state.in_(PENDING) & Refund.first_approved_by.is_null()


def touched_by(policy: MoneyPolicy) -> int:
    """How many refunds that nobody approved yet would have another amount, or need another number of people; four queries."""
    days = fees.policy_on(clock.today()).recent_account_days
    new_accounts = _new_accounts()
    return sum(
        _outcome(refund, policy, policy.recent_account_days, new_accounts[refund.id])
        != _as_it_is(refund, days, new_accounts[refund.id])
        for refund in _waiting()
    )


def _as_it_is(refund: Any, days: int, ages: list[timedelta]) -> tuple[int, int]:
    return Calculation.from_json(refund.calculation).refund, _people(
        refund.approvals_needed, days, ages
    )


def _outcome(refund: Any, policy: MoneyPolicy, days: int, ages: list[timedelta]) -> tuple[int, int]:
    """Amount and people under `policy`; a credit that goes back has no contract to work out again."""
    calculation = Calculation.from_json(refund.calculation)
    if refund.starts_on is not None:
        covered, year = covered_days(
            policy.late_start, refund.starts_on, refund.year_starts_on, refund.year_ends_on
        )
        given = replace(
            calculation.given,
            shortfall_owed_by=policy.shortfall_owed_by,
            covered_days=covered,
            year_days=year,
        )
        calculation = work_out(given)
    # What its proposer corrected stays smaller than what was worked out.
    amount = min(refund.amount_cents, calculation.refund)
    needed = approvals_for(
        amount,
        policy.second_approval_above_cents,
        partial_year=bool(calculation.given.year_days),
    )
    return calculation.refund, _people(needed, days, ages)


def _people(needed: int, days: int, ages: list[timedelta]) -> int:
    return 2 if any(age < timedelta(days=days) for age in ages) else needed


def _waiting() -> Iterator[Any]:
    """Each with its contract's first day and its year's days, where it has a contract."""
    rows = (
        Refund.select(
            Refund.id,
            Refund.amount_cents,
            Refund.approvals_needed,
            Refund.calculation,
            Contract.starts_on,
            Cohort.starts_on.alias("year_starts_on"),
            Cohort.ends_on.alias("year_ends_on"),
        )
        .join(Contract, JOIN.LEFT_OUTER)
        .switch(Refund)
        .join(Enrolment)
        .join(Cohort)
        .where(WAITING)
    )
    return iter(rows.objects())


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
