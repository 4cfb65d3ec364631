"""The money leaves, and sometimes comes back: each once, whoever says it how often."""

from collections.abc import Iterable, Sequence

from portal import audit, fees
from portal.kernel import clock
from portal.kernel.db import chunks, transaction
from portal.kernel.errors import NotPossible, Stale
from portal.kernel.money import Cents
from portal.refunds import bank_letters
from portal.refunds.models import Refund, RefundShare
from portal.refunds.queries.leaving import check_not_leaving
from portal.refunds.rules import RefundState, check_move
from portal.refunds.service.deciding import change, check_told, shares_of


def pay(refund_id: int, *, note: str, version: int, key: str, by: int) -> None:
    """Note that the transfer left the bank: the money is gone from the ledger, once. `note` is the bank's reference.

    `NotPossible` while a payment order holds a part of it.
    """
    with transaction():
        refund = Refund.hold(refund_id)
        if key == refund.payment_key and refund.state == RefundState.PAID:
            check_told(refund, payment_note=note)
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
        unpaid = (RefundShare.refund == refund_id) & RefundShare.paid_at.is_null()
        leaving = [share.id for share in RefundShare.select().where(unpaid)]
        RefundShare.update(paid_at=clock.now()).where(RefundShare.id.in_(leaving)).execute()
        audit.record("refund:paid", subject=f"refund:{refund_id}", actor_id=by, detail=note)
        bank_letters.left([refund], leaving)


def hold_approved(refund_ids: Iterable[int]) -> list[Refund]:
    """These refunds, held in the order of their ids; `NotPossible` when one of them is not approved (any more).

    Nor does money leave while the student, or the company it goes to, owes some again, as after a debit that
    the bank took back.
    """
    wanted = set(refund_ids)
    held = Refund.hold_all(wanted)
    if len(held) != len(wanted):
        raise NotPossible("One of these refunds does not exist.")
    for refund in held:
        if refund.state != RefundState.APPROVED:
            raise Stale(
                "Refund %(number)s is not approved any more. Look at the list again.",
                number=refund.number,
            )
    _check_nobody_owes([refund for refund in held if refund.company_payer_id is None])
    _check_no_company_owes(held)
    return held


def _check_nobody_owes(refunds: Sequence[Refund]) -> None:
    owed: dict[int, Cents] = {}
    for some in chunks(sorted({refund.enrolment_id for refund in refunds})):
        owed |= fees.owed_by_enrolment(some)
    for refund in refunds:
        if owed.get(refund.enrolment_id, 0) > 0:
            raise NotPossible(
                "The student of refund %(number)s owes money again since it was approved. Cancel it, or wait for that money.",
                number=refund.number,
            )


def _check_no_company_owes(refunds: Sequence[Refund]) -> None:
    companies = [(refund.company_payer_id, refund) for refund in refunds if refund.company_payer_id]
    bills = fees.bills_of(payer_id for payer_id, _ in companies)
    for payer_id, refund in companies:
        if bills.get(payer_id, 0) > 0:
            raise NotPossible(
                "The company of refund %(number)s owes money again since it was approved. Cancel it, or wait for that money.",
                number=refund.number,
            )


def export(refunds: Sequence[Refund], *, order: str, by: int) -> None:
    """These held refunds are at the bank now, with payment order `order`; few queries for many refunds."""
    for refund in refunds:
        check_move(RefundState(refund.state), RefundState.EXPORTED)
    changed = 0
    for some in chunks([refund.id for refund in refunds]):
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
    sent = [(f"refund:{refund.id}", order) for refund in refunds]
    audit.record_all("refund:exported", sent, actor_id=by)
    bank_letters.exported(refunds)
