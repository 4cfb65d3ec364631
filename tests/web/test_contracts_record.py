"""Staff complete a contract's record from its form, or from a scan, and the checks go by it."""

from datetime import date
from io import BytesIO

from portal import uploads
from portal.audit.models import AuditEvent
from portal.contracts import queries, service
from portal.contracts.models import Company, Contract
from tests.support.make_contracts import accept, accepted, submitted


def deliver(app, contract, shared, name):
    service.receive(
        contract.id,
        document=BytesIO((shared / f"data/cerfa/filled/{name}.pdf").read_bytes()),
        sent_as="contract.pdf",
        storage=app.extensions["storage"],
        by=contract.contact_id,
        inspect=uploads.trust,
    )


def record(browser, contract):
    page = browser.page(f"/staff/contracts/{contract.id}/record")
    return page, page.select_one("#record-form")


def codes(contract):
    return [finding.code for finding in queries.findings(Contract.find(contract.id))]


def test_the_form_fills_what_the_record_lacks_and_staff_save_it(
    app, make, shared, staff, registrar
):
    contract = make.contract(tutor_name="")
    deliver(app, contract, shared, "01-normal")
    review = staff.page(f"/staff/contracts/{contract.id}/review")
    assert "The form says 10 things that the record lacks." in review.text
    page, form = record(staff, contract)
    assert "10 fields were filled from the form" in page.text
    assert form.select_one("[name=idcc]")["value"] == "1486"
    assert form.select_one("[name=tutor_name]")["value"] == "Hugues Ferrand"
    assert Contract.find(contract.id).monthly_pay_cents is None

    assert staff.submit(form, htmx=True, expect=204, tutor_experience_years="4").endswith("/review")
    staff.submit(form, htmx=False, expect=303, tutor_experience_years="4")
    row, company = Contract.find(contract.id), Company.get()
    assert (row.concluded_on, row.weekly_minutes, row.monthly_pay_cents, row.rncp) == (
        date(2026, 9, 21),
        35 * 60,
        1_112_05,
        "RNCP39867",
    )
    assert (company.idcc, company.naf, company.headcount) == ("1486", "7022Z", 64)
    assert queries.known_by_form(row) == {}
    (line,) = AuditEvent.select().where(AuditEvent.tag == "contract:recorded")
    assert line.actor_id == registrar.id
    assert "idcc: – → 1486" in line.detail


def test_the_least_pay_follows_the_year_that_earlier_contracts_reached(make):
    enrolment = make.enrolment()
    pay = {"monthly_pay_cents": 1_000_00, "weekly_minutes": 35 * 60}
    contract = make.contract(enrolment, **pay)
    assert "pay" not in codes(contract)
    days = {"starts_on": date(2024, 10, 1), "ends_on": date(2026, 9, 30)}
    earlier = make.contract(enrolment, company=contract.company, state="completed", **days)
    assert "pay" in codes(contract)
    Contract.update(kind="professionalisation").where(Contract.id == earlier.id).execute()
    assert "pay" not in codes(contract)


def test_a_scan_is_typed_by_hand_and_what_is_wrong_is_said(app, make, shared, staff):
    contract = make.contract()
    deliver(app, contract, shared, "10-scanned")
    page, form = record(staff, contract)
    assert "Type the facts by hand." in page.text
    wrong = {
        "concluded_on": "2026-02-31",
        "practical_start_on": "1026-10-01",
        "hours": "-1",
        "minutes": "75",
        "monthly_pay_cents": "1,5",
        "rncp": "RNCP 12 34 56 78",
        "tutor_experience_years": "1e9",
        "naf": "70-22",
        "headcount": "NaN",
        "idcc": "0",
    }
    answer = staff.submit(form, htmx=True, expect=422, **wrong)
    assert len(answer.select(".err")) == len(wrong)
    assert answer.select_one("[name=headcount]")["value"] == "NaN"
    staff.submit(form, htmx=True, expect=422, ends_on="2026-11-01")
    staff.submit(form, htmx=True, expect=422, minutes="30")
    right = {"hours": "37", "minutes": "30", "naf": "70.22 z", "rncp": "39 867", "idcc": "44"}
    staff.submit(form, htmx=False, expect=303, **right)
    row, company = Contract.find(contract.id), Company.get()
    assert (row.weekly_minutes, row.rncp, company.naf, company.idcc) == (
        37 * 60 + 30,
        "RNCP39867",
        "7022Z",
        "0044",
    )


