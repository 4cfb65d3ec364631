"""What refunds mean for the money of an enrolment, now and under a contract that is only imagined."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from peewee import fn

from portal import fees
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.programme import enrolment
from portal.refunds.models import Refund, RefundShare
from portal.refunds.queries.leaving import is_leaving
from portal.refunds.rules import (
    PENDING,
    STOPPABLE,
    Calculation,
    Given,
    RefundState,
    Share,
    approvals_for,
    covered_days,
    work_out,
)


@dataclass(frozen=True)
class Simulation:
    """What would follow from a contract: the calculation, what stays open and when it would fall due.

    `waits`: the refund is proposed only when the funder has accepted.
    """

    calculation: Calculation
    preview: fees.Preview
    approvals: int
    waits: bool


def promised(enrolment_id: int, *, company: int | None = None, but: int = 0) -> dict[int, int]:
    """Cents by payer that wait in refunds the ledger does not hold yet, without refund `but`; one query.

    Of the student and the family, or of the company with that payer number: they never mix.
    """
    sums: Any = (
        RefundShare.select(RefundShare.payer, fn.SUM(RefundShare.amount_cents))
        .join(Refund)
        .where(
            _side(enrolment_id, company)
            & Refund.state.in_(PENDING)
            & Refund.posted_at.is_null()
            & (Refund.id != but)
        )
        .group_by(RefundShare.payer)
        .tuples()
    )
    return {payer_id: int(cents) for payer_id, cents in sums}


def unpromised(
    position: fees.Position, enrolment_id: int, *, company: int | None = None, but: int = 0
) -> list[Share]:
    """What each payer of that side (see `promised`) could get back and no refund speaks for; one query."""
    waiting = promised(enrolment_id, company=company, but=but)
    mine = [one for one in position.company_credits if one.payer_id == company]
    return [
        Share(one.payer_id, Cents(one.cents - waiting.get(one.payer_id, 0)))
        for one in (position.receipts if company is None else mine)
    ]


def returnable(enrolment_id: int) -> dict[int, Cents]:
    """The most that could be proposed to go back to each payer as a credit, those with nothing left out."""
    position = fees.position_of(enrolment_id)
    left = position.credit - sum(promised(enrolment_id).values())
    most = {one.payer_id: Cents(min(one.cents, left)) for one in unpromised(position, enrolment_id)}
    for company in position.company_credits:
        (share,) = unpromised(position, enrolment_id, company=company.payer_id)
        most[share.payer_id] = share.cents
    return {payer_id: cents for payer_id, cents in most.items() if cents > 0}


def to_family_waiting(enrolment_id: int) -> bool:
    """Whether money to the student or the family has not arrived, as far as we know; one query."""
    away = (*STOPPABLE, RefundState.EXPORTED)
    return Refund.select().where(_side(enrolment_id, None) & Refund.state.in_(away)).exists()


def stoppable_ids(enrolment_id: int) -> list[int]:
    """The refunds of an enrolment that have not left the school; one query."""
    mine = (Refund.enrolment == enrolment_id) & Refund.state.in_(STOPPABLE)
    return [one.id for one in Refund.select(Refund.id).where(mine)]


def _side(enrolment_id: int, company: int | None) -> Any:
    mine = Refund.enrolment == enrolment_id
    return mine & (
        Refund.company_payer.is_null() if company is None else Refund.company_payer == company
    )


def terms_of(
    policy: fees.MoneyPolicy, enrolment_id: int, starts_on: date, funded: int | None
) -> fees.Terms:
    """What a contract takes over under `policy`: all of the year, or its days when it starts late.

    New tuition after a break is asked for the time that is left, so a contract pays for all of it. No contract
    pays for what is asked where `funded` is None: it is the student's.
    """
    if funded is None:
        return fees.Terms(Cents(0), "student")
    if fees.asked_anew_on(enrolment_id):
        return fees.Terms(Cents(funded), policy.shortfall_owed_by)
    cohort = enrolment(enrolment_id).cohort
    days = covered_days(policy.late_start, starts_on, cohort.starts_on, cohort.ends_on)
    return fees.Terms(Cents(funded), policy.shortfall_owed_by, *days)


def given(
    position: fees.Position,
    settled: fees.Settled,
    terms: fees.Terms,
    waiting: dict[int, int],
    policy_version: int,
) -> Given:
    """What a refund is worked out from; the price and the receipts are the same before and after the funding."""
    return Given(
        price=position.price,
        received=position.received,
        funded=terms.funded,
        shortfall_owed_by=terms.shortfall_owed_by,
        promised=position.refunded + sum(waiting.values()),
        policy_version=policy_version,
        covered_days=terms.covered_days,
        year_days=terms.year_days,
        settled_price=settled.price,
        settled_funded=settled.funded,
        settled_company=settled.company_share,
    )


def simulate(enrolment_id: int, *, starts_on: date, funded: Cents | None) -> Simulation:
    """What a contract would give back and leave to pay, by the rules of the real one. Nothing is written.

    Refunds that have not left and were too much under these terms count as stopped, as they would be.
    """
    policy = fees.policy_on(clock.today())
    terms = terms_of(policy, enrolment_id, starts_on, funded)
    preview = fees.preview_funding(enrolment_id, terms)
    waiting = promised(enrolment_id)
    calculation = work_out(given(preview.before, preview.settled, terms, waiting, policy.version))
    if calculation.overdrawn:
        unposted, approved = _still_here(enrolment_id)
        left = calculation.given.promised - unposted - approved
        calculation = work_out(replace(calculation.given, promised=left))
        preview = fees.preview_funding(enrolment_id, terms, approved)
    return Simulation(
        calculation,
        preview,
        approvals_for(
            calculation.refund,
            policy.second_approval_above_cents,
            partial_year=bool(terms.year_days),
        ),
        policy.refund_from == "accepted",
    )


def _still_here(enrolment_id: int) -> tuple[int, int]:
    """Cents of refunds that would be stopped: those the ledger does not hold yet, and those it does.

    A refund of which a part is still at the bank is not stopped, whatever happened to its other parts.
    """
    mine = Refund.select(Refund.id).where(_side(enrolment_id, None) & Refund.state.in_(STOPPABLE))
    here = [one.id for one in mine if not is_leaving(one.id)]
    rows: Any = (
        RefundShare.select(Refund.posted_at.is_null(), fn.SUM(RefundShare.amount_cents))
        .join(Refund)
        .where(RefundShare.refund.in_(here) & RefundShare.paid_at.is_null())
        .group_by(Refund.posted_at.is_null())
        .tuples()
    )
    sums = {bool(unposted): int(cents) for unposted, cents in rows}
    return sums.get(True, 0), sums.get(False, 0)


def waiting_count() -> int:
    return Refund.select().where(Refund.state.in_(PENDING)).count()


def to_pay_count() -> int:
    return Refund.select().where(Refund.state == RefundState.APPROVED).count()
