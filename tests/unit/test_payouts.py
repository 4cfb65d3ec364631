"""Approved refunds leave the bank, once and only once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from lxml import etree
from sepaxml.validation import try_valid_xml

from portal import fees
from portal.fees.models import LedgerTransaction, Payer
from portal.kernel import clock
from portal.kernel.errors import NotAllowed, NotPossible, Refusal
from portal.payouts import queries, service
from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.rules import as_sepa, end_to_end
from portal.refunds import service as refunds
from portal.refunds.models import Refund
from tests.support import make_payouts, make_refunds
from tests.support.make_payouts import IBANS, approved, people, prepared, released, transfer_of
from tests.support.threads import at_once

N = {"n": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def state(refund):
    return Refund.find(refund.id).state


def coming_back(refund):
    return fees.position_of(refund.enrolment_id).coming_back


def test_the_file_is_valid_and_says_each_refund_once(make):
    some = [approved(make, cents=1_500_00 + n) for n in range(3)]
    order = released(make, some)
    document = queries.document_of(order.id)[1]
    try_valid_xml(document, "pain.001.001.09")
    root = etree.fromstring(document)
    numbers = root.xpath("//n:EndToEndId/text()", namespaces=N)
    assert numbers == [refund.number for refund in some]
    assert root.xpath("//n:GrpHdr/n:CtrlSum/text()", namespaces=N) == ["4500.03"]
    assert order.control_sum_cents == 4_500_03
    assert not root.xpath("//n:PstlAdr", namespaces=N)
    assert root.xpath("//n:MsgId/text()", namespaces=N) == [order.number]
    assert queries.document_of(order.id)[1] == document, "the same bytes for ever"


def test_two_people_send_it_and_nobody_gets_it_before(make):
    refund = approved(make)
    order = prepared(make, [refund])
    with pytest.raises(NotPossible, match="released"):
        queries.document_of(order.id)
    with pytest.raises(NotAllowed, match="second person"):
        service.release(order.id, version=1, key=uuid4().hex, by=people(make).first.id)
    assert state(refund) == "approved"
    click = uuid4().hex
    for _ in range(2):
        service.release(order.id, version=1, key=click, by=people(make).second.id)
    assert state(refund) == "exported"
    with pytest.raises(NotPossible, match="already"):
        service.withdraw(order.id, version=2, key=uuid4().hex, by=people(make).second.id)


def test_a_refund_is_in_one_order_only(make):
    refund = approved(make)
    prepared(make, [refund])
    with pytest.raises(NotPossible, match="another order"):
        prepared(make, [refund])


def test_the_same_click_prepares_once_and_a_withdrawn_order_frees_its_refunds(make):
    refund, click = approved(make), uuid4().hex
    first = prepared(make, [refund], key=click)
    assert prepared(make, [refund], key=click).id == first.id
    service.withdraw(first.id, version=1, key=uuid4().hex, by=people(make).first.id)
    second = prepared(make, [refund])
    assert transfer_of(refund).end_to_end == f"{refund.number}.2"
    assert PaymentOrder.find(second.id).control_sum_cents == refund.amount_cents


def test_without_an_account_nothing_is_prepared(make):
    ready, bare = approved(make), approved(make, cents=1_500_00)
    Payer.update(iban="").where(Payer.enrolment == bare.enrolment_id).execute()
    with pytest.raises(NotPossible, match="No bank account"):
        prepared(make, [ready, bare])
    assert Transfer.select().count() == PaymentOrder.select().count() == 0


def test_an_account_that_changes_after_the_approval_stops_the_order(make):
    refund = approved(make)
    order = prepared(make, [refund])
    payer = fees.student_payer(refund.enrolment_id)
    fees.set_account(payer.id, iban=IBANS[2], holder="Eve", by=people(make).first.id)
    assert state(refund) == "proposed"
    with pytest.raises(Refusal, match="not approved"):
        service.release(order.id, version=1, key=uuid4().hex, by=people(make).second.id)
    service.withdraw(order.id, version=1, key=uuid4().hex, by=people(make).first.id)
    again = Refund.find(refund.id)
    make_refunds.approve(again, by=people(make).first)
    assert state(refund) == "proposed", "a new account needs two people"
    make_refunds.approve(Refund.find(refund.id), by=people(make).second)
    assert state(refund) == "approved"
    assert coming_back(refund) == refund.amount_cents


def test_several_payers_get_a_transfer_each(make):
    refund = approved(make, parent=1_500_00)
    order = released(make, [refund])
    sent = list(Transfer.select().order_by(Transfer.id))
    assert [one.end_to_end for one in sent] == [f"{refund.number}-1", f"{refund.number}-2"]
    assert sum(one.amount_cents for one in sent) == order.control_sum_cents == 4_250_00
    service.executed(sent[0].id, note="", by=None)
    assert state(refund) == "exported"
    service.executed(sent[1].id, note="", by=None)
    assert (state(refund), coming_back(refund)) == ("paid", 0)


@pytest.mark.parametrize("version", ["03", "10", "12"])
def test_the_banks_answer_pays_some_and_reopens_others(make, version):
    good, bad, slow = (approved(make, cents=1_500_00 + n) for n in range(3))
    order = released(make, [good, bad, slow])
    told = make_payouts.answer(
        order,
        {good.number: "ACSC", bad.number: "RJCT", slow.number: "ACSP"},
        version=version,
    )
    for _ in range(2):
        service.read_answer(told, by=people(make).first.id)
    assert [state(one) for one in (good, bad, slow)] == ["paid", "returned", "exported"]
    assert "account" in Refund.find(bad.id).reason.lower()
    assert (coming_back(good), coming_back(bad)) == (0, bad.amount_cents)
    late = make_payouts.answer(order, {good.number: "ACSC", slow.number: "ACCC"})
    assert service.read_answer(late, by=people(make).first.id).paid == 1
    assert (state(good), state(bad), state(slow)) == ("paid", "returned", "paid")


@pytest.mark.parametrize(
    ("status", "becomes"), [("RJCT", "returned"), ("ACSC", "paid"), ("ACCP", "exported")]
)
def test_a_status_for_the_whole_file_counts_for_each(make, status, becomes):
    some = [approved(make, cents=1_500_00 + n) for n in range(2)]
    order = released(make, some)
    service.read_answer(make_payouts.answer(order, whole=status), by=people(make).first.id)
    assert [state(one) for one in some] == [becomes, becomes]


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml[: len(xml) // 2],
        lambda xml: b"",
        lambda xml: b"PK\x03\x04" + xml,
        lambda xml: xml.replace(b"CstmrPmtStsRpt", b"Invoice"),
        lambda xml: xml.replace(
            b"<Document", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><Document'
        ),
        lambda xml: xml.replace(b"P-20", b"X-20"),
        lambda xml: xml.replace(b"R-20", b"Q-20"),
    ],
    ids=[
        "cut off",
        "empty",
        "zip",
        "another kind",
        "document type",
        "other order",
        "other transfer",
    ],
)
def test_an_answer_that_is_not_understood_changes_nothing(make, change):
    refund = approved(make)
    order = released(make, [refund])
    told = change(make_payouts.answer(order, {refund.number: "ACSC"}))
    with pytest.raises(NotPossible):
        service.read_answer(told, by=people(make).first.id)
    assert state(refund) == "exported"


def test_a_paid_refund_that_comes_back_is_paid_again_to_another_account(make):
    refund = approved(make)
    released(make, [refund])
    first = transfer_of(refund)
    service.executed(first.id, note="", by=None)
    for _ in range(2):
        service.came_back(first.id, code="AC04", text="Compte clos", by=None)
    assert (state(refund), coming_back(refund)) == ("returned", refund.amount_cents)

    student = refund.enrolment.student.person
    facts = {"text": "New bank", "iban": IBANS[2], "holder": "Ada", "key": uuid4().hex}
    refunds.answer(refund.id, version=Refund.find(refund.id).version, by=student.id, **facts)
    for approver in (people(make).first, people(make).second):
        make_refunds.approve(Refund.find(refund.id), by=approver)
    assert (state(refund), coming_back(refund)) == ("approved", refund.amount_cents)
    released(make, [refund])
    second = transfer_of(refund)
    assert (second.end_to_end, second.iban) == (f"{refund.number}.2", IBANS[2])
    service.executed(second.id, note="", by=None)
    assert (state(refund), coming_back(refund)) == ("paid", 0)
    position = fees.position_of(refund.enrolment_id)
    assert (position.refunded, position.received, position.owes) == (4_250_00, 4_250_00, 0)


def test_what_came_back_can_be_given_up_and_becomes_a_credit(make):
    refund = approved(make)
    released(make, [refund])
    service.came_back(transfer_of(refund).id, code="AC04", text="", by=None)
    refunds.cancel(
        refund.id,
        reason="Used for next year",
        version=Refund.find(refund.id).version,
        key=uuid4().hex,
        by=people(make).first.id,
    )
    position = fees.position_of(refund.enrolment_id)
    assert (position.credit, position.coming_back, position.refunded) == (4_250_00, 0, 0)


def test_two_people_prepare_the_same_refunds_at_once(make):
    some = [approved(make, cents=1_500_00 + n) for n in range(4)]
    make.school()
    pair = people(make)

    def attempt(who):
        return lambda: service.prepare(
            [one.id for one in some],
            execution_on=clock.today() + timedelta(days=1),
            key=uuid4().hex,
            by=who.id,
        )

    outcomes = at_once(*(attempt(who) for who in (pair.first, pair.second) * 4))
    assert sum(isinstance(one, PaymentOrder) for one in outcomes) == 1
    assert Transfer.select().count() == 4


def test_the_same_click_several_times_at_once_prepares_one_order_and_always_gives_it(make):
    some = [approved(make, cents=1_500_00 + n) for n in range(4)]
    make.school()
    facts = {"execution_on": clock.today() + timedelta(days=1), "key": uuid4().hex}
    ids, clerk = [one.id for one in some], people(make).first
    outcomes = at_once(*[lambda: service.prepare(ids, by=clerk.id, **facts)] * 4)
    assert {one.id for one in outcomes} == {PaymentOrder.get().id}


def test_a_release_and_its_answer_at_once_have_one_effect_each(make):
    some = [approved(make, cents=1_500_00 + n) for n in range(3)]
    order = prepared(make, some)
    second = people(make).second
    at_once(
        *(
            lambda: service.release(order.id, version=1, key=uuid4().hex, by=second.id)
            for _ in range(8)
        )
    )
    transfers = list(Transfer.select())
    at_once(*(lambda one=one: service.executed(one.id, note="", by=None) for one in transfers * 3))
    payouts = LedgerTransaction.select().where(LedgerTransaction.source.contains(":paid:"))
    assert payouts.count() == 3
    assert [state(one) for one in some] == ["paid"] * 3


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Anne-Éléonore d'Œuvrecourt", "Anne-Eleonore d'Oeuvrecourt"),
        ("Thị Ánh Nguyễn", "Thi Anh Nguyen"),
        ("Guðmundur Þórsson", "Gudmundur Thorsson"),
        ("Rəşad Əliyev", "Resad Eliyev"),
        ("Jean–Luc O’Neill", "Jean-Luc O'Neill"),
        ("Владимир Петренко", "Vladimir Petrenko"),
        ("田中 健一", "TianZhong JianYi"),
        ("Müller & Söhne GmbH", "Muller + Sohne GmbH"),
        ("<>\x00", "Payee"),
        ("A" * 100, "A" * 70),
    ],
)
def test_names_are_written_as_every_bank_reads_them(name, written):
    assert as_sepa(name, "Payee") == written


def test_numbers_of_transfers_are_short_and_their_own():
    assert end_to_end("R-2026-0001", share=1, shares=1, attempt=1) == "R-2026-0001"
    assert end_to_end("R-2026-0001", share=2, shares=3, attempt=2) == "R-2026-0001-2.2"
    assert len(end_to_end("R" * 40, share=1, shares=1, attempt=1)) == 35


def test_a_new_key_opens_what_the_old_one_sealed_and_reseals_it(make, app):
    from portal.kernel import vault

    refund = approved(make)
    written = released(make, [refund]).document
    run = app.test_cli_runner().invoke
    try:
        vault.configure(["a new key of the school", "test"])
        assert transfer_of(refund).iban == IBANS[1]
        assert "accounts sealed" in run(args=["portal", "reseal"]).output
        vault.configure(["a new key of the school"])
        assert transfer_of(refund).iban == IBANS[1]
        assert fees.student_payer(refund.enrolment_id).iban == IBANS[1]
        assert PaymentOrder.get().document == written
        vault.configure(["a key that sealed nothing"])
        with pytest.raises(vault.Unsealable):
            transfer_of(refund)
        with pytest.raises(vault.Unsealable):
            PaymentOrder.get()
    finally:
        vault.configure(["test"])


def test_no_account_stands_in_the_database_as_it_is_written(make, db):
    order = released(make, [approved(make)])
    assert IBANS[1].encode() in order.document
    (kept,) = db.execute_sql("SELECT document FROM payment_order").fetchone()
    assert IBANS[1].encode() not in bytes(kept)


def test_an_order_from_before_sealing_is_still_read_and_sealed_by_the_next_resealing(make, db):
    order = released(make, [approved(make)])
    plain = f"UPDATE payment_order SET document = {db.param}"
    db.execute_sql(plain, [order.document])
    assert PaymentOrder.get().document == order.document
    service.reseal()
    (kept,) = db.execute_sql("SELECT document FROM payment_order").fetchone()
    assert IBANS[1].encode() not in bytes(kept)
    assert PaymentOrder.get().document == order.document
