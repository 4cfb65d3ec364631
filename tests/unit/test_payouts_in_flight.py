"""While the bank has a part of a refund, nothing else pays that part, gives it up, or takes it back."""

from uuid import uuid4

import pytest

from portal import fees
from portal.fees.models import LedgerEntry
from portal.kernel.db import transaction as db_transaction
from portal.kernel.errors import NotPossible
from portal.notifications.models import OutgoingMail
from portal.payouts import reading, service
from portal.payouts.models import Transfer
from portal.refunds import service as refunds
from portal.refunds.models import Refund
from tests.support import make_payouts, make_refunds
from tests.support.make_payouts import IBANS, approved, people, released
from tests.support.threads import at_once

pytestmark = pytest.mark.slow

CONTRACT_FELL = {"reason": "The contract fell."}


@pytest.fixture
def half_back(make):
    """A refund to two payers: one part came back, the other is still at the bank."""
    refund = approved(make, parent=1_500_00)
    released(make, [refund])
    back, away = Transfer.select().order_by(Transfer.id)
    service.came_back(back.id, code="AC04", text="", by=None)
    return refund, back, away


def click(refund, make):
    version = Refund.find(refund.id).version
    return {"version": version, "key": uuid4().hex, "by": people(make).first.id}


def approved_again(refund, make):
    student = refund.enrolment.student.person
    facts = {"text": "New bank", "iban": IBANS[2], "holder": "Ada"}
    refunds.answer(refund.id, **facts, **click(refund, make) | {"by": student.id})
    for approver in (people(make).first, people(make).second):
        if Refund.find(refund.id).state == "proposed":
            make_refunds.approve(Refund.find(refund.id), by=approver)
    assert Refund.find(refund.id).state == "approved"


def left_the_bank(refund):
    mine = (LedgerEntry.enrolment == refund.enrolment_id) & (LedgerEntry.account == "bank")
    return -sum(e.amount_cents for e in LedgerEntry.select().where(mine)) + 4_250_00


def test_nobody_pays_by_hand_what_the_bank_may_still_pay(make, half_back):
    refund, _, away = half_back
    approved_again(refund, make)
    with pytest.raises(NotPossible, match="still at the bank"):
        refunds.pay(refund.id, note="cheque", **click(refund, make))
    service.executed(away.id, note="", by=None)
    assert left_the_bank(refund) == away.amount_cents
    refunds.pay(refund.id, note="cheque", **click(refund, make))
    assert left_the_bank(refund) == refund.amount_cents
    assert Refund.find(refund.id).state == "paid"


@pytest.mark.parametrize("verb", [refunds.cancel, refunds.refuse])
def test_nobody_gives_up_what_the_bank_may_still_pay(make, half_back, verb):
    refund, back, away = half_back
    with pytest.raises(NotPossible, match="still at the bank"):
        verb(refund.id, reason="No.", **click(refund, make))
    service.executed(away.id, note="", by=None)
    verb(refund.id, reason="No.", **click(refund, make))
    assert left_the_bank(refund) == away.amount_cents
    assert fees.position_of(refund.enrolment_id).coming_back == 0
    assert fees.position_of(refund.enrolment_id).credit == back.amount_cents


def test_a_contract_that_falls_leaves_alone_what_is_at_the_bank(make, half_back):
    refund, _, away = half_back
    by = people(make).first.id
    refunds.withdraw_for_contract(contract=refund.contract, by=by, **CONTRACT_FELL)
    assert Refund.find(refund.id).state == "returned"
    service.executed(away.id, note="", by=None)
    assert left_the_bank(refund) == away.amount_cents


def test_the_other_part_may_still_arrive_while_the_refund_is_decided_again(make, half_back):
    refund, _, away = half_back
    approved_again(refund, make)
    with pytest.raises(NotPossible, match="another order"):
        make_payouts.prepared(make, [refund])
    service.executed(away.id, note="", by=None)
    order = make_payouts.prepared(make, [refund])
    assert order.control_sum_cents == refund.amount_cents - away.amount_cents


def test_a_part_paid_already_is_refused_and_breaks_nothing(make, half_back):
    away = half_back[2]
    service.executed(away.id, note="", by=None)
    Transfer.update(state="sent").where(Transfer.id == away.id).execute()
    with pytest.raises(NotPossible, match="paid already"):
        service.executed(away.id, note="", by=None)


