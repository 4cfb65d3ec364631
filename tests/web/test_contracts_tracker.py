"""Where a contract's file stands, what is missing and from whom, by when, and what happens next."""

from datetime import UTC, date, datetime

import pytest
from playhouse.test_utils import assert_query_count

from portal.contracts import service
from portal.contracts.models import Contract
from portal.contracts.rules import ContractState, life, standing
from portal.kernel import clock
from tests.support.make_contracts import send, submitted


@pytest.fixture
def enrolment(make):
    return make.enrolment(make.person("Camille Moreau"))


@pytest.fixture(autouse=True)
def in_october():
    with clock.set_to(datetime(2026, 10, 20, 8, 0, tzinfo=UTC)):
        yield


def tracker(browser, contract):
    return browser.page(f"/contracts/{contract.id}").select_one("#track")


def said(element):
    return " ".join(element.stripped_strings).replace("\u00a0", " ")


def facts(section):
    return {row.dt.text.strip(): said(row.dd) for row in section.select(".facts div")}


def steps(section):
    return {li.h3.text: said(li.p) if li.p else "" for li in section.select(".steps li.done")}


def test_student_company_and_staff_read_the_same(make, new_client, enrolment):
    contract = make.contract(enrolment, due_on=date(2026, 11, 2))
    readers = [enrolment.student.person, contract.contact, make.staff("registrar")]
    told = [facts(tracker(new_client().sign_in(reader), contract)) for reader in readers]
    assert told[0] == told[1] == told[2]
    assert told[0]["Missing"] == (
        "Signed contract: The company or the student Training agreement: The company or the student"
    )
    assert told[0]["It is up to"] == "The company or the student"
    assert told[0]["First day of the contract"] == "2 November 2026, 13 days left"
    assert told[0]["Next"] == "The school checks the papers."


def test_a_returned_paper_is_missing_again(make, app, client, enrolment):
    contract = submitted(make, app, enrolment=enrolment)
    staff = make.staff("registrar")
    service.send_back(
        contract.id, reason="Page 2", version=contract.version, key="k" * 16, by=staff.id
    )
    section = tracker(client.sign_in(contract.contact), contract)
    assert facts(section)["Missing"].startswith("Signed contract (a new version)")
    assert section.select_one("[aria-current=step] h3").text == "Papers sent"
    assert "Page 2" in section.select_one("details").text
    assert "Grace Hopper" in section.select_one("details").text


def test_each_step_is_dated_by_the_day_it_happened(make, app, client, enrolment):
    contract = submitted(make, app, enrolment=enrolment)
    make.schedule()
    staff = make.staff("registrar")
    with clock.set_to(datetime(2026, 10, 22, 8, 0, tzinfo=UTC)):
        service.accept(
            contract.id, funded=9_750_00, version=contract.version, key="k" * 16, by=staff.id
        )
        section = tracker(client.sign_in(contract.contact), contract)
    assert steps(section) == {
        "Declared": "20 October 2026",
        "Papers sent": "20 October 2026",
        "Checked by the school": "22 October 2026",
        "Signed and accepted": "22 October 2026",
    }
    assert section.select_one("[aria-current=step] h3").text == "With the OPCO"
    assert "Missing" not in facts(section)


def test_a_day_that_has_passed_is_said(make, client, enrolment):
    contract = make.contract(enrolment, due_on=date(2026, 10, 19))
    section = tracker(client.sign_in(contract.contact), contract)
    assert facts(section)["First day of the contract"] == "19 October 2026, 1 day late"


@pytest.mark.parametrize(
    ("kind", "word"), [("apprenticeship", "refusal"), ("professionalisation", "acceptance")]
)
def test_what_silence_of_the_opco_means_is_said_by_kind(make, client, enrolment, kind, word):
    contract = make.contract(enrolment, kind=kind, state="transmitted", due_on=date(2026, 11, 12))
    told = facts(tracker(client.sign_in(contract.contact), contract))
    assert word in told["Next"]
    assert told["Answer of the OPCO"].startswith("12 November 2026")


def test_every_state_has_its_words_and_at_most_one_current_step(make, client, enrolment):
    contract = make.contract(enrolment)
    browser = client.sign_in(contract.contact)
    for state in ContractState:
        Contract.update(state=state).execute()
        section = tracker(browser, contract)
        assert standing(state, "apprenticeship").now in section.text
        assert len(section.select("[aria-current=step]")) <= 1


def test_a_contract_that_is_over_shows_only_what_was_reached():
    names = [step.name for step in life("cancelled", {"draft": date(2026, 10, 1)})]
    assert names == ["Declared"]


def test_the_number_of_queries_does_not_grow_with_what_happened(make, app, client, enrolment):
    contract = make.contract(enrolment)
    browser = client.sign_in(contract.contact)
    for text in ("one", "two"):
        send(app, contract, text=text)
        service.write(contract.id, text=text, key=text * 6, by=contract.contact_id)
    with assert_query_count(5):
        browser.page(f"/contracts/{contract.id}")
