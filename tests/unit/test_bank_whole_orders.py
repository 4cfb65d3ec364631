"""A bank that books one debit for a whole order pays each of its refunds, once."""

from io import BytesIO
from uuid import uuid4

import pytest

from portal.bank import queries, service
from portal.bank.models import BankFile, BankLine
from portal.fees.models import LedgerTransaction
from portal.infra.files import storage
from portal.kernel.errors import NotPossible
from portal.payouts import service as payouts
from portal.payouts.models import PaymentOrder
from portal.refunds.models import Refund
from tests.support import make_bank
from tests.support.make_payouts import answer, approved, people, released

BY_NUMBER = {"message": "<MsgId>{n}</MsgId>", "block": "<PmtInfId>{n}</PmtInfId>"}


@pytest.fixture
def order(make):
    order = released(make, [approved(make, cents=1_500_00 + n) for n in range(3)])
    make_bank.school(make)
    return order


def told(make, order, *, refs=BY_NUMBER["message"], figure="4500.03", reference="B1", text=""):
    """The line that a statement with one debit gave."""
    details = (
        f"<TxDtls><Refs>{refs.format(n=order.number)}</Refs>"
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    )
    debit = make_bank.booking(figure, reference=reference, direction="DBIT", details=[details])
    data = make_bank.message(make_bank.statement(debit, ident=reference)).encode()
    clerk = people(make).first.id
    file = service.receive(
        BytesIO(data), sent_as="c.xml", key=uuid4().hex, by=clerk, storage=storage()
    )
    service.read_file(file.id, storage())
    assert BankFile.find(file.id).state == "done"
    return BankLine.select().order_by(BankLine.id.desc()).get()


@pytest.mark.parametrize("number", ["MsgId", "PmtInfId"])
@pytest.mark.parametrize("detailed", [True, False])
def test_a_bank_that_names_the_order_above_its_transactions_is_understood(
    make, order, number, detailed
):
    batch = f"<Btch><{number}>{order.number}</{number}><NbOfTxs>3</NbOfTxs></Btch>"
    details = [batch, "<TxDtls><Refs/></TxDtls>"] if detailed else [batch]
    debit = make_bank.booking("4500.03", reference="B1", direction="DBIT", details=details)
    data = make_bank.message(make_bank.statement(debit)).encode()
    file = service.receive(
        BytesIO(data), sent_as="c.xml", key=uuid4().hex, by=people(make).first.id, storage=storage()
    )
    service.read_file(file.id, storage())
    assert (BankLine.get().state, BankLine.get().what) == ("matched", "order-executed")
    assert states() == ["paid"] * 3


def states():
    return [one.state for one in Refund.select()]


@pytest.mark.parametrize("refs", BY_NUMBER.values(), ids=BY_NUMBER)
def test_one_debit_with_the_orders_number_and_sum_pays_it_once(make, order, refs):
    line = told(make, order, refs=refs)
    assert (line.state, line.what, line.why) == ("matched", "order-executed", "order")
    assert states() == ["paid"] * 3
    posted = LedgerTransaction.select().count()
    assert told(make, order, refs=refs).id == line.id, "the same file twice"
    second = told(make, order, refs=refs, reference="B2")
    assert (second.state, second.why) == ("open", "already-done")
    assert LedgerTransaction.select().count() == posted
    assert not queries.may_undo(line), "as every debit of our own"


def test_what_the_answer_marked_paid_is_still_told_by_one_debit(make, order):
    payouts.read_answer(answer(order, whole="ACSC"), by=people(make).first.id)
    line = told(make, order)
    assert (line.state, line.why) == ("matched", "order")
    assert states() == ["paid"] * 3


def test_another_sum_waits_for_a_person(make, order):
    line = told(make, order, figure="4500.02")
    assert (line.state, line.why) == ("open", "wrong-amount")
    assert states() == ["exported"] * 3


def test_a_number_in_the_text_is_confirmed_by_a_person(make, order):
    line = told(make, order, refs="", text=f"VIR SEPA {order.number} LOT")
    assert (line.state, line.why) == ("suggested", "order-in-text")
    facts = {"reading": 0, "version": line.version, "key": uuid4().hex, "by": people(make).first.id}
    for _ in range(2):
        service.confirm(line.id, **facts)
    assert BankLine.find(line.id).state == "matched"
    assert states() == ["paid"] * 3


def test_a_debit_for_what_was_never_taken_is_sorted_out_and_pays_nothing(make, order):
    order = PaymentOrder.find(order.id)
    payouts.never_taken(
        order.id,
        reason="No trace",
        version=order.version,
        key=uuid4().hex,
        by=people(make).first.id,
    )
    line = told(make, order)
    assert (line.state, line.why) == ("open", "given-up")
    assert states() == ["returned"] * 3


def test_a_debit_of_another_sum_pays_nothing_of_an_order(make, order):
    """The bank's file was read before a colleague's decision changed what is still at the bank."""
    first = order.lines.get()
    with pytest.raises(NotPossible, match="still at the bank"):
        payouts.executed_order(first.id, cents=4_500_04, note="x", by=people(make).first.id)
    assert states() == ["exported"] * 3
