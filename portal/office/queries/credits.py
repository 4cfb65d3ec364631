from collections.abc import Collection
from dataclasses import dataclass

from portal import fees, refunds
from portal.fees import CreditPage


@dataclass(frozen=True)
class CreditList:
    """One page of credits; `waiting` are cents in refunds not yet approved, by enrolment and company."""

    page: CreditPage
    waiting: dict[tuple[int, int | None], int]


def credit_list(search: str, cohort_ids: Collection[int] | None, page: int) -> CreditList:
    """Accounts with a credit, the largest first; two queries."""
    found = fees.credit_page(search, cohort_ids, page)
    waiting = refunds.waiting_by_enrolment([one.enrolment_id for one in found.credits])
    return CreditList(found, waiting)
