"""An order whose end the bank never tells is no dead end."""

from datetime import timedelta
from uuid import uuid4

import pytest
from lxml import etree

from portal.fees.models import LedgerTransaction
from portal.kernel import clock
from portal.kernel.errors import NotAllowed, NotPossible, Refusal
from portal.payouts import queries, service
from portal.payouts.models import PaymentOrder, Transfer
from portal.refunds import service as refunds
from portal.refunds.models import Refund
from tests.support import make_refunds
from tests.support.make_payouts import answer, approved, people, prepared, released
from tests.support.threads import at_once

WHY = "The bank has no trace of it"


def never(order, by, *, key=None, version=None):
    service.never_taken(
        order.id, reason=WHY, version=version or order.version, key=key or uuid4().hex, by=by
    )


def executed(order, by, *, on=None, key=None):
    service.executed_by_word(
        order.id,
        on=on or clock.today(),
        reason="It stands on the paper statement",
        version=order.version,
        key=key or uuid4().hex,
        by=by,
    )


def states(some):
    return {Refund.find(one.id).state for one in some}


def test_each_transfer_is_a_debit_of_its_own_under_the_orders_number(make):
    order = prepared(make, [approved(make), approved(make, cents=100_00)])
    root = etree.fromstring(bytes(order.document))
    assert root.xpath("//*[local-name()='BtchBookg']/text()") == ["false"]
    assert root.xpath("//*[local-name()='PmtInfId']/text()") == [order.number]


def test_what_the_bank_never_took_comes_back_and_can_leave_in_another_order(make):
    some = [approved(make, cents=1_500_00 + n) for n in range(2)]
    order, clerk, key = released(make, some), people(make).first.id, uuid4().hex
    before = queries.document_of(order.id)
    never(order, clerk, key=key)
    never(order, clerk, key=key)
    order = PaymentOrder.find(order.id)
    assert (order.closed_as, order.closed_reason, order.closed_by_id) == ("never_taken", WHY, clerk)
    assert states(some) == {"returned"}
    assert queries.document_of(order.id) == before, "the frozen file stays"
    for one in some:
        now = Refund.find(one.id)
        refunds.propose_again(one.id, version=now.version, key=uuid4().hex, by=clerk)
        make_refunds.approve(Refund.find(one.id), by=people(make).first)
    second = released(make, [Refund.find(one.id) for one in some])
    assert (second.transfers, second.control_sum_cents) == (2, order.control_sum_cents)


def test_what_the_bank_executed_is_paid_on_that_day_once(make):
    some = [approved(make), approved(make, cents=100_00)]
    order, clerk = released(make, some), people(make).first.id
    with pytest.raises(NotPossible, match="to come"):
        executed(order, clerk, on=clock.today() + timedelta(days=1))
    with pytest.raises(NotPossible, match="before it was released"):
        executed(order, clerk, on=clock.today() - timedelta(days=1))
    key = uuid4().hex
    executed(order, clerk, key=key)
    posted = LedgerTransaction.select().count()
    executed(order, clerk, key=key)
    with pytest.raises(NotPossible, match="another decision"):
        executed(order, clerk, on=clock.today() - timedelta(days=1), key=key)
    assert states(some) == {"paid"}
    assert Refund.find(some[0].id).payment_note == clock.today().isoformat()
    with pytest.raises(NotPossible, match="at the bank any more"):
        never(PaymentOrder.find(order.id), clerk)
    assert LedgerTransaction.select().count() == posted


def test_who_released_an_order_does_not_say_what_became_of_it(make):
    order = released(make, [approved(make)])
    for verb in (never, executed):
        with pytest.raises(NotAllowed, match="another person"):
            verb(order, people(make).second.id)


def test_two_colleagues_at_once_close_an_order_once(make):
    refund = approved(make)
    order, clerk = released(make, [refund]), people(make).first.id

    calls = [lambda: never(order, clerk), lambda: executed(order, clerk)] * 3
    outcomes = at_once(*calls)
    assert sum(not isinstance(one, Refusal) for one in outcomes) == 1
    assert states([refund]) <= {"paid", "returned"}


@pytest.mark.parametrize("status", ["ACSC", "ACSP", "ACCP", "ACTC", "ACWC", "PDNG", "RCVD"])
@pytest.mark.parametrize("whole", [True, False])
def test_an_answer_by_which_the_bank_has_what_was_never_taken_is_refused_whole(make, status, whole):
    refund = approved(make)
    order, clerk = released(make, [refund]), people(make).first.id
    never(order, clerk)
    said = {} if whole else {Transfer.get().end_to_end: status}
    with pytest.raises(NotPossible, match="somebody said that it never took") as refused:
        service.read_answer(answer(order, said, whole=whole and status), by=clerk)
    assert ("paid" if status == "ACSC" else "has") in str(refused.value)
    assert states([refund]) == {"returned"}


def test_a_duplicate_of_what_was_never_taken_says_that_the_bank_has_it(make):
    refund = approved(make)
    order, clerk = released(make, [refund]), people(make).first.id
    never(order, clerk)
    with pytest.raises(NotPossible, match="asked the bank"):
        service.read_answer(answer(order, {refund.number: "RJCT"}, reason="DU01"), by=clerk)
    assert service.read_answer(answer(order, whole="RJCT"), by=clerk).rejected == 0


def test_the_bank_may_still_tell_of_an_order_what_it_rejected_before_the_rest_was_given_up(make):
    refused, lost = approved(make, cents=1_500_00), approved(make, cents=100_00)
    order, clerk = released(make, [refused, lost]), people(make).first.id
    told = answer(order, {refused.number: "RJCT"})
    service.read_answer(told, by=clerk)
    never(order, clerk)
    assert service.read_answer(told, by=clerk).rejected == 0
    service.read_answer(answer(order, {refused.number: "ACTC"}), by=clerk)
    assert states([refused, lost]) == {"returned"}
