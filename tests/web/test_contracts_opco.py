"""What the funding bodies are sent and say, as staff write it down, and what the law does by itself."""

import csv
import io
from datetime import date, timedelta

import pytest

from portal import contracts, fees
from portal.contracts import service
from portal.contracts.models import BranchCorrection, Company, Contract, ContractMove
from portal.fees.models import MoneyPolicy
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.refunds.models import Refund
from tests.support import make_fees
from tests.support.make_contracts import funder_accepts, send, submitted

KEY = "one click, sixteen"


@pytest.fixture
def registrar(make):
    return make.staff("registrar", name="Grace Hopper")


@pytest.fixture
def staff(registrar, new_client):
    return new_client().sign_in(registrar)


@pytest.fixture
def accept(make, app, registrar):
    def accept(**facts) -> Contract:
        make.schedule()
        facts.setdefault("starts_on", clock.today() - timedelta(days=3))
        facts.setdefault("ends_on", clock.today() + timedelta(days=360))
        contract = submitted(make, app, **facts)
        service.accept(
            contract.id,
            funded=9_750_00,
            version=contract.version,
            key=f"accept {contract.id} sixteen",
            by=registrar.id,
        )
        return Contract.find(contract.id)

    return accept


def transmit(contract, by, on=None):
    contract = Contract.find(contract.id)
    service.transmit(
        contract.id,
        on=on or clock.today(),
        opco="ATLAS",
        version=contract.version,
        key=f"send {contract.version} sixteen",
        by=by.id,
    )
    return Contract.find(contract.id)


def later(days):
    return clock.set_to(clock.now() + timedelta(days=days))


def filing(browser, contract, step):
    page = browser.page(f"/staff/contracts/{contract.id}/opco")
    return page.select_one(f"#filing-{step}")


@pytest.mark.parametrize(
    ("kind", "silence", "then"),
    [
        ("apprenticeship", "implicit_refusal", "implicit_refusal"),
        ("professionalisation", "implicit_acceptance", "active"),
    ],
)
def test_silence_decides_after_twenty_days_and_not_a_day_before(
    accept, registrar, kind, silence, then
):
    contract = transmit(accept(kind=kind), registrar)
    due = contract.due_on
    with clock.set_to(clock.midnight(due) + timedelta(hours=20)):
        assert service.tick() == 0
    with clock.set_to(clock.midnight(due) + timedelta(hours=30)):
        assert service.tick() == 1
        assert service.tick() == 0
    moves = [move.target for move in ContractMove.select().order_by(ContractMove.id)]
    assert silence in moves
    assert Contract.find(contract.id).state == then


def test_an_incomplete_file_stops_the_twenty_days(accept, registrar, staff, post_box):
    contract = transmit(accept(), registrar)
    post_box.clear()
    staff.submit(
        filing(staff, contract, "incomplete"),
        on=clock.today().isoformat(),
        reason="Page 2 is missing.",
        htmx=False,
        expect=303,
    )
    assert Contract.find(contract.id).due_on is None
    assert all("Page 2 is missing." in mail.get_content() for mail in post_box)
    with later(60):
        assert service.tick() == 0
        complete = transmit(contract, registrar)
        assert complete.complete_on == clock.today()
        assert complete.transmitted_on == contract.transmitted_on


def test_the_opco_accepts_under_its_number_and_the_contract_begins(accept, registrar, staff):
    contract = transmit(accept(), registrar)
    answer = {
        "on": clock.today().isoformat(),
        "number": "DEC-2026-1",
        "funded": "9750",
        "employer_share": "750",
    }
    form = filing(staff, contract, "accepted")
    staff.submit(form, **answer, htmx=False, expect=303)
    staff.submit(form, **answer, htmx=False, expect=303)
    fresh = Contract.find(contract.id)
    assert (fresh.state, fresh.opco_number, fresh.employer_share_cents) == (
        "accepted",
        "DEC-2026-1",
        750_00,
    )
    assert service.tick() == 1
    assert Contract.find(contract.id).state == "active"


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(accept, registrar, staff):
    contract = transmit(accept(), registrar)
    answer = staff.submit(
        filing(staff, contract, "accepted"),
        htmx=True,
        expect=422,
        on="2026-02-31",
        number="",
        funded="NaN",
        employer_share="-1",
    )
    form = answer.select_one("#filing-accepted")
    assert form.select_one("[name=funded]")["value"] == "NaN"
    assert len(form.select(".err")) == 4
    assert Contract.find(contract.id).state == "transmitted"


def test_no_day_to_come_and_no_answer_before_the_file_was_sent(accept, registrar, staff):
    contract = transmit(accept(), registrar)
    for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=1)):
        form = filing(staff, contract, "refused")
        answer = staff.submit(form, htmx=True, expect=409, on=day.isoformat(), reason="No.")
        assert answer.select_one("[role=alert]")
    assert Contract.find(contract.id).state == "transmitted"


