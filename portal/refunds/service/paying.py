"""The money leaves, and sometimes comes back: each once, whoever says it how often."""

from collections.abc import Iterable, Sequence

from portal import audit, fees
from portal.kernel import clock
from portal.kernel.db import database, transaction
from portal.kernel.errors import NotPossible, Stale
from portal.kernel.money import Cents
from portal.refunds import letters
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import RefundState, check_move
from portal.refunds.service.deciding import change, shares_of
from portal.refunds.service.leaving import check_not_leaving

CHUNK = 500


def pay(refund_id: int, *, note: str, version: int, key: str, by: int) -> None:
    """Note that the transfer left the bank: the money is gone from the ledger, once. `note` is the bank's reference.

    `NotPossible` while a payment order holds a part of it.
    """
    with transaction():
        refund = Refund.hold(refund_id)
        if key == refund.payment_key and refund.state == RefundState.PAID:
            return
        check_move(RefundState(refund.state), RefundState.PAID)
        check_not_leaving(refund_id)
        change(
            refund,
            version=version,
            state=RefundState.PAID,
            paid_by=by,
            paid_at=clock.now(),
            payment_key=key,
            payment_note=note,
        )
        fees.post_payout(
            refund.enrolment_id,
            shares=shares_of(refund_id, unpaid=True),
            source=f"refund:{refund_id}:paid:{version}",
        )
        RefundShare.update(paid_at=clock.now()).where(RefundShare.refund == refund_id).execute()
        audit.record("refund:paid", subject=f"refund:{refund_id}", actor_id=by, detail=note)
        letters.paid(refund)


def hold_approved(refund_ids: Iterable[int]) -> list[Refund]:
    """These refunds, held in the order of their ids; `NotPossible` when one of them is not approved (any more)."""
    wanted = sorted(set(refund_ids))
    held: list[Refund] = []
    for start in range(0, len(wanted), CHUNK):
        some = Refund.select().where(Refund.id.in_(wanted[start : start + CHUNK]))
        held.extend(some.order_by(Refund.id).for_update(database.for_update))
    if len(held) != len(wanted):
        raise NotPossible("One of these refunds does not exist.")
    for refund in held:
        if refund.state != RefundState.APPROVED:
            raise Stale(
                "Refund %(number)s is not approved any more. Look at the list again.",
                number=refund.number,
            )
    return held


def export(refunds: Sequence[Refund], *, order: str, by: int) -> None:
    """These held refunds are at the bank now, with payment order `order`; few queries for many refunds."""
    for refund in refunds:
        check_move(RefundState(refund.state), RefundState.EXPORTED)
    changed = 0
    for start in range(0, len(refunds), CHUNK):
        some = [refund.id for refund in refunds[start : start + CHUNK]]
        changed += (
            Refund.update(
                state=RefundState.EXPORTED, version=Refund.version + 1, changed_at=clock.now()
            )
            .where(Refund.id.in_(some) & (Refund.state == RefundState.APPROVED))
            .execute()
        )
    if changed != len(refunds):
        raise Stale(
            "Somebody changed this refund while you were looking at it. Look again and decide."
        )
    sent = {f"refund:{refund.id}": order for refund in refunds}
    audit.record_all("refund:exported", sent, actor_id=by)
    letters.exported(refunds)


def settle(refund_id: int, payer_id: int, *, source: str, note: str, by: int | None) -> None:
    """One payer's part of a refund has left the bank; with the last part the refund is paid.

    `source` names the transfer: the same one settles once. `NotPossible` when that part is paid already.
    """
    refund = Refund.hold(refund_id)
    mine = (RefundShare.refund == refund_id) & (RefundShare.payer == payer_id)
    share = RefundShare.get_or_none(mine & RefundShare.paid_at.is_null())
    if share is None:
        raise NotPossible("This part of the refund is paid already.")
    RefundShare.update(paid_at=clock.now()).where(RefundShare.id == share.id).execute()
    fees.post_payout(
        refund.enrolment_id, shares={payer_id: Cents(share.amount_cents)}, source=source
    )
    if refund.state != RefundState.EXPORTED or shares_of(refund_id, unpaid=True):
        return
    change(
        refund,
        version=refund.version,
        state=RefundState.PAID,
        paid_by=by,
        paid_at=clock.now(),
        payment_note=note,
    )
    audit.record("refund:paid", subject=f"refund:{refund_id}", actor_id=by, detail=note)
    letters.paid(refund)


def send_back(
    refund_id: int, payer_id: int, *, source: str, why: str, code: str, by: int | None
) -> None:
    """The bank did not pay one part, or sent it back: the refund is open again, with the reason in words.

    `why` is a marked sentence; `source` names the transfer and ends with ":returned".
    """
    refund = Refund.hold(refund_id)
    mine = (RefundShare.refund == refund_id) & (RefundShare.payer == payer_id)
    share = RefundShare.get(mine)
    if share.paid_at is not None:
        RefundShare.update(paid_at=None).where(RefundShare.id == share.id).execute()
        fees.post_return(
            refund.enrolment_id, shares={payer_id: Cents(share.amount_cents)}, source=source
        )
    told_before = refund.state == RefundState.RETURNED and refund.reason == why
    if refund.state in (RefundState.EXPORTED, RefundState.PAID):
        change(
            refund,
            version=refund.version,
            state=RefundState.RETURNED,
            question="",
            answer="",
            reason=why,
            paid_at=None,
            paid_by=None,
        )
    audit.record(
        "refund:returned",
        subject=f"refund:{refund_id}",
        actor_id=by,
        detail=f"{code} {why}".strip(),
    )
    if not told_before:  # several parts that come back alike are one piece of news
        letters.returned(refund, why)
