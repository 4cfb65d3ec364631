"""Several members of staff, one refund, the same moment: real threads on a real database."""

import pytest

from portal.audit.models import AuditEvent
from portal.fees.models import LedgerTransaction
from portal.kernel.errors import NotAllowed, NotPossible, Stale
from portal.refunds import service
from portal.refunds.models import Refund
from tests.support import make_refunds
from tests.support.threads import at_once

pytestmark = pytest.mark.slow


def effects(refund) -> int:
    source = f"refund:{refund.id}"
    return LedgerTransaction.select().where(LedgerTransaction.source == source).count()


def approvals(refund) -> int:
    mine = (AuditEvent.subject == f"refund:{refund.id}") & (AuditEvent.tag == "refund:approved")
    return AuditEvent.select().where(mine).count()


def test_two_people_approving_at_once_have_one_effect(make):
    grace, linus = make.staff("finance", name="Grace"), make.staff("director", name="Linus")
    for _ in range(30):
        refund = make_refunds.refund(make, cents=1_500_00)
        outcomes = at_once(
            lambda refund=refund: make_refunds.approve(refund, by=grace),
            lambda refund=refund: make_refunds.approve(refund, by=linus),
        )
        assert sorted(type(o) for o in outcomes if o) in ([NotPossible], [Stale])
        assert (effects(refund), approvals(refund)) == (1, 1)


def test_approving_and_refusing_at_once_leave_one_decision(make):
    grace, linus = make.staff("finance"), make.staff("director")
    for _ in range(10):
        refund = make_refunds.refund(make, cents=1_500_00)
        outcomes = at_once(
            lambda refund=refund: make_refunds.approve(refund, by=grace),
            lambda refund=refund: service.refuse(
                refund.id, reason="No.", version=1, key=make_refunds.key(), by=linus.id
            ),
        )
        assert outcomes.count(None) == 1
        assert effects(refund) == (1 if Refund.find(refund.id).state == "approved" else 0)


def test_the_same_click_sent_thrice_at_once_succeeds_thrice_and_pays_once(make):
    refund, grace = make_refunds.refund(make), make.staff("finance")
    click = make_refunds.key()

    def approve():
        return make_refunds.approve(refund, by=grace, click=click)

    assert at_once(approve, approve, approve) == [None, None, None]
    assert (effects(refund), approvals(refund)) == (1, 1)


def test_paying_at_once_pays_once(make):
    refund, grace = make_refunds.refund(make), make.staff("finance")
    make_refunds.approve(refund, by=grace)

    def pay():
        return service.pay(refund.id, note="", version=2, key=make_refunds.key(), by=grace.id)

    outcomes = at_once(pay, pay, pay)

    assert outcomes.count(None) == 1
    paid = LedgerTransaction.source.startswith(f"refund:{refund.id}:paid")
    assert LedgerTransaction.select().where(paid).count() == 1


def test_above_the_limit_two_different_people_approve(make):
    refund = make_refunds.refund(make, cents=9_750_00)
    grace, linus = make.staff("finance", name="Grace"), make.staff("director", name="Linus")
    first = make_refunds.key()

    make_refunds.approve(refund, by=grace, click=first)
    make_refunds.approve(refund, by=grace, click=first)
    assert (Refund.find(refund.id).state, effects(refund)) == ("proposed", 0)

    with pytest.raises(NotAllowed, match="approved this refund already"):
        make_refunds.approve(refund, by=grace, version=2)
    make_refunds.approve(refund, by=linus, version=2)
    assert (Refund.find(refund.id).state, effects(refund)) == ("approved", 1)


def test_two_first_approvals_at_once_count_as_one(make):
    refund = make_refunds.refund(make, cents=9_750_00)
    grace, linus = make.staff("finance"), make.staff("director")
    at_once(
        lambda: make_refunds.approve(refund, by=grace, version=1),
        lambda: make_refunds.approve(refund, by=linus, version=1),
    )
    assert (Refund.find(refund.id).state, effects(refund)) == ("proposed", 0)


def test_a_click_cannot_be_used_for_two_decisions(make):
    refund, grace = make_refunds.refund(make), make.staff("finance")
    click = make_refunds.key()
    make_refunds.approve(refund, by=grace, click=click)
    with pytest.raises(NotPossible):
        service.refuse(refund.id, reason="No.", version=2, key=click, by=grace.id)


def test_a_refund_cannot_exceed_what_is_left_of_the_payment(make):
    """The payment is reversed between proposal and approval: nothing may go out."""
    from portal.fees import service as money
    from portal.fees.models import Payment

    refund, grace = make_refunds.refund(make), make.staff("finance")
    payment = Payment.get()
    money.reverse_payment(payment.id, reason="Bounced", by=grace.id)

    with pytest.raises(NotPossible, match="more than the payer paid"):
        make_refunds.approve(refund, by=grace)
    assert (Refund.find(refund.id).state, effects(refund)) == ("proposed", 0)
