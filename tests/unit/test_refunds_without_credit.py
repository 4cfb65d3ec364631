"""A refund is approved for what the school owes on that day, not for what it owed when it was proposed."""

import pytest

from portal import fees
from portal.fees import service as till
from portal.fees.models import Payment
from portal.kernel.errors import NotPossible
from portal.payouts.models import PaymentOrder
from portal.refunds import service
from portal.refunds.models import Refund
from tests.support import make_fees, make_payouts, make_refunds


@pytest.fixture
def ann(make):
    """Who approves."""
    return make.staff("finance", name="Ann")


def test_money_that_turned_out_not_to_be_there_does_not_go_back(make, ann):
    clerk = make.staff("finance", name="Clerk")
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 9_750_00, by=clerk)
    wrong = make_fees.pay(make, enrolment, 500_00, by=clerk)
    student = fees.student_payer(enrolment.id)
    service.give_credit_back(
        enrolment.id, shares={student.id: 500_00}, reason="twice", key="k" * 32, by=clerk.id
    )
    till.reverse_payment(wrong.id, reason="It was somebody else's.", by=clerk.id)
    with pytest.raises(NotPossible, match="not owed so much any more"):
        make_refunds.approve(Refund.get(), by=ann)
    assert (Refund.get().state, fees.position_of(enrolment.id).owes) == ("proposed", 0)
    facts = {"version": Refund.get().version, "key": make_refunds.key(), "by": ann.id}
    service.refuse(Refund.get().id, reason="It was never ours.", **facts)
    assert Refund.get().state == "refused"


def test_less_received_than_when_the_contract_came_means_no_refund(make, ann):
    """§2: funded 6,000, the student owes the rest; 4,250 received give 500 back, 2,875 nothing."""
    case = make_refunds.case(make, paid=4_250_00, funded=6_000_00, owed_by="student")
    assert Refund.get().amount_cents == 500_00
    till.reverse_payment(Payment.get().id, reason="The bank took it back.", by=ann.id)
    make_fees.pay(make, case.enrolment, 2_875_00, by=case.clerk)
    with pytest.raises(NotPossible, match="not owed so much any more"):
        make_refunds.approve(Refund.get(), by=ann)
    assert fees.position_of(case.enrolment.id).owes == 875_00


def test_an_approved_refund_does_not_leave_once_the_bank_took_the_money_back(make, ann):
    refund = make_payouts.approved(make)
    till.payment_gone(Payment.get().id, reason="MD06", by=ann.id)
    assert fees.position_of(refund.enrolment_id).owes > 0
    with pytest.raises(NotPossible, match="owes money again"):
        make_payouts.prepared(make, [refund])
    facts = {"version": Refund.get().version, "key": make_refunds.key(), "by": ann.id}
    service.cancel(refund.id, reason="The bank took the money back.", **facts)
    assert fees.position_of(refund.enrolment_id).owes == 0
    assert Refund.get().state == "cancelled"


def test_nor_is_an_order_released_that_holds_it(make, ann):
    refund = make_payouts.approved(make)
    order = make_payouts.prepared(make, [refund])
    till.payment_gone(Payment.get().id, reason="MD06", by=ann.id)
    with pytest.raises(NotPossible, match="owes money again"):
        make_payouts.service.release(
            order.id, version=1, key="k" * 32, by=make_payouts.people(make).second.id
        )
    assert PaymentOrder.get().state == "prepared"
