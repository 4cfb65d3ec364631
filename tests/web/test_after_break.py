"""A contract was broken and no other one followed: what staff choose."""

from datetime import date, timedelta

import pytest

from portal import fees
from portal.contracts import Contract
from portal.fees import proof
from portal.fees.models import Instalment, Invoice, MoneyPolicy, PaymentPlan
from portal.kernel import clock
from portal.programme.models import Enrolment
from portal.refunds import queries
from portal.refunds.models import Refund
from tests.support import make_fees, make_refunds
from tests.support.make_payouts import people


@pytest.fixture
def case(make):
    """Funded in full, refunded, and broken seven months ago."""
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00)
    make_refunds.approve(Refund.get(), by=people(make).first)
    one = Refund.get()
    for share in fees.payers_of(case.enrolment.id):
        make_fees.account(share.id, iban="FR7630006000011234567890189", holder="Ada")
    make_refunds.service.pay(
        one.id, note="x", version=one.version, key=make_refunds.key(), by=people(make).second.id
    )
    broke_on(clock.today() - timedelta(days=215))
    return case


def broke_on(day):
    Contract.update(state="terminated", ended_on=day, end_reason="x").execute()


def choices(browser, case):
    return browser.page(f"/staff/refunds/after-break/{case.enrolment.id}")


def lines(*some):
    """What stands in the fields of a plan."""
    return {
        f"lines-{n}-{name}": value
        for n, (day, amount) in enumerate(some)
        for name, value in (("due_on", day.isoformat()), ("amount", amount))
    }


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_after_the_months_without_tuition_the_student_goes_on_with_a_new_plan(
    finance, case, htmx, post_box
):
    Enrolment.update(scheme="apprenticeship").execute()
    days = [clock.today() + timedelta(days=30 * n) for n in (1, 2)]
    form = choices(finance, case).select_one("form[action$=tuition]")
    facts = lines((days[0], "1 500,00"), (days[1], "1 000,50")) | {"reason": "Goes on alone"}
    finance.submit(form, htmx=htmx, expect=204 if htmx else 303, **facts)
    position = fees.position_of(case.enrolment.id)
    assert (position.owes, position.price) == (2_500_50, 12_250_50)
    assert Enrolment.get().scheme == "initial"
    assert Invoice.select().order_by(Invoice.id.desc()).first().amount_cents == 2_500_50
    standing = fees.lines_of(case.enrolment.id, position.owes)
    assert [(one.due_on, one.rest) for one in standing if one.open] == [
        (days[0], 1_500_00),
        (days[1], 1_000_50),
    ]
    assert not proof.verify().flaws
    assert any("payment plan has changed" in mail["Subject"] for mail in post_box)


def test_the_students_page_explains_the_new_tuition(finance, case, new_client):
    form = choices(finance, case).select_one("form[action$=tuition]")
    day = clock.today() + timedelta(days=30)
    finance.submit(form, htmx=True, expect=204, reason="x", **lines((day, "2500")))
    student = new_client().sign_in(case.enrolment.student.person)
    sums = student.page("/fees").select_one("details .sum").text
    assert "New tuition after the broken contract" in sums
    assert "No longer asked" not in sums


def test_nobody_is_told_that_a_broken_contract_still_pays(finance, case, new_client):
    form = choices(finance, case).select_one("form[action$=tuition]")
    day = clock.today() + timedelta(days=30)
    finance.submit(form, htmx=True, expect=204, **lines((day, "1 500,00")), reason="Alone")
    student = new_client().sign_in(case.enrolment.student.person)
    home = student.page("/").get_text(" ", strip=True).replace("\xa0", " ")
    assert "€0.00 paid of €1,500.00" in home, "without what was given back and what was funded"
    ended = case.contract.company.name + ", until "
    assert ended in home
    assert "suspended" not in home
    money = student.page("/fees").text
    assert "Your contract pays for your year" not in money
    assert "A contract pays €9,750.00 of your fees" in money
    assert "comes on top of it" in choices(finance, case).text, "it was asked for once already"


def test_no_new_tuition_is_asked_before_the_months_are_over(finance, case, make):
    form = choices(finance, case).select_one("form[action$=tuition]")
    broke_on(clock.today() - timedelta(days=30))
    assert not choices(finance, case).select("form[action$=tuition]")
    day = clock.today() + timedelta(days=30)
    answer = finance.submit(form, htmx=True, expect=409, reason="Why", **lines((day, "10")))
    assert "No new tuition is asked before" in answer.select_one("[role=alert]").text


@pytest.mark.parametrize("figure", ["0", "-1", "9750.01", "1,5"])
def test_a_wrong_new_tuition_is_refused_and_stays_typed(finance, case, figure):
    form = choices(finance, case).select_one("form[action$=tuition]")
    facts = lines((clock.today() + timedelta(days=30), figure)) | {"reason": "Goes on alone"}
    status = 409 if figure == "9750.01" else 422
    answer = finance.submit(form, htmx=True, expect=status, **facts)
    assert answer.select_one("[name=lines-0-amount]")["value"] == figure
    assert answer.select_one("[role=alert]")
    assert fees.position_of(case.enrolment.id).owes == 0


