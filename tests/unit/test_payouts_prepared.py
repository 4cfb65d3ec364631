"""An order that nobody released yet: what it holds waits for it, and it is released as it was prepared or not at all."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from portal import fees
from portal.kernel import clock
from portal.kernel.errors import NotPossible, Refusal
from portal.payouts import service
from portal.payouts.models import PaymentOrder, Transfer
from portal.refunds import service as refunds
from portal.refunds.models import Refund, RefundShare
from tests.support import make_refunds
from tests.support.make_payouts import IBANS, approved, people, prepared
from tests.support.threads import at_once

ROOT = Path(__file__).parents[2]
#: A process that forgot to make the portal: nobody tells refunds of the bank there.
ELSEWHERE = """
import sys
from portal.kernel import db, vault
from portal.kernel.errors import Refusal
from portal.refunds import service

db.connect(sys.argv[1]); vault.configure(["test"])
with db.database.connection_context():
    try:
        service.pay(int(sys.argv[2]), note="", version=int(sys.argv[3]), key="k" * 20, by=int(sys.argv[4]))
    except Refusal as refusal:
        print(refusal)
"""


def click(refund, make):
    version = Refund.find(refund.id).version
    return {"version": version, "key": uuid4().hex, "by": people(make).first.id}


def by_hand(refund, make):
    refunds.pay(refund.id, note="cheque", **click(refund, make))


def given_up(refund, make):
    refunds.cancel(refund.id, reason="No.", **click(refund, make))


def withdraw(order, make):
    service.withdraw(order.id, version=1, key=uuid4().hex, by=people(make).first.id)


def release(order, make):
    service.release(order.id, version=1, key=uuid4().hex, by=people(make).second.id)


def new_account(refund, make):
    payer = fees.student_payer(refund.enrolment_id)
    fees.set_account(payer.id, iban=IBANS[2], holder="Ada", by=people(make).first.id)


@pytest.mark.parametrize(("verb", "becomes"), [(by_hand, "paid"), (given_up, "cancelled")])
def test_what_an_order_holds_is_free_again_when_the_order_is_withdrawn(make, verb, becomes):
    refund = approved(make)
    order = prepared(make, [refund])
    with pytest.raises(NotPossible, match="Withdraw that order first"):
        verb(refund, make)
    assert Refund.find(refund.id).state == "approved"

    withdraw(order, make)
    verb(refund, make)
    assert Refund.find(refund.id).state == becomes
    assert fees.position_of(refund.enrolment_id).coming_back == 0


def test_paying_by_hand_while_a_colleague_prepares_pays_one_way(make):
    make.school()
    for _ in range(6):
        refund = approved(make, cents=1_500_00)
        at_once(lambda one=refund: by_hand(one, make), lambda one=refund: prepared(make, [one]))
        state, held = (
            Refund.find(refund.id).state,
            Transfer.select().where(Transfer.refund == refund),
        )
        assert (state, held.count()) in {("paid", 0), ("approved", 1)}


def test_a_refund_that_is_decided_again_is_neither_corrected_nor_refused_below_its_order(make):
    registrar = make_refunds.colleague(make, "registrar", "Rosa Registrar")
    refund = approved(make)
    order = prepared(make, [refund])
    new_account(refund, make)
    assert Refund.find(refund.id).state == "proposed"
    payer = fees.student_payer(refund.enrolment_id).id
    less = {"shares": {payer: 1_00}, "reason": "Less."}
    with pytest.raises(NotPossible, match="Withdraw that order first"):
        refunds.edit(refund.id, **less, **click(refund, make) | {"by": registrar.id})
    with pytest.raises(NotPossible, match="Withdraw that order first"):
        refunds.refuse(refund.id, reason="No.", **click(refund, make))

    withdraw(order, make)
    refunds.refuse(refund.id, reason="No.", **click(refund, make))
    assert fees.position_of(refund.enrolment_id).coming_back == 0


def test_an_order_never_pays_an_account_that_was_replaced(make):
    refund = approved(make)
    order = prepared(make, [refund])
    new_account(refund, make)
    for approver in (people(make).first, people(make).second):
        make_refunds.approve(Refund.find(refund.id), by=approver)
    assert Refund.find(refund.id).state == "approved"
    with pytest.raises(NotPossible, match="was changed"):
        release(order, make)
    withdraw(order, make)
    again = prepared(make, [refund])
    release(again, make)
    assert Transfer.get(Transfer.order == again).iban == IBANS[2]


def test_an_order_never_pays_another_amount_than_the_refund(make):
    refund = approved(make)
    order = prepared(make, [refund])
    RefundShare.update(amount_cents=1_00).where(RefundShare.refund == refund).execute()
    with pytest.raises(NotPossible, match="was changed"):
        release(order, make)
    assert PaymentOrder.find(order.id).state == "prepared"


def test_a_contract_that_falls_takes_its_refund_out_of_a_prepared_order(make):
    refund = approved(make)
    order = prepared(make, [refund])
    by = people(make).first.id
    refunds.withdraw_for_contract(contract=refund.contract, by=by, reason="The contract fell.")
    assert Refund.find(refund.id).state == "cancelled"
    with pytest.raises(Refusal, match="not approved"):
        release(order, make)
    withdraw(order, make)


def test_an_order_is_released_on_its_day_and_not_after_it(make):
    late, timely = (prepared(make, [approved(make, cents=1_500_00 + n)]) for n in range(2))
    with clock.set_to(clock.now() + timedelta(days=1)):
        release(timely, make)
    with clock.set_to(clock.now() + timedelta(days=2)):
        with pytest.raises(NotPossible, match=r"is over\. Withdraw this order"):
            release(late, make)
        withdraw(late, make)
    states = [PaymentOrder.find(order.id).state for order in (late, timely)]
    assert states == ["withdrawn", "released"]


@pytest.mark.parametrize(
    ("days", "why"),
    [(-1, "past"), (61, "60 days ahead"), (-365, "past"), (36_500, "60 days ahead")],
)
def test_an_order_for_yesterday_or_a_mistyped_year_is_not_prepared(make, days, why):
    refund, by = approved(make), people(make).first.id
    make.school()
    with pytest.raises(NotPossible, match=why):
        service.prepare(
            [refund.id], execution_on=clock.today() + timedelta(days), key=uuid4().hex, by=by
        )
    assert PaymentOrder.select().count() == 0


@pytest.mark.parametrize("days", [0, 60])
def test_today_and_sixty_days_ahead_can_be_chosen(make, days):
    refund, by = approved(make), people(make).first.id
    make.school()
    day = clock.today() + timedelta(days)
    order = service.prepare([refund.id], execution_on=day, key=uuid4().hex, by=by)
    assert order.execution_on == day


def test_where_nobody_can_see_the_bank_nothing_is_paid(make, settings):
    refund = approved(make)
    by = people(make).first.id
    facts = [settings.database_url, refund.id, refund.version, by]
    told = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *map(str, facts)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cannot see here" in told.stdout
    assert Refund.find(refund.id).state == "approved"
