"""Parts of refunds as letters name them: what goes to whom, and only what the news is about."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from portal.fees import Payer, PayerKind
from portal.identity import Person
from portal.kernel.db import chunks
from portal.kernel.i18n import mark, translate
from portal.kernel.money import Cents, format_eur
from portal.programme import Enrolment, Student
from portal.refunds.models import Refund, RefundShare

TO_PAYER = mark("%(amount)s to %(name)s")

Parts = dict[int, list[RefundShare]]


def unpaid(refund_ids: Collection[int]) -> Parts:
    """By refund, what has not left the bank; a query for every four hundred."""
    return _by_refund(refund_ids, RefundShare.refund, RefundShare.paid_at.is_null())


def these(share_ids: Collection[int]) -> Parts:
    """Just these parts, by refund; a query for every four hundred."""
    return _by_refund(share_ids, RefundShare.id)


def worded(parts: Sequence[RefundShare], locale: str) -> str:
    """The sum, and whose it is unless it is the student's alone (or that of the one company it goes to)."""
    total = format_eur(Cents(sum(one.amount_cents for one in parts)), locale)
    if all(is_own(one) or one.refund.company_payer_id for one in parts):
        return total
    each = [
        translate(
            TO_PAYER,
            locale,
            amount=format_eur(Cents(one.amount_cents), locale),
            name=one.payer.name,
        )
        for one in parts
    ]
    return each[0] if len(each) == 1 else f"{total} ({', '.join(each)})"


def is_own(part: RefundShare) -> bool:
    """Does it go to the student in person?"""
    return part.payer.kind == PayerKind.STUDENT


def _by_refund(ids: Collection[int], key: Any, only: Any = None) -> Parts:
    found: Parts = {}
    for some in chunks(sorted(ids)):
        for one in _with_readers(key.in_(some) if only is None else key.in_(some) & only):
            found.setdefault(one.refund_id, []).append(one)
    return found


def _with_readers(wanted: Any) -> Iterable[RefundShare]:
    return (
        RefundShare.select(RefundShare, Refund, Payer, Enrolment.id, Student.id, Person)
        .join(Refund)
        .join(Enrolment)
        .join(Student)
        .join(Person)
        .switch(RefundShare)
        .join(Payer)
        .where(wanted)
        .order_by(RefundShare.id)
    )