def test_answers_at_once_never_unpay_a_transfer(make):
    """Whichever comes first stays, and the other is refused: a person asks the bank."""
    clerk = people(make).first.id
    for _ in range(12):
        refund = approved(make, cents=1_500_00)
        order = released(make, [refund])
        yes, no = (make_payouts.answer(order, {refund.number: s}) for s in ("ACSC", "RJCT"))
        outcomes = at_once(
            lambda yes=yes: service.read_answer(yes, by=clerk),
            lambda no=no: service.read_answer(no, by=clerk),
        )
        assert sum(isinstance(one, NotPossible) for one in outcomes) == 1
        states = (Refund.find(refund.id).state, make_payouts.transfer_of(refund).state)
        assert states in {("paid", "paid"), ("returned", "rejected")}


def test_answer_and_statement_at_once_wait_in_no_circle(make):
    """The statement books in its own order, the answer in the order's: each line has one effect."""
    clerk = people(make).first.id
    some = [approved(make, cents=1_500_00 + n) for n in range(6)]
    order = released(make, some)
    transfers = list(Transfer.select().order_by(Transfer.id.desc()))
    told = make_payouts.answer(order, whole="ACSC")

    def statement():
        with db_transaction():
            fees.hold_enrolments(service.hold_refunds([one.id for one in transfers]), [])
            for one in transfers:
                service.executed(one.id, note="", by=clerk)

    at_once(statement, lambda: service.read_answer(told, by=clerk), statement)
    assert {Refund.find(one.id).state for one in some} == {"paid"}
    assert {fees.position_of(one.enrolment_id).coming_back for one in some} == {0}


def test_several_parts_that_come_back_alike_are_one_letter(make):
    refund = approved(make, parent=1_500_00)
    order = released(make, [refund])
    before = OutgoingMail.select().count()
    service.read_answer(make_payouts.answer(order, whole="RJCT"), by=people(make).first.id)
    letters = [mail.recipient for mail in OutgoingMail.select().where(OutgoingMail.id > before)]
    assert len(letters) == len(set(letters)) == 3


def test_a_file_taken_in_with_a_batch_refused_reopens_the_refund(make):
    refund = approved(make)
    order = released(make, [refund])
    refused = b"<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>DT01</Cd></Rsn></StsRsnInf>"
    told = make_payouts.answer(order, whole="ACTC").replace(
        b"</OrgnlPmtInfId>", b"</OrgnlPmtInfId>" + refused
    )
    assert service.read_answer(told, by=people(make).first.id).rejected == 1
    assert "date" in Refund.find(refund.id).reason


def transaction(number="R-1", status="ACSC", amount=None):
    told = f"<OrgnlEndToEndId>{number}</OrgnlEndToEndId>" if number else ""
    reference = f'<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">{amount}</InstdAmt></Amt></OrgnlTxRef>'
    return f"<TxInfAndSts>{told}<TxSts>{status}</TxSts>{reference if amount else ''}</TxInfAndSts>"


def answer_with(*transactions):
    inner = "\n".join(transactions)
    return (
        "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>P-1</OrgnlMsgId></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts>{inner}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


@pytest.mark.parametrize(
    ("written", "cents"), [("1.5", 150), ("1500", 150_000), ("0.01", 1), ("7.50000", 750)]
)
def test_amounts_are_read_to_the_cent(written, cents):
    assert reading.read(answer_with(transaction(amount=written))).single["R-1"][3] == cents


@pytest.mark.parametrize(
    "written", ["²", "1.²0", "1" * 5000, "-5.00", "1e3", "1,5", "1.005", "1.", "٣", "NaN"]
)
def test_what_is_no_amount_is_refused_with_its_line(written):
    with pytest.raises(NotPossible, match=r"Line 2 .* euros and cents"):
        reading.read(answer_with(transaction("R-0"), transaction(amount=written)))


def test_an_answer_says_which_transfer_it_means_and_says_one_thing_of_it():
    with pytest.raises(NotPossible, match=r"Line 2 .* which transfer"):
        reading.read(answer_with(transaction("R-0"), transaction(number="")))
    with pytest.raises(NotPossible, match="contradicts itself about R-1"):
        reading.read(answer_with(transaction(), transaction(status="RJCT")))
    with pytest.raises(NotPossible, match="line 1"):
        reading.read(b"<Document><cut")
    told = reading.read(answer_with(transaction(), transaction(status="ACSP")))
    assert told.single["R-1"][0] == "paid", "its end counts, not its progress"
