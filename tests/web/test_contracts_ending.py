"""A contract that ends before its day, and what it does to the money."""

from datetime import date
from uuid import uuid4

import pytest

from portal import fees
from portal.contracts import service
from portal.contracts.models import Contract
from portal.kernel.errors import NotPossible
from portal.refunds.models import Refund
from tests.support import make_payouts, make_refunds


@pytest.fixture
def case(make):
    return make_refunds.case(make, paid=4_250_00, funded=9_750_00)


@pytest.fixture
def registrar(client, case):
    return client.sign_in(case.registrar)


def end(case, on, *, key=None, by=None):
    contract = Contract.find(case.contract.id)
    service.end(
        contract.id,
        on=on,
        reason="The company closed",
        version=contract.version,
        key=key or uuid4().hex,
        by=(by or case.registrar).id,
    )


def position(case):
    return fees.position_of(case.enrolment.id)


def test_before_its_first_day_it_falls_with_its_funding_and_its_refund(case):
    end(case, date(2026, 10, 1))
    assert Contract.find(case.contract.id).state == "cancelled"
    assert Refund.get().state == "cancelled"
    now = position(case)
    assert (now.funded, now.company_share, now.owes) == (0, 0, 5_500_00)
    asked = sum(line.rest for line in fees.lines_of(case.enrolment.id, now.owes))
    assert asked == 5_500_00


def test_an_approved_refund_falls_with_it(case, make):
    make_refunds.approve(Refund.get(), by=make.staff("finance"))
    end(case, date(2026, 10, 1))
    now = position(case)
    assert (Refund.get().state, now.coming_back, now.refunded, now.owes) == (
        "cancelled",
        0,
        0,
        5_500_00,
    )


def test_money_that_left_stays_away_and_is_asked_for_again(make):
    refund = make_payouts.approved(make)
    make_payouts.released(make, [refund])
    contract = Contract.get()
    service.end(
        contract.id,
        on=date(2026, 10, 1),
        reason="Never began",
        version=contract.version,
        key=uuid4().hex,
        by=make.staff("registrar").id,
    )
    assert Refund.get().state == "exported"
    assert fees.position_of(refund.enrolment_id).owes == 9_750_00


def test_a_broken_contract_takes_nothing_back(case):
    end(case, date(2026, 12, 15))
    assert Contract.find(case.contract.id).state == "terminated"
    assert Refund.get().state == "proposed"
    assert position(case).funded == 9_750_00


def test_it_ends_once(case):
    click = uuid4().hex
    end(case, date(2026, 12, 15), key=click)
    contract = Contract.find(case.contract.id)
    service.end(
        contract.id,
        on=date(2026, 12, 15),
        reason="The company closed",
        version=contract.version - 1,
        key=click,
        by=case.registrar.id,
    )
    with pytest.raises(NotPossible, match="ended already"):
        end(case, date(2026, 12, 16))


def test_staff_end_it_on_its_page_and_everybody_reads_why(registrar, case, new_client, post_box):
    page = registrar.page(f"/contracts/{case.contract.id}")
    form = registrar.page(page.select_one("a[href$=end]")["href"]).select_one("form[action$=end]")
    registrar.submit(form, htmx=True, expect=422, on="2026-02-31", reason="Closed")
    registrar.submit(form, htmx=True, expect=422, on="2026-12-15", reason=" ")
    registrar.submit(form, htmx=True, expect=409, on="2029-01-01", reason="Closed")
    registrar.submit(form, htmx=True, expect=204, on="2026-12-15", reason="Closed")
    student = new_client().sign_in(case.enrolment.student.person)
    page = student.page(f"/contracts/{case.contract.id}")
    assert "Closed" in page.text
    assert "No new tuition is asked before 15 June 2027" in page.text.replace("\xa0", " ")
    assert sum("it has ended" in mail["Subject"] for mail in post_box) == 2
