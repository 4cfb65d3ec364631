"""Refunds that a contract, or a larger bill, overtakes are cancelled as far as they have not left."""

from collections.abc import Sequence

from portal import audit, fees, programme
from portal.kernel.i18n import mark, translate
from portal.refunds import letters, queries
from portal.refunds.models import Refund
from portal.refunds.queries.leaving import is_leaving
from portal.refunds.rules import STOPPABLE, RefundState
from portal.refunds.service.deciding import change, take_back

OVERTAKEN = mark(
    "Your contract pays less than before, so this refund is worked out anew. What comes back follows as a new refund."
)

SETTLES_BILL = mark(
    "The company is billed more now, so this money settles its bill. What is left above it can go back as a new refund."
)


def withdraw_overtaken(refunds: Sequence[Refund], by: int) -> None:
    """Cancel what a contract with less funding promised too much of; the right amount is proposed anew."""
    for refund in refunds:
        locale = programme.enrolment(refund.enrolment_id).student.person.locale
        withdraw(refund, translate(OVERTAKEN, locale), by)


def withdraw_from_debtors(refunds: Sequence[Refund], by: int) -> None:
    """Cancel what was to go back to companies whose bill has grown: it settles that bill now.

    What nobody approved yet is stopped when it is more than is left above the bill; what is approved
    was taken out of it and is stopped only when the company owes again.
    """
    for refund in refunds:
        company = refund.company_payer
        if company is None:
            continue
        credit = -fees.position_of(refund.enrolment_id).owed_by(company.id)
        promised = queries.promised(refund.enrolment_id, company=company.id)
        asked = sum(promised.values()) if refund.posted_at is None else 0
        if asked > max(0, credit) or credit < 0:
            withdraw(refund, translate(SETTLES_BILL, company.locale), by)


def withdraw_above(
    refunds: Sequence[Refund], terms: fees.Terms, reason: str, by: int
) -> list[Refund]:
    """Cancel what goes back of money that is owed under `terms`, the newest first; those that were cancelled.

    `refunds` are held and go to the student and the family; what was a credit before and still is one stays.
    """
    stopped: list[Refund] = []
    for refund in sorted(refunds, key=lambda one: -one.id):
        waiting = sum(queries.promised(refund.enrolment_id).values())
        if fees.preview_funding(refund.enrolment_id, terms).owes + waiting <= 0:
            break
        if withdraw(refund, reason, by):
            stopped.append(refund)
    return stopped


def withdraw(refund: Refund, reason: str, by: int) -> bool:
    """Cancel this held refund, unless it has left or is about to; whether that was done."""
    if refund.state not in STOPPABLE or is_leaving(refund.id):
        return False
    change(
        refund,
        version=refund.version,
        state=RefundState.CANCELLED,
        reason=reason,
        decision_key=None,
        posted_at=None,
    )
    take_back(refund)
    audit.record("refund:cancelled", subject=f"refund:{refund.id}", actor_id=by, detail=reason)
    letters.cancelled(refund, reason)
    return True
