"""The bank takes back money that was already refunded: it is owed again, told once, and a person is never stuck."""

from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest

from portal import fees
from portal.bank import service
from portal.bank.models import BankLine
from portal.fees import proof
from portal.fees.models import LedgerEntry, Payment
from portal.fees.queries import lines_of
from portal.infra.files import storage
from portal.kernel.errors import NotPossible
from portal.notifications.models import OutgoingMail
from portal.refunds import service as refunds
from portal.refunds.models import Refund
from tests.support import make_bank, make_fees, make_refunds

PAID = 1_375_00
BACK = "<RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf>"


@pytest.fixture
def refunded(make, clerk):
    """A direct debit was collected, a contract took the year over, and the money left the school again."""
    make_bank.school(make)
    make.policy(shortfall_owed_by="employer")
    enrolment = make_fees.plan(make)
    fees.record_payment(
        enrolment_id=enrolment.id,
        payer_id=fees.student_payer(enrolment.id).id,
        amount=PAID,
        received_on=date(2026, 11, 5),
        means="debit",
        key=uuid4().hex,
        end_to_end="DD-1",
        by=clerk.id,
    )
    contract = make.contract(enrolment)
    make_refunds.accept(contract, funded=9_750_00, by=make.staff("registrar", name="Reg"))
    make_refunds.approve(Refund.get(), by=make.staff("finance", name="Ann"))
    refund = Refund.get()
    refunds.pay(refund.id, note="", version=refund.version, key=uuid4().hex, by=clerk.id)
    return enrolment


def told(clerk, *, reference="B1", end_to_end="DD-1", more=BACK, name="", reversal=""):
    detail = make_bank.detail(end_to_end=end_to_end, name=name, more=more)
    entry = make_bank.booking(
        "1375.00", direction="DBIT", reference=reference, details=[detail], more=reversal
    )
    service.receive(
        BytesIO(make_bank.message(make_bank.statement(entry, ident=uuid4().hex)).encode()),
        sent_as="statement.xml",
        key=uuid4().hex,
        by=clerk.id,
        storage=storage(),
    )


def at_the_bank(enrolment):
    mine = (LedgerEntry.enrolment == enrolment.id) & (LedgerEntry.account == "bank")
    return sum(entry.amount_cents for entry in LedgerEntry.select().where(mine))


def check_owed_again(enrolment):
    owes = fees.position_of(enrolment.id).owes
    assert owes == PAID
    assert sum(line.rest for line in lines_of(enrolment.id, owes)) == PAID
    assert at_the_bank(enrolment) == -PAID
    assert proof.verify().flaws == []


def test_a_direct_debit_that_comes_back_after_its_refund_is_owed_again(clerk, refunded):
    told(clerk)
    line = BankLine.get()
    assert (line.state, line.automatic) == ("matched", 1)
    check_owed_again(refunded)


def test_the_student_is_told_in_words_that_refunded_money_is_owed_again(clerk, refunded):
    told(clerk)
    mail = OutgoingMail.select().order_by(OutgoingMail.id.desc()).first()
    assert mail.subject.startswith("Payment withdrawn")
    assert "after a part of it was refunded" in mail.body
    assert "owed to the school again" in mail.body


def test_the_same_return_told_twice_is_booked_once(clerk, refunded):
    told(clerk)
    told(clerk)
    told(clerk, reference="B2")
    assert [line.state for line in BankLine.select().order_by(BankLine.id)] == ["matched", "open"]
    check_owed_again(refunded)


def test_a_recalled_transfer_that_was_refunded_is_confirmed_and_undone(clerk, refunded):
    Payment.update(means="transfer").execute()
    told(clerk, reversal="<RvslInd>true</RvslInd>", more="")
    line = BankLine.get()
    assert line.state == "suggested"
    service.confirm(line.id, reading=0, version=line.version, key=uuid4().hex, by=clerk.id)
    check_owed_again(refunded)
    line = BankLine.get()
    service.undo(line.id, version=line.version, key=uuid4().hex, by=clerk.id)
    assert fees.position_of(refunded.id).owes == 0
    assert at_the_bank(refunded) == 0


def test_a_colleague_still_cannot_reverse_what_was_refunded(clerk, refunded):
    with pytest.raises(NotPossible, match="already refunded"):
        fees.reverse_payment(Payment.get().id, reason="Mistake", by=clerk.id)
    assert fees.position_of(refunded.id).owes == 0


def test_what_is_sure_but_refused_waits_with_its_reading_and_the_reason(
    finance, clerk, refunded, monkeypatch
):
    def refuse(*_args, **_facts):
        raise NotPossible("This payment was already reversed.")

    with monkeypatch.context() as patched:
        patched.setattr(fees, "payment_gone", refuse)
        told(clerk)
    line = BankLine.get()
    assert line.state == "open"
    page = finance.page(f"/staff/bank/lines/{line.id}")
    assert "This could not be booked by itself. This payment was already reversed." in page.text
    finance.submit(page.select_one("form[action$=confirm]"), htmx=True)
    check_owed_again(refunded)
