"""Why a credit goes back is read by everybody who decides about it, and by whom it concerns."""

import csv
from io import StringIO
from uuid import uuid4

import pytest

from portal import fees
from portal.refunds import service
from portal.refunds.models import Refund
from tests.support import make_fees
from tests.support.make_payouts import people

WHY = "Paid twice <b>by mistake</b>"
ESCAPED = "Paid twice &lt;b&gt;by mistake&lt;/b&gt;"


@pytest.fixture
def refund(make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 10_000_00)
    payer = fees.student_payer(enrolment.id)
    shares = {payer.id: 100_00}
    facts = {"shares": shares, "reason": WHY, "key": uuid4().hex, "by": people(make).first.id}
    service.give_credit_back(enrolment.id, **facts)
    return Refund.get()


def test_who_decides_reads_why_a_credit_goes_back(make, client, refund):
    approver = client.sign_in(people(make).second)
    for page in (f"/staff/refunds/{refund.id}/calculation", f"/refunds/{refund.id}"):
        answer = approver.raw.get(page)
        assert ESCAPED in answer.text
        assert WHY not in answer.text


def test_the_student_reads_why_a_credit_goes_back(client, refund):
    student = client.sign_in(refund.enrolment.student.person)
    assert ESCAPED in student.raw.get(f"/refunds/{refund.id}").text


def test_the_export_says_why_a_credit_goes_back(make, client, refund):
    office = client.sign_in(people(make).second)
    text = office.raw.get("/staff/finance/refunds.csv?state=to-approve").text
    rows = list(csv.reader(StringIO(text.lstrip("\ufeff")), delimiter=";"))
    column = rows[0].index("Why it goes back")
    assert [row[column] for row in rows[1:]] == [WHY]
    assert rows[1][rows[0].index("Funded")] == ""  # nobody funds a credit, as on screen


def test_what_is_all_in_a_refund_is_not_offered_again(make, client, refund):
    payer = refund.enrolment.payers.get()
    facts = {"shares": {payer.id: 150_00}, "reason": "The rest", "by": people(make).first.id}
    service.give_credit_back(refund.enrolment_id, key=uuid4().hex, **facts)
    page = client.sign_in(people(make).second).page(f"/staff/refunds/credit/{refund.enrolment_id}")
    assert "Nothing can be proposed now" in page.select_one("#credit [role=status]").text
    assert not page.select("#credit form")
    link = page.find("a", string="See these refunds")["href"]
    assert len(client.page(link).select("table tbody")) == 2