def test_a_letter_that_was_in_time_overrules_the_silence_and_a_late_one_does_not(accept, registrar):
    contract = transmit(accept(), registrar)
    with later(40):
        service.tick()
        silent = Contract.find(contract.id)
        facts = {
            "number": "DEC-1",
            "funded": 9_750_00,
            "employer_share": None,
            "version": silent.version,
            "key": KEY,
            "by": registrar.id,
        }
        with pytest.raises(NotPossible, match="silence has decided"):
            service.note_acceptance(contract.id, on=clock.today(), **facts)
        for _ in range(2):
            service.note_acceptance(contract.id, on=contract.due_on, **facts)
        with pytest.raises(NotPossible, match="another decision"):
            service.note_acceptance(contract.id, on=contract.due_on, **facts | {"funded": 1_00})
    assert Contract.find(contract.id).state == "accepted"


def test_a_refusal_in_time_counts_also_when_the_silent_contract_runs_already(
    accept, registrar, new_client
):
    contract = transmit(accept(kind="professionalisation"), registrar)
    with later(40):
        service.tick()
        staff = new_client().sign_in(registrar)
        assert Contract.find(contract.id).state == "active"
        form, on = filing(staff, contract, "refused"), contract.due_on + timedelta(days=1)
        answer = staff.submit(form, htmx=True, expect=409, on=on.isoformat(), reason="No.")
        assert "silence has decided" in answer.select_one("[role=alert]").text
        form = filing(staff, contract, "refused")
        day = contract.due_on.isoformat()
        staff.submit(form, htmx=True, expect=204, on=day, reason="Wrong branch.")
    assert Contract.find(contract.id).state == "refused"


def test_what_the_funder_accepted_in_words_it_does_not_refuse_once_it_runs(
    accept, registrar, staff
):
    contract = transmit(accept(kind="professionalisation"), registrar)
    funder_accepts(contract, registrar)
    service.tick()
    active = Contract.find(contract.id)
    assert active.state == "active"
    assert not staff.page(f"/staff/contracts/{contract.id}/opco").select("[id=filing-refused]")
    facts = {"reason": "No.", "version": active.version, "key": KEY, "by": registrar.id}
    with pytest.raises(NotPossible, match="answered this file"):
        service.note_refusal(contract.id, on=contract.complete_on, **facts)


def test_a_refusal_asks_nothing_back_from_the_student(accept, registrar):
    contract = transmit(accept(), registrar)
    before = fees.position_of(contract.enrolment_id)
    service.note_refusal(
        contract.id,
        on=clock.today(),
        reason="Wrong branch.",
        version=contract.version,
        key=KEY,
        by=registrar.id,
    )
    assert fees.position_of(contract.enrolment_id) == before


def test_a_school_may_wait_for_the_funder_before_it_refunds(make, app, accept, registrar):
    MoneyPolicy.create(
        version=7, valid_from=date(2020, 1, 1), refund_from="accepted", created_by=registrar
    )
    enrolment = make.enrolment()
    make_fees.plan(make, enrolment)
    make_fees.pay(make, enrolment, 4_250_00)
    contract = accept(enrolment=enrolment)
    assert fees.position_of(enrolment.id).funded == 9_750_00
    assert Refund.select().count() == 0
    contract = transmit(contract, registrar)
    service.note_acceptance(
        contract.id,
        on=clock.today(),
        number="DEC-1",
        funded=9_750_00,
        employer_share=None,
        version=contract.version,
        key=KEY,
        by=registrar.id,
    )
    assert Refund.get().amount_cents == 4_250_00


def test_another_amount_than_agreed_is_followed_and_never_refunded_twice(make, accept, registrar):
    enrolment = make.enrolment()
    make_fees.plan(make, enrolment)
    make_fees.pay(make, enrolment, 4_250_00)
    contract = transmit(accept(enrolment=enrolment), registrar)
    service.note_acceptance(
        contract.id,
        on=clock.today(),
        number="DEC-1",
        funded=9_000_00,
        employer_share=None,
        version=contract.version,
        key=KEY,
        by=registrar.id,
    )
    position = fees.position_of(enrolment.id)
    assert (position.funded, position.company_share) == (9_000_00, 750_00)
    assert [refund.amount_cents for refund in Refund.select()] == [4_250_00]


def test_the_agreement_of_the_company_proposes_the_opco_and_staff_know_better(
    accept, registrar, staff
):
    contract = accept()
    Company.update(idcc="1486").execute()
    chosen = "select[name=opco] option[selected]"
    assert filing(staff, contract, "transmit").select_one(chosen)["value"] == "ATLAS"
    page = staff.page("/staff/opco/branches")
    answer = staff.submit(
        page.select_one("form[action$=branches]"), idcc="0", opco="AKTO", htmx=False, expect=422
    )
    assert "four digits" in answer.text
    form = staff.page("/staff/opco/branches").select_one("form[action$=branches]")
    staff.submit(form, idcc="1486", opco="AKTO", htmx=False, expect=303)
    assert filing(staff, contract, "transmit").select_one(chosen)["value"] == "AKTO"
    assert BranchCorrection.get().corrected_by_id == registrar.id


