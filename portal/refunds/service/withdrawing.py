"""A contract that falls before it began takes its refunds with it, as far as they have not left."""

from collections.abc import Sequence

from portal import audit, fees, programme
from portal.contracts import Contract
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.i18n import mark, translate
from portal.kernel.money import Cents
from portal.programme import Enrolment
from portal.refunds import letters, queries
from portal.refunds.models import Refund
from portal.refunds.rules import STOPPABLE, RefundState
from portal.refunds.service.deciding import change, take_back
from portal.refunds.service.leaving import is_leaving

OVERTAKEN = mark(
    "Your contract pays less than before, so this refund is worked out anew. What comes back follows as a new refund."
)

SETTLES_BILL = mark(
    "The company is billed more now, so this money settles its bill. What is left above it can go back as a new refund."
)


def withdraw_for_contract(*, contract: Contract, reason: str, by: int) -> None:
    """Cancel what waits, and let the student owe the year again. Telling it twice changes nothing.

    A refund that is at the bank or paid stays what it is: the plan then asks for that money again. One in
    an order that nobody released is cancelled: such an order can then only be withdrawn. An amendment that
    falls leaves the funding of the contract it was to amend, and a contract that was to follow a broken one
    leaves that one's: nothing is taken back after a break (Code du travail L6222-18-2).
    """
    with transaction():
        before = Refund.hold_all(queries.stoppable_ids(contract.enrolment_id))
        for refund in before:
            if refund.contract_id == contract.id:
                _withdraw(refund, reason, by)
        Enrolment.hold(contract.enrolment_id)
        fees.apply_funding(
            contract.enrolment_id,
            terms=_terms_left(contract),
            company_name=contract.company.name,
            source=f"contract:{contract.id}:fell",
        )
        withdraw_from_debtors([one for one in before if one.company_payer_id], by)
        audit.record(
            "fees:funding-ended",
            subject=f"enrolment:{contract.enrolment_id}",
            actor_id=by,
            detail=f"contract:{contract.id}",
        )


def withdraw_overtaken(refunds: Sequence[Refund], by: int) -> None:
    """Cancel what a contract with less funding promised too much of; the right amount is proposed anew."""
    for refund in refunds:
        locale = programme.enrolment(refund.enrolment_id).student.person.locale
        _withdraw(refund, translate(OVERTAKEN, locale), by)


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
            _withdraw(refund, translate(SETTLES_BILL, company.locale), by)


def _terms_left(contract: Contract) -> fees.Terms:
    """Those of the contract before it, under the policy that contract was accepted under."""
    before = contract.amends or contract.follows
    if before is None:
        return fees.Terms(Cents(0), "student")
    accepted = clock.school_time(before.decided_at).date() if before.decided_at else clock.today()
    return queries.terms_of(
        fees.policy_on(accepted),
        contract.enrolment_id,
        queries.began_on(before),
        queries.brought_by(before, Cents(before.funded_cents or 0)),
    )


def _withdraw(refund: Refund, reason: str, by: int) -> None:
    if refund.state not in STOPPABLE or is_leaving(refund.id):
        return
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
