"""What the bank answers may differ from what is known: a person asks the bank before money leaves twice."""

from uuid import uuid4

import pytest

from portal.fees.models import LedgerTransaction
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.kernel.iso20022 import DUPLICATES, REASONS
from portal.payouts import service
from portal.payouts.models import PaymentOrder, Transfer
from portal.refunds.models import Refund
from tests.support.make_payouts import answer, approved, people, released, transfer_of

DUPLICATE = sorted(DUPLICATES)


@pytest.fixture
def clerk(make):
    return people(make).first.id


def why(code):
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>".encode()


def rejected_whole(order, code, *, level="GrpSts"):
    """The file, or its batch, is refused for `code`."""
    said = f"<{level}>RJCT</{level}>".encode() + why(code)
    after = {"GrpSts": b"</OrgnlMsgNmId>", "PmtInfSts": b"</OrgnlPmtInfId>"}[level]
    return answer(order).replace(after, after + said)


def executed(order, by):
    service.executed_by_word(
        order.id,
        on=clock.today(),
        reason="I saw it",
        version=PaymentOrder.find(order.id).version,
        key=uuid4().hex,
        by=by,
    )


def known():
    """All that an answer might change."""
    transfers = Transfer.select().order_by(Transfer.id)
    return (
        [(one.state, one.reason_code, one.answered_at) for one in transfers],
        [one.state for one in Refund.select().order_by(Refund.id)],
        LedgerTransaction.select().count(),
    )


def refused(data, clerk, match):
    before = known()
    with pytest.raises(NotPossible, match=match):
        service.read_answer(data, by=clerk)
    assert known() == before


def quiet(data, clerk):
    before = known()
    told = service.read_answer(data, by=clerk)
    assert (told.paid, told.rejected) == (0, 0)
    assert known() == before


@pytest.mark.parametrize("code", DUPLICATE)
def test_every_duplicate_has_its_words(code):
    assert code in REASONS


@pytest.mark.parametrize("code", [*DUPLICATE, "am05"])
@pytest.mark.parametrize("level", ["GrpSts", "PmtInfSts"])
def test_a_second_copy_that_the_bank_rejects_opens_no_refund(make, clerk, code, level):
    order = released(make, [approved(make)])
    service.read_answer(answer(order, whole="ACCP"), by=clerk)
    refused(rejected_whole(order, code, level=level), clerk, "may have taken a first copy")


def test_one_transfer_rejected_as_a_duplicate_stops_the_whole_answer(make, clerk):
    one, other = approved(make, cents=1_500_00), approved(make, cents=100_00)
    order = released(make, [one, other])
    told = answer(order, {one.number: "ACSC", other.number: "RJCT"}, reason="DU04")
    refused(told, clerk, f"{other.number} as a duplicate")


def test_transfers_rejected_below_a_file_that_is_a_duplicate_are_duplicates(make, clerk):
    refund = approved(make)
    order = released(make, [refund])
    for own in (b"", why("NARR")):
        told = rejected_whole(order, "DU01").replace(
            b"</OrgnlPmtInfId>",
            b"</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>"
            + refund.number.encode()
            + b"</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
            + own
            + b"</TxInfAndSts>",
        )
        refused(told, clerk, "as a duplicate")


def test_a_duplicate_named_after_another_reason_is_seen(make, clerk):
    order = released(make, [approved(make)])
    told = rejected_whole(order, "NARR").replace(why("NARR"), why("NARR") + why("AM05"))
    refused(told, clerk, "as a duplicate")


def test_a_person_who_looked_at_the_bank_says_what_became_of_the_first_copy(make, clerk):
    order = released(make, [approved(make)])
    told = rejected_whole(order, "AM05")
    refused(told, clerk, "say on the page of the order")
    executed(order, clerk)
    quiet(told, clerk)


@pytest.mark.parametrize("status", ["ACSC", "ACCC"])
def test_what_the_bank_rejected_is_not_paid_by_a_later_answer(make, clerk, status):
    refund = approved(make)
    order = released(make, [refund])
    service.read_answer(answer(order, {refund.number: "RJCT"}), by=clerk)
    refused(answer(order, {refund.number: status}), clerk, "counts here as rejected")
    refused(answer(order, whole=status), clerk, "counts here as rejected")


def test_progress_told_after_the_rejection_is_only_late(make, clerk):
    refund = approved(make)
    order = released(make, [refund])
    service.read_answer(answer(order, {refund.number: "RJCT"}), by=clerk)
    quiet(answer(order, whole="ACTC"), clerk)
    quiet(rejected_whole(order, "AM05"), clerk)


def test_what_the_bank_paid_is_not_rejected_by_a_later_answer(make, clerk):
    refund, slow = approved(make, cents=1_500_00), approved(make, cents=100_00)
    order = released(make, [refund, slow])
    service.read_answer(answer(order, {refund.number: "ACSC"}), by=clerk)
    late = answer(order, {refund.number: "RJCT", slow.number: "ACCC"})
    refused(late, clerk, f"{refund.number}, which counts here as paid")


def test_what_a_person_said_was_executed_is_not_rejected_by_an_answer(make, clerk):
    order = released(make, [approved(make)])
    executed(order, clerk)
    refused(answer(order, whole="RJCT"), clerk, "counts here as paid")


def test_a_return_that_a_statement_told_is_told_again_by_late_answers(make, clerk):
    refund = approved(make)
    order = released(make, [refund])
    one = transfer_of(refund)
    service.executed(one.id, note="2026-11-10", by=clerk)
    refused(answer(order, whole="RJCT"), clerk, "a statement tells it")
    service.came_back(one.id, code="AC04", text="", by=clerk)
    for status in ("RJCT", "ACSC", "ACSP"):
        quiet(answer(order, {refund.number: status}), clerk)


def test_the_same_mixed_answer_again_changes_nothing_and_says_nothing(make, clerk):
    good, bad, slow = (approved(make, cents=1_500_00 + n) for n in range(3))
    order = released(make, [good, bad, slow])
    told = answer(order, {good.number: "ACSC", bad.number: "RJCT", slow.number: "ACSP"})
    service.read_answer(told, by=clerk)
    quiet(told, clerk)
    service.came_back(transfer_of(good).id, code="AC04", text="", by=clerk)
    quiet(told, clerk)
