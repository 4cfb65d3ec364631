"""Sixteen people and five hundred refunds at the same time: inline, in bulk, and by what the bank tells."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from portal import fees
from portal.bank import service as bank
from portal.bank.models import BankFile, BankLine
from portal.fees import proof
from portal.fees.models import LedgerTransaction
from portal.infra.files import storage
from portal.kernel import clock
from portal.kernel.errors import Refusal
from portal.payouts import service as payouts
from portal.payouts.models import PaymentOrder, Transfer
from portal.refunds import service as refunds
from portal.refunds.models import Refund, RefundShare
from tests.support import make_bank, make_fees, make_payouts, make_refunds
from tests.support.make_payouts import IBANS
from tests.support.threads import at_once

MANY, PEOPLE, PAGE = 500, 16, 50


@pytest.fixture
def many(make):
    """Five hundred proposed refunds of ten students, each of one cent more than the last."""
    registrar = make.staff("registrar", name="Rosa Registrar")
    first = [make_refunds.refund(make, cents=1_500_00 + n, by=registrar) for n in range(10)]
    for one in first:
        payer = fees.student_payer(one.enrolment_id)
        make_fees.account(payer.id, iban=IBANS[1], holder="Ada")
        for _ in range(MANY // 10 - 1):
            make_fees.pay(make, one.enrolment, 1_00, by=registrar)
            refunds.give_credit_back(
                one.enrolment_id,
                shares={payer.id: 1_00},
                reason="too much",
                key=uuid4().hex,
                by=registrar.id,
            )
    return list(Refund.select().order_by(Refund.id))


@pytest.fixture
def people(make):
    return [make.staff("finance", name=f"Clerk {n:02}", active=True) for n in range(PEOPLE)]


def sources(text):
    found = LedgerTransaction.select().where(LedgerTransaction.source.contains(text))
    return [one.source for one in found]


@pytest.mark.slow
def test_each_refund_is_approved_sent_and_paid_once(many, people, make, new_client, monkeypatch):
    monkeypatch.setattr("portal.notifications.service.after_commit", lambda _wake_up: None)
    approve_all_ways(many, people, new_client)
    assert {one.state for one in Refund.select()} == {"approved"}
    approvals = [s for s in sources("refund:") if s.count(":") == 1]
    assert len(approvals) == len(set(approvals)) == MANY

    make_bank.school(make)
    order = order_at_once(people)
    assert Transfer.select().count() == RefundShare.select().count() == MANY
    tell_all_ways(order, people)
    assert {one.state for one in Refund.select()} == {"paid"}
    assert len(sources(":paid:")) == len(set(sources(":paid:"))) == MANY
    assert BankLine.select().count() == MANY
    assert proof.verify().flaws == []
    for enrolment_id in {one.enrolment_id for one in many}:
        assert fees.position_of(enrolment_id).coming_back == 0


def approve_all_ways(many, people, new_client):
    """Half of them click row by row, half tick whole pages; all of them want all refunds."""
    clients = [new_client().sign_in(who) for who in people]
    forms = [(client, bulk_form(client)) for client in clients]
    half = PEOPLE // 2
    at_once(
        *(
            lambda who=who, c=client, f=form, n=n: inline(many, who, c, f, n)
            for n, (who, (client, form)) in enumerate(zip(people[:half], forms, strict=False))
        ),
        *(
            lambda c=client, f=form, n=n: in_bulk(many, c, f, n)
            for n, (client, form) in enumerate(forms[half:])
        ),
    )


def inline(many, who, client, token, n):
    """The first screen of clicks through the page, the rest by the verb behind it."""
    turned = many[n * 60 :] + many[: n * 60]
    for one in turned[:60]:
        fields = {"csrf_token": token, "version": 1, "key": uuid4().hex}
        url = f"/staff/refunds/{one.id}/approve"
        answer = client.raw.post(url, data=fields, headers={"HX-Request": "true"})
        assert answer.status_code in (200, 409), answer.status_code
    for one in turned[60:]:
        try:
            refunds.approve(one.id, version=1, key=uuid4().hex, by=who.id)
        except Refusal:
            continue


def bulk_form(client):
    form = client.page("/staff/refunds").select_one("form#bulk")
    return form.select_one("[name=csrf_token]")["value"]


def in_bulk(many, client, token, n):
    start = n * 60 % MANY
    turned = many[start:] + many[:start]
    for page in range(0, MANY, PAGE):
        picks = [f"{one.id}.1" for one in turned[page : page + PAGE]]
        fields = {"csrf_token": token, "key": uuid4().hex, "pick": picks}
        answer = client.raw.post(
            "/staff/refunds/approve", data=fields, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200, answer.status_code


def order_at_once(people):
    ids = [one.id for one in Refund.select(Refund.id)]
    tomorrow = clock.today() + timedelta(days=1)

    def prepare(who):
        return payouts.prepare(ids, execution_on=tomorrow, key=uuid4().hex, by=who.id)

    at_once(*(lambda who=who: prepare(who) for who in people))
    order = PaymentOrder.get()
    facts = {"version": 1}
    at_once(
        *(
            lambda who=who: payouts.release(order.id, key=uuid4().hex, by=who.id, **facts)
            for who in people
        )
    )
    return PaymentOrder.get()


def tell_all_ways(order, people):
    """The bank's answer and its statement, both sent in by everybody."""
    sent = list(Transfer.select())
    answer = make_payouts.answer(order, {one.end_to_end: "ACSC" for one in sent[: MANY // 2]})
    bookings = [
        make_bank.booking(
            f"{one.amount_cents // 100}.{one.amount_cents % 100:02}",
            reference=f"B{n}",
            direction="DBIT",
            details=[make_bank.detail(name="Ada", end_to_end=one.end_to_end)],
        )
        for n, one in enumerate(sent)
    ]
    data = make_bank.message(make_bank.statement(*bookings)).encode()

    def send(who):
        file = bank.receive(
            BytesIO(data), sent_as="s.xml", key=uuid4().hex, by=who.id, storage=storage()
        )
        bank.read_file(file.id, storage())

    half = PEOPLE // 2
    at_once(
        *(lambda who=who: payouts.read_answer(answer, by=who.id) for who in people[:half]),
        *(lambda who=who: send(who) for who in people[half:]),
    )
    assert {one.state for one in BankFile.select()} == {"done"}