def test_the_list_is_ordered_by_deadline_says_what_is_late_and_can_be_taken_away(
    accept, registrar, staff
):
    today = clock.today()
    late = accept(starts_on=today - timedelta(days=30))
    soon = accept(starts_on=today)
    page = staff.page("/staff/opco")
    links = [link["href"] for link in page.select("tbody th a")]
    assert links == [f"/contracts/{late.id}", f"/contracts/{soon.id}"]
    assert "One contract is past its legal day." in page.text
    saved = staff.raw.get("/staff/opco.csv")
    rows = list(
        csv.reader(io.StringIO(saved.get_data(as_text=True).lstrip("\ufeff")), delimiter=";")
    )
    assert len(rows) == 3
    assert late.company.siret in rows[1]
    assert staff.raw.get("/staff/opco.csv?group=nothing").status_code == 404


def test_students_companies_and_other_staff_stay_out(make, accept, new_client):
    contract = accept()
    for stranger in (
        contract.enrolment.student.person,
        contract.contact,
        make.staff("finance"),
    ):
        browser = new_client().sign_in(stranger)
        for path in ("/staff/opco", f"/staff/contracts/{contract.id}/opco", "/staff/opco.csv"):
            assert browser.raw.get(path).status_code in (403, 404)


def test_the_daily_command_can_be_typed(app, accept, registrar):
    transmit(accept(kind="professionalisation"), registrar)
    with later(40):
        said = app.test_cli_runner().invoke(args=["contracts", "tick"])
    assert said.output == "1 contracts moved, 0 reminders sent\n"


def test_an_amendment_takes_the_place_of_its_contract_only_when_the_opco_accepts_it(
    app, accept, registrar, make
):
    enrolment = make.enrolment()
    make_fees.plan(make, enrolment)
    make_fees.pay(make, enrolment, 4_250_00)
    contract = accept(enrolment=enrolment)
    child = service.amend(contract.id, reason="Longer.", version=contract.version, by=registrar.id)
    assert child == service.amend(
        contract.id, reason="Longer.", version=contract.version, by=registrar.id
    )
    send(app, Contract.find(child), text="amendment")
    send(app, Contract.find(child), text="agreement 2", kind="training_agreement")
    amendment = Contract.find(child)
    service.accept(child, funded=9_750_00, version=amendment.version, key=KEY, by=registrar.id)
    assert Contract.find(contract.id).state == "signed"
    amendment = transmit(amendment, registrar)
    service.note_acceptance(
        child,
        on=clock.today(),
        number="DEC-2",
        funded=9_750_00,
        employer_share=None,
        version=amendment.version,
        key="another click, sixteen",
        by=registrar.id,
    )
    assert Contract.find(contract.id).state == "superseded"
    assert [refund.amount_cents for refund in Refund.select()] == [4_250_00]
    assert contracts.STATES["superseded"]


def test_a_completed_file_counts_from_the_day_it_was_completed(accept, registrar):
    contract = transmit(accept(), registrar)
    sent = clock.today()
    with later(10):
        service.ask_for_more(
            contract.id,
            on=clock.today(),
            reason="Page 2.",
            version=contract.version,
            key=KEY,
            by=registrar.id,
        )
        with pytest.raises(NotPossible, match="before what the OPCO said last"):
            transmit(contract, registrar, on=sent)
    with later(15):
        complete = transmit(contract, registrar)
        facts = {"reason": "No.", "version": complete.version, "key": KEY, "by": registrar.id}
        with pytest.raises(NotPossible, match="before the day the file was sent"):
            service.note_refusal(contract.id, on=sent + timedelta(days=11), **facts)
    assert Contract.find(contract.id).state == "transmitted"


def test_a_wrong_year_does_not_let_the_twenty_days_run_out_at_once(accept, registrar):
    contract = accept(kind="professionalisation")
    with pytest.raises(NotPossible, match="Check the year"):
        transmit(contract, registrar, on=clock.today() - timedelta(days=365))
    service.tick()
    assert Contract.find(contract.id).state == "signed"


def test_the_deposit_number_is_written_down_when_the_file_is_sent(accept, staff):
    contract = accept(kind="professionalisation")
    form = filing(staff, contract, "transmit")
    staff.submit(form, htmx=True, expect=204, opco="ATLAS", number="DECA-2026-7")
    with later(40):
        service.tick()
    fresh = Contract.find(contract.id)
    assert (fresh.opco_number, fresh.state) == ("DECA-2026-7", "active")
