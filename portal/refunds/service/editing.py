"""The proposer corrects a proposal before anybody approves it."""

from portal import audit, fees
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents, format_eur
from portal.refunds import letters, parts
from portal.refunds.models import Refund, RefundShare
from portal.refunds.queries import calculation_of, unpromised
from portal.refunds.queries.leaving import check_not_leaving
from portal.refunds.rules import (
    RefundState,
    approvals_for,
    check_proposer,
    check_shares,
    check_untouched,
)
from portal.refunds.service.deciding import change, check_told, shares_of


def edit(
    refund_id: int, *, shares: dict[int, Cents], reason: str, version: int, key: str, by: int
) -> None:
    """Refund less, or to other payers: cents by payer, within what the calculation and receipts allow.

    `NotAllowed` for anybody but the proposer; `NotPossible` after an approval, above the calculation,
    or while a payment order holds a part of it.
    """
    with transaction():
        refund = Refund.hold(refund_id)
        if key == refund.decision_key:
            check_told(refund, reason=reason)
            _check_same(refund, shares)
            return
        check_proposer(by, refund.proposed_by_id)
        check_not_leaving(refund_id)
        if refund.state != RefundState.PROPOSED or refund.posted_at is not None:
            raise NotPossible("Only a refund that waits for its first approval can be changed.")
        check_untouched(refund.first_approved_by_id)
        calculation = calculation_of(refund_id)
        amount = _checked(refund, shares, calculation.refund)
        policy = fees.policy_on(clock.today())
        needed = approvals_for(
            amount,
            policy.second_approval_above_cents,
            partial_year=bool(calculation.given.year_days),
        )
        change(
            refund,
            version=version,
            amount_cents=amount,
            approvals_needed=needed,
            decision_key=key,
            reason=reason,
        )
        dropped = [
            one for one in parts.unpaid([refund_id])[refund_id] if not shares.get(one.payer_id)
        ]
        _write(refund, shares)
        audit.record(
            "refund:edited",
            subject=f"refund:{refund_id}",
            actor_id=by,
            detail=f"{format_eur(Cents(amount), 'en')}: {reason}",
        )
        letters.edited(refund, reason, dropped)


def _checked(refund: Refund, shares: dict[int, Cents], most: int) -> int:
    wanted = {payer_id: cents for payer_id, cents in shares.items() if cents}
    amount = sum(wanted.values())
    if amount > most:
        raise NotPossible("This is more than the calculation gives. It can only be made smaller.")
    position = fees.position_of(refund.enrolment_id)
    company, enrolment_id = refund.company_payer_id, refund.enrolment_id
    check_shares(wanted, unpromised(position, enrolment_id, company=company, but=refund.id))
    return amount


def _check_same(refund: Refund, shares: dict[int, Cents]) -> None:
    if shares_of(refund.id) != {payer_id: cents for payer_id, cents in shares.items() if cents}:
        raise NotPossible("This click was already used for another decision.")


def _write(refund: Refund, shares: dict[int, Cents]) -> None:
    RefundShare.delete().where(RefundShare.refund == refund.id).execute()
    for payer_id, cents in shares.items():
        if cents:
            RefundShare.create(refund=refund.id, payer=payer_id, amount_cents=cents)
