"""Approve, refuse, cancel: each once, whoever clicks how often and at the same time as whom."""

from typing import Any

from portal import audit, fees
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale
from portal.kernel.money import Cents
from portal.refunds import letters
from portal.refunds.models import Refund, RefundShare
from portal.refunds.queries.leaving import check_not_leaving
from portal.refunds.rules import RefundState, check_decider, check_move, check_second

AFTER_APPROVAL = (RefundState.EXPORTED, RefundState.PAID, RefundState.RETURNED)


def approve(refund_id: int, *, version: int, key: str, by: int) -> None:
    """Approve a refund and put it on the ledger. Repeating the same `key` changes nothing.

    Above the policy's limit, and while the bank account is new, the first approval only counts as one
    of two. `NotAllowed` for the person who accepted the contract and for the first approver,
    `NotPossible` and `Stale` when somebody was faster.
    """
    _look(refund_id, key)
    with transaction():
        refund = Refund.hold(refund_id)
        if _approved_before(refund, key):
            return
        _check(refund, RefundState.APPROVED, key=key, by=by)
        shares = shares_of(refund_id)
        if refund.first_approved_by_id is None and _needs_two(refund, shares):
            _approve_first(refund, version=version, key=key, by=by)
            return
        if refund.first_approved_by_id is not None:
            check_second(by, refund.first_approved_by_id)
        _decide(
            refund,
            RefundState.APPROVED,
            version=version,
            key=key,
            by=by,
            posted_at=refund.posted_at or clock.now(),
        )
        fees.post_refund(refund.enrolment_id, shares=shares, source=f"refund:{refund_id}")
        audit.record("refund:approved", subject=f"refund:{refund_id}", actor_id=by)
        letters.approved(refund)


def refuse(refund_id: int, *, reason: str, version: int, key: str, by: int) -> None:
    """Turn a refund down with a reason that its student reads.

    Refusals as for `approve`; `NotPossible` while a payment order holds a part of it.
    """
    with transaction():
        refund = Refund.hold(refund_id)
        if done_before(refund, RefundState.REFUSED, key, reason=reason):
            return
        _check(refund, RefundState.REFUSED, key=key, by=by)
        check_not_leaving(refund_id)
        _decide(
            refund,
            RefundState.REFUSED,
            version=version,
            key=key,
            by=by,
            reason=reason,
            posted_at=None,
        )
        take_back(refund)
        audit.record("refund:refused", subject=f"refund:{refund_id}", actor_id=by, detail=reason)
        letters.refused(refund, reason)


def cancel(refund_id: int, *, reason: str, version: int, key: str, by: int) -> None:
    """Stop a refund that has not left yet, such as one whose contract fell; its student reads the reason.

    `NotPossible` while a payment order holds a part of it: that order is withdrawn first.
    """
    with transaction():
        refund = Refund.hold(refund_id)
        if done_before(refund, RefundState.CANCELLED, key, reason=reason):
            return
        check_move(RefundState(refund.state), RefundState.CANCELLED)
        check_not_leaving(refund_id)
        change(
            refund,
            version=version,
            state=RefundState.CANCELLED,
            reason=reason,
            decision_key=key,
            posted_at=None,
        )
        take_back(refund)
        audit.record("refund:cancelled", subject=f"refund:{refund_id}", actor_id=by, detail=reason)
        letters.cancelled(refund, reason)


def done_before(refund: Refund, state: RefundState, key: str, **told: str) -> bool:
    """Did this very click decide already? `NotPossible` when it told something else then."""
    if key != refund.decision_key or refund.state != state:
        return False
    check_told(refund, **told)
    return True


def check_told(refund: Refund, **told: str) -> None:
    if any(getattr(refund, name) != words for name, words in told.items()):
        raise NotPossible("This click was already used for another decision.")


def take_back(refund: Refund) -> None:
    """Where the ledger already held the amount as refundable, it is the payers' money here again."""
    if refund.posted_at is not None:
        fees.withdraw_refund(
            refund.enrolment_id,
            shares=shares_of(refund.id, unpaid=True),
            source=f"refund:{refund.id}:withdrawn",
        )


def _look(refund_id: int, key: str) -> None:
    """Turn late clicks away before they ask for a lock: a crowd of them must not keep others waiting."""
    seen = Refund.find(refund_id)
    if not _approved_before(seen, key):
        check_move(RefundState(seen.state), RefundState.APPROVED)


def _approved_before(refund: Refund, key: str) -> bool:
    """Did this very click approve already, as the only approval or as one of two?"""
    last = key == refund.decision_key and refund.state in (RefundState.APPROVED, *AFTER_APPROVAL)
    return last or key == refund.first_approval_key


def _check(refund: Refund, wanted: RefundState, *, key: str, by: int) -> None:
    check_move(RefundState(refund.state), wanted)
    if key == refund.first_approval_key:
        raise NotPossible("This click was already used for another decision.")
    accepted_by = refund.contract.decided_by_id if refund.contract else None
    check_decider(by, refund.proposed_by_id, accepted_by)


def _needs_two(refund: Refund, shares: dict[int, Cents]) -> bool:
    return refund.approvals_needed == 2 or bool(fees.recently_changed(shares))


def _approve_first(refund: Refund, *, version: int, key: str, by: int) -> None:
    change(
        refund,
        version=version,
        approvals_needed=2,
        first_approved_by=by,
        first_approved_at=clock.now(),
        first_approval_key=key,
    )
    audit.record("refund:first-approved", subject=f"refund:{refund.id}", actor_id=by)


def _decide(
    refund: Refund,
    wanted: RefundState,
    *,
    version: int,
    key: str,
    by: int,
    reason: str = "",
    **more: Any,
) -> None:
    change(
        refund,
        version=version,
        state=wanted,
        decided_by=by,
        decided_at=clock.now(),
        decision_key=key,
        reason=reason,
        **more,
    )


def change(refund: Refund, *, version: int, **changes: Any) -> None:
    """Guarded by the version that was on the screen; `Stale` when the row moved on."""
    changed = (
        Refund.update(version=version + 1, changed_at=clock.now(), **changes)
        .where((Refund.id == refund.id) & (Refund.version == version))
        .execute()
    )
    if not changed:
        raise Stale(
            "Somebody changed this refund while you were looking at it. Look again and decide."
        )


def shares_of(refund_id: int, *, unpaid: bool = False) -> dict[int, Cents]:
    """Cents by payer; `unpaid` leaves out what has left the bank."""
    mine = RefundShare.refund == refund_id
    if unpaid:
        mine &= RefundShare.paid_at.is_null()
    found = RefundShare.select().where(mine)
    return {share.payer_id: Cents(share.amount_cents) for share in found}
