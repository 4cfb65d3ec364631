"""Every bank file ends: imported, or refused with a reason, whatever is written in it or breaks on our side."""

from io import BytesIO
from uuid import uuid4

import pytest

from portal import fees
from portal.bank import service
from portal.bank.models import BankFile, BankLine
from portal.bank.service import importing
from portal.fees.models import Payment
from portal.infra.files import storage
from tests.support import make_bank, make_fees

NOTIFICATION = "BkToCstmrDbtCdtNtfctn"


@pytest.fixture(autouse=True)
def school(make):
    make_bank.school(make)


def send(clerk, data: bytes) -> BankFile:
    file = service.receive(
        BytesIO(data), sent_as="statement.xml", key=uuid4().hex, by=clerk.id, storage=storage()
    )
    return BankFile.find(file.id)


@pytest.mark.parametrize("tag", ["ValDt", "BookgDt"])
@pytest.mark.parametrize(
    "day",
    [
        "<Dt>9999-12-31</Dt>",
        "<Dt>0001-01-01</Dt>",
        "<DtTm>9999-12-31T24:00:00</DtTm>",
        "<Dt>1989-12-31</Dt>",
        "<Dt>2101-01-01</Dt>",
    ],
)
def test_a_day_no_bank_can_mean_is_refused_with_its_line(finance, clerk, tag, day):
    entry = make_bank.booking(booked=f"\n<{tag}>{day}</{tag}>", reference="B1")
    notified = make_bank.statement(entry, name="Ntfctn")
    file = send(clerk, make_bank.message(notified, body=NOTIFICATION).encode())
    assert file.state == "refused"
    assert "Line 2: “" in finance.page(f"/staff/bank/files/{file.id}").text
    assert BankLine.select().count() == 0


@pytest.mark.parametrize("day", ["1990-01-01", "2100-12-31"])
def test_a_day_at_the_edge_is_taken(clerk, day):
    entry = make_bank.booking(booked=f"<ValDt><Dt>{day}</Dt></ValDt>", reference="B1")
    notified = make_bank.statement(entry, name="Ntfctn")
    assert send(clerk, make_bank.message(notified, body=NOTIFICATION).encode()).state == "done"


def test_a_fault_of_ours_is_tried_again_and_then_imports_once(clerk, make, monkeypatch):
    payer = fees.student_payer(make_fees.plan(make).id)
    with monkeypatch.context() as broken:
        broken.setattr(importing, "finish", fault)
        file = send(clerk, make_bank.told((500_00, "Ada", payer.reference)))
    assert file.state == "waiting"
    assert Payment.select().count() == BankLine.select().count() == 0
    service.read_waiting(storage())
    assert BankFile.find(file.id).state == "done"
    assert Payment.get().amount_cents == 500_00


def test_a_file_that_always_fails_ends_refused_and_keeps_no_other_one_waiting(
    finance, clerk, make, monkeypatch
):
    payer = fees.student_payer(make_fees.plan(make).id)
    read = importing.reading.read
    with monkeypatch.context() as broken:
        broken.setattr(importing.reading, "read", fault)
        bad, good = (
            send(clerk, make_bank.told((cents, "Ada", payer.reference))) for cents in (1_00, 2_00)
        )
        kept = storage().open(bad.stored).read()

        def read_all_but_one(stream, **facts):
            if stream.read() == kept:
                fault()
            stream.seek(0)
            return read(stream, **facts)

        broken.setattr(importing.reading, "read", read_all_but_one)
        for _ in range(5):
            service.read_waiting(storage())
    bad, good = BankFile.find(bad.id), BankFile.find(good.id)
    assert (bad.state, bad.stored, good.state) == ("refused", None, "done")
    assert "the fault is ours" in finance.page(f"/staff/bank/files/{bad.id}").text
    assert [payment.amount_cents for payment in Payment.select()] == [2_00]


def fault(*_args, **_facts):
    raise OverflowError("date value out of range")
