"""What the bank told of parts of refunds: they left, or came back. As few queries for thousands as for ten."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from portal import audit, fees
from portal.kernel import clock
from portal.kernel.db import chunks
from portal.kernel.errors import NotPossible, Stale
from portal.kernel.money import Cents
from portal.refunds import bank_letters
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import RefundState

#: Given up while a part of it had left.
GIVEN_UP = (RefundState.CANCELLED, RefundState.REFUSED)
#: What reopens when a part comes back, also when another part was proposed or approved again meanwhile: the
#: approval was about less. (A question that waits for its answer leads to new approvals anyway.)
REOPENED = (
    RefundState.PROPOSED,
    RefundState.APPROVED,
    RefundState.EXPORTED,
    RefundState.PAID,
)
Shares = dict[tuple[int, int], RefundShare]


class Left(NamedTuple):
    """One payer's part of a refund has left the bank. `source` names the transfer: the same one settles once."""

    refund_id: int
    payer_id: int
    source: str
    note: str


class Back(NamedTuple):
    """The bank did not pay one payer's part, or sent it back.

    `why` is a marked sentence; `source` names the transfer and ends with ":returned".
    """

    refund_id: int
    payer_id: int
    source: str
    why: str
    code: str


def settle(parts: Sequence[Left], *, by: int | None) -> None:
    """These parts have left the bank; with its last part a refund is paid.

    `NotPossible` when one of them is paid already: then nothing changes.
    """
    refunds = {one.id: one for one in Refund.hold_all(part.refund_id for part in parts)}
    shares = _shares(list(refunds))
    found = [shares.get((part.refund_id, part.payer_id)) for part in parts]
    leaving = [share for share in found if share is not None and share.paid_at is None]
    if len({share.id for share in leaving}) < len(parts):
        raise NotPossible("This part of the refund is paid already.")
    _mark_paid(leaving)
    fees.post_payouts(
        [
            fees.Payout(
                refunds[part.refund_id].enrolment_id,
                part.payer_id,
                Cents(share.amount_cents),
                part.source,
            )
            for part, share in zip(parts, leaving, strict=True)
        ]
    )
    left = {share.id for share in leaving}
    owing = {one.refund_id for one in shares.values() if not one.paid_at and one.id not in left}
    notes = {part.refund_id: part.note for part in parts if part.refund_id not in owing}
    _finish([one for one in refunds.values() if one.id in notes], notes, by)
    bank_letters.left(list(refunds.values()), left)


def send_back(parts: Sequence[Back], *, by: int | None) -> None:
    """These parts were not paid, or came back: their refunds are open again, with the reason in words."""
    refunds = {one.id: one for one in Refund.hold_all(part.refund_id for part in parts)}
    shares = _shares(list(refunds))
    for part in parts:
        share = shares[part.refund_id, part.payer_id]
        if share.paid_at is not None:
            RefundShare.update(paid_at=None).where(RefundShare.id == share.id).execute()
            fees.post_return(
                refunds[part.refund_id].enrolment_id,
                shares={part.payer_id: Cents(share.amount_cents)},
                source=part.source,
            )
    given_up = [part for part in parts if refunds[part.refund_id].state in GIVEN_UP]
    waiting = [part for part in parts if refunds[part.refund_id].state not in GIVEN_UP]
    _keep(refunds, shares, given_up)
    _reopen(refunds, waiting)
    bank_letters.returned(list(refunds.values()), _whys(shares, waiting))
    told = [(f"refund:{one.refund_id}", f"{one.code} {one.why}".strip()) for one in parts]
    audit.record_all("refund:returned", told, actor_id=by)


def _finish(refunds: Sequence[Refund], notes: dict[int, str], by: int | None) -> None:
    """Paid, unless another part came back meanwhile and the refund is decided again."""
    done = [refund for refund in refunds if refund.state == RefundState.EXPORTED]
    for note in sorted({notes[refund.id] for refund in done}):
        some = [refund.id for refund in done if notes[refund.id] == note]
        facts = {"paid_by": by, "paid_at": clock.now(), "payment_note": note}
        _change(some, (RefundState.EXPORTED,), state=RefundState.PAID, **facts)
    told = [(f"refund:{refund.id}", notes[refund.id]) for refund in done]
    audit.record_all("refund:paid", told, actor_id=by)


def _keep(refunds: dict[int, Refund], shares: Shares, parts: Sequence[Back]) -> None:
    """Nobody decides about a refund that was given up: what comes back of it is the payers' credit here again."""
    for part in parts:
        share = shares[part.refund_id, part.payer_id]
        if share.paid_at is None:
            continue  # Given up with the rest of the refund, which is a credit since.
        fees.withdraw_refund(
            refunds[part.refund_id].enrolment_id,
            shares={part.payer_id: Cents(share.amount_cents)},
            source=part.source.removesuffix("returned") + "withdrawn",
        )
    bank_letters.kept(list(refunds.values()), _whys(shares, parts))


def _whys(shares: Shares, parts: Sequence[Back]) -> dict[int, str]:
    """The reason of each part, by the id of its share."""
    return {shares[part.refund_id, part.payer_id].id: part.why for part in parts}


def _reopen(refunds: dict[int, Refund], parts: Sequence[Back]) -> None:
    """The first part that comes back reopens, and its reason is the refund's."""
    opened: dict[str, list[int]] = {}
    for part in parts:
        refund = refunds[part.refund_id]
        if refund.state in REOPENED:
            opened.setdefault(part.why, []).append(refund.id)
            refund.state, refund.reason = RefundState.RETURNED, part.why
    for why, some in opened.items():
        _change(
            some,
            REOPENED,
            state=RefundState.RETURNED,
            question="",
            answer="",
            reason=why,
            paid_at=None,
            paid_by=None,
        )


def _change(refund_ids: Sequence[int], before: Sequence[RefundState], **changes: Any) -> None:
    """Guarded by the states they were held in."""
    changed = 0
    for some in chunks(refund_ids):
        changed += (
            Refund.update(version=Refund.version + 1, changed_at=clock.now(), **changes)
            .where(Refund.id.in_(some) & Refund.state.in_(before))
            .execute()
        )
    if changed != len(refund_ids):
        raise Stale(
            "Somebody changed this refund while you were looking at it. Look again and decide."
        )


def _mark_paid(shares: Sequence[RefundShare]) -> None:
    for some in chunks([share.id for share in shares]):
        RefundShare.update(paid_at=clock.now()).where(RefundShare.id.in_(some)).execute()


def _shares(refund_ids: Sequence[int]) -> Shares:
    found: Shares = {}
    for some in chunks(refund_ids):
        rows = RefundShare.select().where(RefundShare.refund.in_(some))
        found |= {(share.refund_id, share.payer_id): share for share in rows}
    return found
