"""What the finance office reads of all refunds at once."""

from collections.abc import Collection, Iterator
from typing import Any

from peewee import Case, fn

from portal.kernel.db import streamed
from portal.programme import Enrolment
from portal.refunds.models import Refund
from portal.refunds.queries import Heap, Row, Wanted, matching, summed
from portal.refunds.rules import PENDING, TABS, RefundState


def every(wanted: Wanted) -> Iterator[Row]:
    """A whole list of the inbox, one refund at a time, as the inbox filters it; one query."""
    return (Row(*facts) for facts in streamed(matching(wanted)))


def numbers_of(refund_ids: Collection[int]) -> dict[int, str]:
    """The number that people know each of these refunds by; one query."""
    rows: Any = Refund.select(Refund.id, Refund.number).where(Refund.id.in_(refund_ids)).tuples()
    return dict(rows)


def heaps_of(cohort_ids: Collection[int]) -> dict[str, Heap]:
    """Number and sum of the refunds of these cohorts in each list of the inbox, as it sums them; one query."""
    cents = Case(Refund.state, [(state, summed(state)) for state in RefundState])
    sums: Any = (
        Refund.select(Refund.state, fn.COUNT(Refund.id), fn.SUM(cents))
        .join(Enrolment)
        .where(Enrolment.cohort.in_(cohort_ids))
        .group_by(Refund.state)
        .tuples()
    )
    found = {state: (int(count), int(cents)) for state, count, cents in sums}
    return {
        tab: Heap(
            sum(found.get(state, (0, 0))[0] for state in states),
            sum(found.get(state, (0, 0))[1] for state in states),
        )
        for tab, states in TABS.items()
    }


def waiting_by_enrolment(enrolment_ids: Collection[int]) -> dict[tuple[int, int | None], int]:
    """Cents of credits in refunds that wait for their approval, by enrolment and company (None: the student's side).

    What the ledger holds for a refund already is no credit any more. One query.
    """
    sums: Any = (
        Refund.select(Refund.enrolment, Refund.company_payer, fn.SUM(Refund.amount_cents))
        .where(
            Refund.enrolment.in_(enrolment_ids)
            & Refund.state.in_(PENDING)
            & Refund.posted_at.is_null()
        )
        .group_by(Refund.enrolment, Refund.company_payer)
        .tuples()
    )
    return {(enrolment_id, company): int(cents) for enrolment_id, company, cents in sums}