def test_no_new_line_is_due_before_what_was_paid_ahead(finance, case):
    ahead = clock.today() + timedelta(days=90)
    Instalment.update(due_on=ahead).where(Instalment.cancelled_at.is_null()).execute()
    form = choices(finance, case).select_one("form[action$=tuition]")
    sooner = lines((ahead - timedelta(days=1), "100"))
    answer = finance.submit(form, htmx=True, expect=409, reason="Why", **sooner)
    assert "paid already" in answer.select_one("[role=alert]").text
    finance.submit(form, htmx=True, expect=204, reason="Why", **lines((ahead, "100")))


@pytest.mark.parametrize("state", ["proposed", "exported"])
def test_a_refund_on_its_way_comes_first(finance, make, state):
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00)
    if state == "exported":
        make_refunds.approve(Refund.get(), by=people(make).first)
        Refund.update(state=state).execute()
    broke_on(date(2025, 11, 5))
    form = choices(finance, case).select_one("form[action$=tuition]")
    day = clock.today() + timedelta(days=30)
    answer = finance.submit(form, htmx=True, expect=409, reason="Why", **lines((day, "10")))
    assert "on its way" in answer.select_one("[role=alert]").text


def test_the_same_click_asks_once_and_with_other_lines_is_refused(finance, case):
    form = choices(finance, case).select_one("form[action$=tuition]")
    day = clock.today() + timedelta(days=30)
    for _ in range(2):
        finance.submit(form, htmx=True, expect=204, reason="x", **lines((day, "100")))
    assert fees.position_of(case.enrolment.id).owes == 100_00
    finance.submit(form, htmx=True, expect=409, reason="x", **lines((day, "200")))


def test_the_student_may_leave_and_no_money_moves(finance, case, post_box):
    before = fees.position_of(case.enrolment.id)
    form = choices(finance, case).select_one("form[action$=leave]")
    for _ in range(2):
        finance.submit(form, htmx=True, expect=204, reason="Found a job")
    assert Enrolment.get().withdrawn_on == clock.today()
    assert fees.position_of(case.enrolment.id) == before
    (mail,) = [one for one in post_box if "left the programme" in one["Subject"]]
    assert "Found a job" in mail.get_content()
    assert not choices(finance, case).select("main form")


def test_where_another_contract_follows_there_is_nothing_to_choose(finance, case, make):
    make.contract(case.enrolment)
    assert not choices(finance, case).select("main form")
    plan = PaymentPlan.get()
    facts = {"version": plan.version, "key": make_refunds.key(), "reason": "x"}
    page = finance.page("/staff/refunds")
    token = page.select_one("meta[name=csrf-token]")["content"]
    address = f"/staff/refunds/after-break/{case.enrolment.id}/leave"
    answer = finance.raw.post(address, data=facts | {"csrf_token": token})
    assert answer.status_code == 409


def test_without_a_broken_contract_there_is_no_such_page(finance, make):
    enrolment = make_fees.plan(make)
    finance.page(f"/staff/refunds/after-break/{enrolment.id}", expect=404)
    finance.page("/staff/refunds/after-break/999", expect=404)


def test_the_file_leads_there(finance, case):
    page = finance.page(f"/staff/fees/{case.enrolment.id}")
    place = f"a[href='/staff/refunds/after-break/{case.enrolment.id}']"
    assert page.select(place)
    Contract.update(state="active").execute()
    assert not finance.page(f"/staff/fees/{case.enrolment.id}").select(place)


def test_a_contract_after_new_tuition_pays_for_that_and_an_older_one_for_the_year(
    finance, case, make
):
    MoneyPolicy.update(shortfall_owed_by="student").execute()
    form = choices(finance, case).select_one("form[action$=tuition]")
    day = clock.today() + timedelta(days=30)
    finance.submit(form, htmx=True, expect=204, reason="x", **lines((day, "2500")))
    seen = queries.imagine(case.enrolment.id, starts_on=clock.today(), funded=2_000_00)
    second = make.contract(case.enrolment)
    Contract.update(follows=case.contract.id).where(Contract.id == second.id).execute()
    make_refunds.accept(Contract.find(second.id), funded=2_000_00, by=case.registrar)
    assert fees.position_of(case.enrolment.id).owes == seen.preview.owes == 500_00
    in_a_month = clock.today() + timedelta(days=31)
    Contract.update(state="terminated", ended_on=in_a_month).where(
        Contract.id == second.id
    ).execute()
    third = make.contract(case.enrolment)
    Contract.update(follows=second.id).where(Contract.id == third.id).execute()
    make_refunds.accept(Contract.find(third.id), funded=1_000_00, by=case.registrar)
    assert fees.position_of(case.enrolment.id).owes == 500_00