def test_checks_see_what_the_form_says_before_anybody_has_typed_it(app, make, shared):
    contract = make.contract(starts_on=date(2026, 10, 1), enrolment=make.enrolment(), tutor_name="")
    deliver(app, contract, shared, "14-signed-after-start")
    assert "concluded-late" in codes(contract)
    assert "tutor" not in codes(contract)
    Contract.update(concluded_on=date(2026, 9, 30)).execute()
    assert "concluded-late" not in codes(contract)


def test_days_of_a_form_that_means_another_first_day_are_compared_not_held_against_the_record(
    app, make, shared
):
    contract = make.contract(starts_on=date(2026, 11, 30), ends_on=date(2027, 11, 29))
    deliver(app, contract, shared, "01-normal")
    assert "practical-start" not in codes(contract)
    assert "starts_on" in [line.field for line in queries.differences_of(contract)]


def test_an_amendment_may_be_signed_after_the_first_day(app, make, shared):
    contract = make.contract(starts_on=date(2026, 10, 1), state="signed", funded_cents=9_750_00)
    child = make.contract(
        contract.enrolment,
        contact=contract.contact,
        amends=contract,
        starts_on=date(2026, 10, 1),
        concluded_on=date(2027, 1, 15),
    )
    assert "concluded-late" not in codes(child)


def test_pay_below_the_minimum_is_found_once_it_is_known(make, app, staff):
    contract = submitted(make, app)
    _, form = record(staff, contract)
    staff.submit(form, htmx=True, expect=204, monthly_pay_cents="500.00")
    assert "pay" in codes(contract)


def test_the_agreement_on_the_form_proposes_the_opco(app, make, shared, staff, registrar):
    contract = make.contract()
    deliver(app, contract, shared, "01-normal")
    Contract.update(state="signed", funded_cents=9_750_00).execute()
    page = staff.page(f"/staff/contracts/{contract.id}/opco")
    chosen = page.select_one("#filing-transmit select[name=opco] option[selected]")
    assert chosen["value"] == "ATLAS"


def test_the_days_of_an_accepted_contract_are_fixed_its_other_facts_are_not(
    make, app, staff, registrar
):
    contract = accepted(make, app, registrar)
    _, form = record(staff, contract)
    answer = staff.submit(form, htmx=True, expect=409, ends_on="2029-01-31")
    assert "Amend the contract" in answer.select_one("[role=alert]").text
    staff.submit(form, htmx=True, expect=204, rncp="RNCP39867")
    assert Contract.find(contract.id).rncp == "RNCP39867"


def test_two_colleagues_do_not_overwrite_each_other(make, app, staff):
    contract = submitted(make, app)
    _, first = record(staff, contract)
    _, second = record(staff, contract)
    staff.submit(first, htmx=True, expect=204, rncp="RNCP39867")
    answer = staff.submit(second, htmx=True, expect=409, rncp="RNCP11111")
    assert "Somebody changed this contract" in answer.select_one("[role=alert]").text
    assert Contract.find(contract.id).rncp == "RNCP39867"


def test_a_corrected_first_day_moves_the_deadline(make, app, staff, registrar):
    contract = submitted(make, app, kind="professionalisation")
    _, form = record(staff, contract)
    staff.submit(form, htmx=True, expect=204, starts_on="2026-12-01")
    assert Contract.find(contract.id).due_on == date(2026, 12, 6)
    make.schedule()
    assert accept(contract, registrar).due_on == date(2026, 12, 6)
