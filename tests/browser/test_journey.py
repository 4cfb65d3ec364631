"""The whole chain by hand: the week, the upload, the acceptance, the approval, the money, the certificate."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.contracts.models import Contract
from portal.identity.models import Person
from portal.kernel import clock
from portal.programme.models import Enrolment
from portal.refunds.models import Refund
from tests.support import make_contracts, make_fees

WORDS = {
    "en": {
        "week": "Next week",
        "upload": re.compile("^Send"),
        "accept": re.compile("^Accept…"),
        "confirm": re.compile("^Accept version"),
        "approve": re.compile("^Approve:"),
        "approved": "Approved",
        "make": "Make the PDF",
        "valid": "This certificate is valid",
        "ours": "byte for byte",
        "compare": "Compare",
    },
    "fr": {
        "week": "Semaine suivante",
        "upload": re.compile("^Envoyer"),
        "accept": re.compile("^Accepter…"),
        "confirm": re.compile("^Accepter la version"),
        "approve": re.compile("^Approuver:"),
        "approved": "Approuvé",
        "make": "Créer le PDF",
        "valid": "Ce certificat est valable",
        "ours": "octet par octet",
        "compare": "Comparer",
    },
}


@pytest.fixture
def people(make):
    """A student with a plan and two payments, a company whose contract still has no paper, and staff."""

    def people(locale):
        student = make.person("Camille Moreau", locale=locale)
        enrolment = make_fees.plan(make, make.enrolment(student))
        make_fees.pay(make, enrolment, 4_250_00)
        contact = make.person("Nadia Delcourt", "company", locale=locale)
        make.contract(enrolment, contact=contact)
        make.lesson(at=clock.midnight(clock.today() + timedelta(days=7)) + timedelta(hours=9))
        return {
            "student": student,
            "company": contact,
            "registrar": make.staff("registrar", name="Rosa Registrar", locale=locale),
            "finance": make.staff("finance", name="Grace Hopper", locale=locale),
        }

    return people


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
@pytest.mark.parametrize("locale", ["en", "fr"])
def test_from_the_week_to_the_certificate(people, open_tab, tmp_path, javascript, locale):
    who, say = people(locale), WORDS[locale]

    student = open_tab(who["student"], javascript=javascript)
    student.goto("/timetable")
    student.get_by_role("link", name=say["week"]).click()
    expect(student.locator(".lesson")).to_have_count(1)

    company = open_tab(who["company"], javascript=javascript)
    company.goto("/company")
    for paper in ("cerfa", "training_agreement"):
        (tmp_path / f"{paper}.pdf").write_bytes(make_contracts.pdf(paper))
        form = company.locator(f"form[id$={paper}]")
        form.locator("input[type=file]").set_input_files(tmp_path / f"{paper}.pdf")
        form.get_by_role("button", name=say["upload"]).click()
        expect(company).to_have_url(re.compile(r"/contracts/\d+$"))
        expect(company.locator("[role=status].note")).to_be_visible()
    assert Contract.get().state == "submitted"

    registrar = open_tab(who["registrar"], javascript=javascript)
    registrar.goto("/staff/contracts")
    registrar.get_by_role("link", name=say["accept"]).click()
    registrar.get_by_role("textbox").first.fill("9750,00" if locale == "fr" else "9750.00")
    registrar.get_by_role("button", name=say["confirm"]).click()
    expect(registrar.get_by_role("button", name=say["confirm"])).to_have_count(0)
    assert Contract.get().state == "signed"
    assert Enrolment.get().scheme == "apprenticeship"

    finance = open_tab(who["finance"], javascript=javascript)
    finance.goto("/staff/refunds")
    finance.get_by_role("button", name=say["approve"]).click()
    expect(finance.locator("#refunds-waiting")).to_have_text(re.compile(r"^\s*0 "))
    assert Refund.get().state == "approved"
    if javascript:
        expect(finance.locator(f"#refund-{Refund.get().id}")).to_contain_text(say["approved"])

    student.goto("/refunds")
    student.locator("main ol a").first.click()
    expect(student.locator(".figure")).to_contain_text("4")
    expect(student.locator(".steps .done")).to_have_count(2)
    student.goto("/fees")
    expect(student.locator("main")).to_contain_text("9")

    student.goto("/certificates")
    student.get_by_role("button", name=say["make"]).click()
    paper = student.locator("a[href$='.pdf']")
    expect(paper).to_have_count(1)
    with student.expect_download() as download:
        paper.click()
    download.value.save_as(tmp_path / "certificate.pdf")

    address = student.locator("a[href^='/verify/']").first.get_attribute("href")
    anybody = open_tab(javascript=javascript, locale=locale)
    anybody.goto(address)
    expect(anybody.get_by_role("heading", level=1)).to_have_text(say["valid"])
    anybody.locator("input[type=file]").set_input_files(tmp_path / "certificate.pdf")
    anybody.get_by_role("button", name=say["compare"]).click()
    expect(anybody.locator("[role=status].note")).to_contain_text(say["ours"])


def test_a_decision_can_be_made_with_single_keys(people, open_tab, make):
    from tests.support import make_refunds

    who = people("en")
    refund = make_refunds.refund(make, enrolment=make.enrolment(make.person("Second Student")))
    tab = open_tab(who["finance"])
    tab.goto("/staff/refunds")
    tab.locator("table button").first.focus()
    tab.keyboard.press("r")
    expect(tab.locator("textarea")).to_be_focused()
    tab.keyboard.type("arja")
    expect(tab.locator("textarea")).to_have_value("arja")
    tab.keyboard.press("Escape")
    expect(tab.locator("textarea")).to_have_count(0)
    tab.locator("table button").first.focus()
    tab.keyboard.press("a")
    expect(tab.locator("#refunds-waiting")).to_contain_text("0 refunds")
    assert Refund.get_by_id(refund.id).state == "approved"


def test_keys_that_were_switched_off_stay_quiet(people, open_tab, make):
    from tests.support import make_refunds

    who = people("en")
    Person.update(shortcuts=False).execute()
    refund = make_refunds.refund(make, enrolment=make.enrolment(make.person("Second Student")))
    tab = open_tab(who["finance"])
    tab.goto("/staff/refunds")
    tab.locator("table button").first.focus()
    tab.keyboard.press("a")
    expect(tab.locator("table button")).to_have_count(1)
    assert Refund.get_by_id(refund.id).state == "proposed"


def test_weeks_turn_in_place_and_back_asks_the_server(open_tab, make):
    student = make.enrolment().student.person
    tab = open_tab(student)
    tab.goto("/timetable/2026-W48")
    tab.evaluate("window.sameDocument = true")
    tab.get_by_role("link", name="Next week").click()
    expect(tab.locator("h1")).to_contain_text("30")
    assert tab.url.endswith("/timetable/2026-W49")
    with tab.expect_request("**/timetable/2026-W48") as restored:
        tab.go_back()
    expect(tab.locator("h1")).to_contain_text("23")
    assert restored.value.headers["hx-history-restore-request"] == "true"
    assert tab.evaluate("[window.sameDocument, sessionStorage.length, localStorage.length]") == [
        True,
        0,
        0,
    ]


def test_a_failed_turn_keeps_the_address_and_says_so(open_tab, make):
    tab = open_tab(make.enrolment().student.person)
    tab.goto("/timetable/2026-W48")
    tab.route(
        "**/timetable/2026-W49", lambda route: route.fulfill(status=502, body="<h1>proxy</h1>")
    )
    tab.get_by_role("link", name="Next week").click()
    expect(tab.locator("#problem-banner")).to_contain_text("went wrong on our side")
    assert tab.url.endswith("/timetable/2026-W48")
    assert "502" in tab.complaints.pop()
