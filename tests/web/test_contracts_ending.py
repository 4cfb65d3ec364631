"""A contract that ends before its day, and what it does to the money."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from portal import fees
from portal.contracts import service
from portal.contracts.models import Contract
from portal.kernel.errors import NotPossible
from portal.refunds.models import Refund
from tests.support import make_payouts, make_refunds
from tests.support.make_contracts import send


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
    form = registrar.page(page.select_one("a[href$='/end']")["href"]).select_one(
        "form[action$='/end']"
    )
    facts = {"reason": "Closed", "initiator": "employer", "ground": "liquidation"}
    for wrong in ({"on": "2026-02-31"}, {"reason": " "}, {"initiator": ""}, {"ground": "bored"}):
        answer = registrar.submit(
            form, htmx=True, expect=422, **({"on": "2026-12-15"} | facts | wrong)
        )
        assert answer.select_one("select[name=ground]")
    registrar.submit(form, htmx=True, expect=409, **facts | {"on": "2029-01-01"})
    registrar.submit(form, htmx=True, expect=204, **facts | {"on": "2026-12-15"})
    student = new_client().sign_in(case.enrolment.student.person)
    page = student.page(f"/contracts/{case.contract.id}")
    assert "Closed" in page.text
    assert "No new tuition is asked before 15 June 2027" in page.text.replace("\xa0", " ")
    assert sum("it has ended" in mail["Subject"] for mail in post_box) == 2


def trial_note(page):
    return " ".join(page.select_one("#contract-end section.note").text.replace("\xa0", " ").split())


def part(browser, case, on, *, expect):
    url = f"/staff/contracts/{case.contract.id}/end"
    form = browser.page(url).select_one("form[action$='/end']")
    facts = {"reason": "Parted", "initiator": "student", "ground": "trial"}
    return browser.submit(form, htmx=True, expect=expect, on=on, **facts)


def test_school_days_come_on_top_of_the_first_45_days_in_the_company(registrar, case, make):
    for week in range(30):
        at = datetime(2026, 10, 1, 7, 0, tzinfo=UTC) + timedelta(days=7 * week)
        make.lesson(at=at)
        make.lesson(at=at + timedelta(days=1))
    page = registrar.page(f"/staff/contracts/{case.contract.id}/end")
    assert "From 2 November 2026 to 15 February 2027 by the work-study" in trial_note(page)
    late = part(registrar, case, "2027-02-16", expect=409)
    assert "ended on 15\xa0February 2027" in late.select_one("[role=alert]").text
    assert "is after them" in trial_note(late)
    part(registrar, case, "2027-02-15", expect=204)
    contract = Contract.find(case.contract.id)
    assert (contract.end_initiator, contract.end_ground) == ("student", "trial")


def test_without_a_calendar_the_45_days_are_said_but_forbid_nothing(registrar, case):
    page = registrar.page(f"/staff/contracts/{case.contract.id}/end")
    assert "From 2 November 2026 to 6 January 2027, Monday to Friday" in trial_note(page)
    part(registrar, case, "2027-01-07", expect=204)
    assert Contract.find(case.contract.id).end_ground == "trial"


def test_a_professionalisation_contract_knows_no_45_days(registrar, case):
    Contract.update(kind="professionalisation").execute()
    page = registrar.page(f"/staff/contracts/{case.contract.id}/end")
    assert not page.select_one("#trial")
    part(registrar, case, "2027-01-07", expect=204)


@pytest.mark.parametrize(("on", "ground"), [("2026-12-15", "not-begun"), ("2026-10-15", "trial")])
def test_a_ground_must_fit_the_day(registrar, case, on, ground):
    form = registrar.page(f"/staff/contracts/{case.contract.id}/end").select_one(
        "form[action$='/end']"
    )
    facts = {"reason": "Parted", "initiator": "both", "ground": ground}
    registrar.submit(form, htmx=False, expect=409, on=on, **facts)
    assert Contract.find(case.contract.id).state == "signed"


def test_an_amendment_is_begun_once_and_asks_student_and_company(registrar, case, post_box):
    page = registrar.page(f"/contracts/{case.contract.id}")
    form = registrar.page(page.select_one("a[href$=amend]")["href"]).select_one(
        "form[action$=amend]"
    )
    registrar.submit(form, htmx=True, expect=422, reason=" ")
    post_box.clear()
    first = registrar.submit(form, htmx=True, expect=204, reason="Two more months")
    assert registrar.submit(form, htmx=False, expect=303, reason="Two more months") == first
    child = Contract.get(Contract.amends == case.contract.id)
    assert first == f"/contracts/{child.id}"
    assert len(post_box) == 2
    assert registrar.page(first).find("a", string=f"Contract no. {case.contract.id}")


NEW = {
    "kind": "apprenticeship",
    "company_name": "Brume & Associés",
    "siret": "732 829 320 00074",
    "contact_name": "Inès Roy",
    "contact_email": "ines@brume.example",
    "contact_locale": "fr",
    "job_title": "Analyst",
    "starts_on": "2027-03-01",
    "ends_on": "2027-09-30",
}


def test_a_new_contract_follows_a_broken_one_within_six_months(registrar, case):
    end(case, date(2026, 12, 15))
    page = registrar.page(f"/contracts/{case.contract.id}")
    form = registrar.page(page.select_one("a[href$=successor]")["href"]).select_one(
        "#contract-form"
    )
    assert registrar.submit(form, htmx=True, expect=422, **NEW | {"siret": "1"}).select_one(".err")
    late = NEW | {"starts_on": "2027-06-16", "ends_on": "2028-06-15"}
    answer = registrar.submit(form, htmx=True, expect=409, **late)
    assert "ended on 15\xa0June 2027" in answer.select_one("[role=alert]").text
    url = registrar.submit(form, htmx=True, expect=204, **NEW)
    assert registrar.submit(form, htmx=True, expect=204, **NEW) == url
    new = Contract.get(Contract.id != case.contract.id)
    assert (new.follows_id, new.state) == (case.contract.id, "draft")
    assert registrar.page(url).find("a", string=f"Contract no. {case.contract.id}")


def test_a_contract_that_runs_has_no_successor(registrar, case):
    form = registrar.page(f"/staff/contracts/{case.contract.id}/successor")
    answer = registrar.submit(form.select_one("#contract-form"), htmx=False, expect=409, **NEW)
    assert "Only a contract that was broken" in answer.text
    assert Contract.select().count() == 1


def test_a_successor_that_never_begins_asks_for_no_tuition_again(registrar, case, app):
    end(case, date(2026, 12, 15))
    owed = position(case).owes
    form = registrar.page(f"/staff/contracts/{case.contract.id}/successor")
    registrar.submit(form.select_one("#contract-form"), htmx=True, expect=204, **NEW)
    new = Contract.get(Contract.follows == case.contract.id)
    for kind in ("cerfa", "training_agreement"):
        send(app, new, text=f"new {kind}", kind=kind)
    facts = {"funded": 6_000_00, "key": uuid4().hex, "by": case.registrar.id}
    service.accept(new.id, version=Contract.find(new.id).version, **facts)
    assert position(case).owes == owed
    case.contract = new
    end(case, date(2027, 2, 1))
    assert Contract.find(new.id).state == "cancelled"
    assert position(case).owes == owed


def test_the_student_whose_contract_was_broken_declares_the_next_one(case, new_client):
    end(case, date(2026, 12, 15))
    student = new_client().sign_in(case.enrolment.student.person)
    assert student.page("/contracts").select_one("a[href='/contracts/new']")
    form = student.page("/contracts/new").select_one("#contract-form")
    student.submit(form, htmx=True, expect=204, **NEW)
    assert Contract.get(Contract.id != case.contract.id).follows_id == case.contract.id
    assert not student.page("/contracts").select_one("a[href='/contracts/new']")


def test_staff_close_what_was_never_accepted_and_everybody_reads_why(
    make, registrar, new_client, post_box
):
    contract = make.contract(make.enrolment(make.person("Somebody Else")))
    page = registrar.page(f"/contracts/{contract.id}")
    form = registrar.page(page.select_one("a[href$='/close']")["href"]).select_one(
        "form[action$='/close']"
    )
    registrar.submit(form, htmx=True, expect=422, reason=" ")
    post_box.clear()
    for _ in range(2):
        registrar.submit(form, htmx=False, expect=303, reason="Declared twice.")
    assert Contract.find(contract.id).state == "cancelled"
    assert len(post_box) == 2
    assert all("Declared twice." in mail.get_content() for mail in post_box)
    student = new_client().sign_in(contract.enrolment.student.person)
    assert "Declared twice." in student.page(f"/contracts/{contract.id}").text


def test_an_accepted_contract_is_ended_not_closed(registrar, case):
    form = registrar.page(f"/staff/contracts/{case.contract.id}/close")
    answer = registrar.submit(
        form.select_one("form[action$='/close']"), htmx=True, expect=409, reason="x"
    )
    assert "End it instead" in answer.select_one("[role=alert]").text
