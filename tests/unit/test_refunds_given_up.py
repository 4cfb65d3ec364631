"""Money that comes back after its refund was given up is a credit again, not stuck."""

from uuid import uuid4

import pytest

from portal import fees
from portal.fees.models import LedgerTransaction, Payer
from portal.notifications.models import OutgoingMail
from portal.payouts import service
from portal.payouts.models import Transfer
from portal.programme.models import Cohort
from portal.refunds import heaps_of, queries, waiting_by_enrolment
from portal.refunds import service as refunds
from portal.refunds.models import Refund, RefundShare
from tests.support import make_fees, make_refunds
from tests.support.make_payouts import IBANS, answer, people, released


def half_paid(make):
    """A refund to two payers, of which the first was paid and the second rejected."""
    case = make_refunds.case(make, paid=4_250_00, parent=1_500_00, funded=9_750_00)
    refund = Refund.get(Refund.enrolment == case.enrolment)
    Payer.update(email="parent@example.org", locale="en").where(Payer.kind == "parent").execute()
    for share in RefundShare.select():
        make_fees.account(share.payer_id, iban=IBANS[0], holder="Ada Byron")
    make_refunds.approve(refund, by=people(make).first)
    order = released(make, [Refund.find(refund.id)])
    paid, rejected = Transfer.select().order_by(Transfer.id)
    told = answer(order, {paid.end_to_end: "ACSC", rejected.end_to_end: "RJCT"})
    service.read_answer(told, by=people(make).first.id)
    return Refund.find(refund.id), paid


def test_lists_say_what_is_still_to_leave(make):
    refund, paid = half_paid(make)
    clerk = make_refunds.colleague(make, "finance", "Grace Hopper")
    refunds.propose_again(refund.id, version=refund.version, key=uuid4().hex, by=clerk.id)
    row = queries.row(refund.id)
    left = 4_250_00 - paid.amount_cents
    assert (row.amount_cents, row.sent_cents, row.left_cents) == (4_250_00, paid.amount_cents, left)
    assert queries.heaps()["to-approve"].cents == left


def test_finance_reads_the_sums_of_the_inbox_that_its_figures_lead_to(make):
    refund, paid = half_paid(make)
    clerk = make_refunds.colleague(make, "finance", "Grace Hopper")
    cohorts = [refund.enrolment.cohort_id]
    assert heaps_of(cohorts) == queries.heaps()
    refunds.propose_again(refund.id, version=refund.version, key=uuid4().hex, by=clerk.id)
    make_refunds.refund(make)
    cohorts = [one.id for one in Cohort.select()]
    assert heaps_of(cohorts) == queries.heaps()
    assert heaps_of(cohorts)["to-approve"].cents == 2 * 4_250_00 - paid.amount_cents


def test_what_the_ledger_holds_for_a_refund_is_no_part_of_a_credit_that_waits(make):
    refund, _ = half_paid(make)
    clerk = make_refunds.colleague(make, "finance", "Grace Hopper")
    refunds.propose_again(refund.id, version=refund.version, key=uuid4().hex, by=clerk.id)
    fresh = make_refunds.refund(make)
    both = [refund.enrolment_id, fresh.enrolment_id]
    assert waiting_by_enrolment(both) == {(fresh.enrolment_id, None): 4_250_00}


@pytest.mark.parametrize("verb", [refunds.cancel, refunds.refuse], ids=["cancelled", "refused"])
def test_a_part_that_comes_back_after_its_refund_was_given_up_is_a_credit_again(make, verb):
    refund, paid = half_paid(make)
    clerk = make_refunds.colleague(make, "finance", "Grace Hopper")
    verb(refund.id, reason="Asked", version=refund.version, key=uuid4().hex, by=clerk.id)
    given_up = Refund.find(refund.id).state
    before = fees.position_of(refund.enrolment_id).owes
    last = OutgoingMail.select().count()
    for _ in range(2):
        service.came_back(paid.id, code="AC04", text="", by=clerk.id)
    position = fees.position_of(refund.enrolment_id)
    assert Refund.find(refund.id).state == given_up
    assert position.coming_back == 0
    assert position.owes == before - paid.amount_cents
    sources = [one.source for one in LedgerTransaction.select()]
    assert sum(one.endswith(f"{paid.end_to_end}:withdrawn") for one in sources) == 1
    letters = list(OutgoingMail.select().order_by(OutgoingMail.id).offset(last))
    assert letters
    assert all("given up before" in one.body for one in letters)
    assert not any("another account" in one.body or "which account" in one.body for one in letters)
