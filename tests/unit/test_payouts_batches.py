"""A bank's answer speaks of the file, of its batches and of transfers: what one leaves open, the one above it says."""

import pytest

from portal.kernel.errors import NotPossible
from portal.payouts import is_answer, reading, service
from portal.payouts.rules import Told
from portal.refunds.models import Refund
from tests.support.make_payouts import answer, approved, people, released


def why(code):
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""


def transfer(number, status="", *, code=""):
    told = f"<TxSts>{status}</TxSts>" if status else ""
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{number}</OrgnlEndToEndId>{told}{why(code)}</TxInfAndSts>"
    )


def batch(*transfers, status="", code=""):
    told = f"<PmtInfSts>{status}</PmtInfSts>" if status else ""
    return f"<OrgnlPmtInfAndSts>{told}{why(code)}{''.join(transfers)}</OrgnlPmtInfAndSts>"


def read(*batches, status="", code=""):
    told = f"<GrpSts>{status}</GrpSts>" if status else ""
    return reading.read(
        "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>P-1</OrgnlMsgId>"
        f"{told}{why(code)}</OrgnlGrpInfAndSts>{''.join(batches)}</CstmrPmtStsRpt></Document>".encode()
    )


def test_a_rejected_batch_that_lists_its_transfers_without_a_status_opens_their_refunds(make):
    one, other = approved(make, cents=1_500_00), approved(make, cents=100_00)
    order = released(make, [one, other])
    data = answer(order, {one.number: "X"}).replace(
        b"</OrgnlPmtInfId>", b"</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>"
    )
    told = service.read_answer(data.replace(b"<TxSts>X</TxSts>", b""), by=people(make).first.id)
    assert told.rejected == 2
    assert {refund.state for refund in Refund.select()} == {"returned"}


@pytest.mark.parametrize("file", ["", "PART", "ACCP"])
def test_a_transfer_without_a_status_has_that_of_its_own_batch(file):
    told = read(
        batch(transfer("R-1"), transfer("R-2", code="AC04"), status="RJCT", code="DT01"),
        batch(transfer("R-3"), transfer("R-4", "RJCT", code="AC06"), status="ACSC"),
        status=file,
    )
    assert told.of("R-1") == Told("rejected", "DT01")
    assert told.of("R-2") == Told("rejected", "AC04")
    assert told.of("R-3").status == "paid"
    assert told.of("R-4") == Told("rejected", "AC06")


def test_without_a_status_of_its_batch_a_transfer_has_that_of_the_file():
    told = read(batch(transfer("R-1")), batch(transfer("R-2"), status="ACTC"), status="RJCT")
    assert told.of("R-1").status == "rejected"
    told = read(batch(transfer("R-1"), status="PART"), status="ACSP")
    assert told.of("R-1").status == "noted"
    told = read(batch(transfer("R-1"), transfer("R-2", "RJCT")), status="PART")
    assert [told.of(number) for number in ("R-1", "R-2", "R-3")] == [
        Told("noted"),
        Told("rejected"),
        None,
    ]


def test_a_rejected_transfer_without_a_reason_has_the_one_above_it():
    told = read(batch(transfer("R-1", "RJCT"), status="RJCT"), status="RJCT", code="DT01")
    assert told.of("R-1") == told.of("R-2") == Told("rejected", "DT01")
    told = read(batch(transfer("R-1", "RJCT"), status="PART", code="DU04"), status="PART")
    assert told.of("R-1") == Told("rejected", "DU04")
    told = read(batch(transfer("R-1", "RJCT")), status="ACTC", code="NARR")
    assert told.of("R-1") == Told("rejected"), "why the file was taken is no reason to reject"


def test_batches_that_differ_say_nothing_of_a_transfer_that_none_of_them_names():
    rejected = batch(transfer("R-1"), status="RJCT")
    for other in ("ACSC", "ACSP", "PART"):
        told = read(rejected, batch(transfer("R-2", "ACSC"), status=other))
        assert told.of("R-1").status == "rejected"
        with pytest.raises(NotPossible, match="does not name R-3"):
            told.of("R-3")
    assert read(rejected, rejected).of("R-3").status == "rejected"


def test_a_batch_against_its_file_is_a_contradiction():
    with pytest.raises(NotPossible, match="contradicts itself about P-1"):
        read(batch(status="RJCT"), status="ACSC")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_answer_is_known_in_every_encoding_of_a_bank(make, encoding):
    order = released(make, [approved(make)])
    declared = "UTF-8" if encoding.startswith("utf-8") else "UTF-16"
    data = answer(order, whole="ACSC").decode().replace("UTF-8", declared).encode(encoding)
    assert is_answer(data[:4096])
    assert service.read_answer(data, by=people(make).first.id).paid == 1


def test_a_statement_is_no_answer():
    for encoding in ("utf-8", "utf-16"):
        assert not is_answer("<Document><BkToCstmrStmt/></Document>".encode(encoding))
