"""What only a browser can vouch for: progress in words, stopping, dropping a file, rows that swap and keep the focus."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from portal.contracts.models import Contract
from tests.support.make_contracts import pdf, stored, submitted

SLOW = {
    "offline": False,
    "latency": 5,
    "downloadThroughput": 10_000_000,
    "uploadThroughput": 300_000,
}

#: An apprentice's file asks for two papers; this is the form of the first.
FORM = "form[id$=-cerfa]"


def file(name, data):
    return {"name": name, "mimeType": "application/pdf", "buffer": data}


@pytest.fixture
def contract(make):
    return make.contract(make.enrolment(make.person("Camille Moreau")))


@pytest.fixture
def tab(open_tab, contract):
    tab = open_tab(contract.contact)
    tab.goto(f"/contracts/{contract.id}")
    return tab


def test_an_upload_tells_how_far_it_is_and_can_be_stopped(app, tab, contract):
    line = tab.context.new_cdp_session(tab)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    tab.set_input_files(
        FORM + " [type=file]", file("contrat signé.pdf", pdf() + bytes(2 * 1024 * 1024))
    )
    tab.get_by_role("button", name="Send: Signed contract").click()
    expect(tab.locator(FORM + " [data-sent]")).to_have_text("0.5 of 2.0 MB", timeout=15_000)
    expect(tab.locator(FORM + " [data-file]")).to_have_text("contrat signé.pdf")
    tab.locator(FORM).get_by_role("button", name="Stop").click()
    expect(tab.locator("#problem-banner")).to_have_text("You stopped the upload. Nothing was kept.")
    expect(tab.locator(FORM + " progress")).to_be_hidden()
    assert stored(app) == []


def test_a_file_that_is_too_large_is_refused_before_it_travels(tab, contract):
    tab.set_input_files(FORM + " [type=file]", file("big.pdf", bytes(10 * 1024 * 1024 + 1)))
    tab.get_by_role("button", name="Send: Signed contract").click()
    expect(tab.locator("#problem-banner")).to_have_text(
        "This file is too large. The limit is 10 MB, for photographs 60 MB together."
    )


def test_a_refused_file_is_explained_in_place_and_the_next_one_is_taken(tab, contract):
    tab.set_input_files(FORM + " [type=file]", file("contract.pdf", b"not a pdf"))
    tab.get_by_role("button", name="Send: Signed contract").click()
    expect(tab.locator(".errors")).to_be_focused()
    tab.complaints.pop()  # Chromium notes every 422
    tab.set_input_files(FORM + " [type=file]", file("contract.pdf", pdf()))
    tab.get_by_role("button", name="Send: Signed contract").click()
    expect(tab.get_by_text("Received: Signed contract, version 1.")).to_be_visible()
    assert Contract.find(contract.id).state == "submitted"


def test_a_file_may_be_dropped_on_the_frame(tab, contract):
    held = tab.evaluate_handle(
        """() => { const held = new DataTransfer();
        held.items.add(new File(["%PDF-1.4"], "dropped.pdf", {type: "application/pdf"})); return held }"""
    )
    tab.dispatch_event(FORM + " .drop", "dragover", {"dataTransfer": held})
    expect(tab.locator(FORM + " .drop[data-over]")).to_be_visible()
    tab.dispatch_event(FORM + " .drop", "drop", {"dataTransfer": held})
    assert tab.evaluate("document.querySelector('[type=file]').files[0].name") == "dropped.pdf"


def test_staff_return_a_contract_with_the_keyboard_alone(app, make, open_tab):
    contract = submitted(make, app)
    tab = open_tab(make.staff("registrar"))
    tab.goto("/staff/contracts")
    tab.get_by_role("link", name="Return…").press("Enter")
    reason = tab.locator(f"#reason-{contract.id}")
    expect(reason).to_be_focused()
    tab.keyboard.type("Sign page 2.")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    row = tab.locator(f"#contract-{contract.id}")
    expect(row.locator(".tag")).to_have_text("Changes requested")
    expect(row.get_by_role("link", name="See the file")).to_be_focused()
    expect(tab.locator("#contracts-waiting")).to_have_text("0")
    assert tab.url.endswith("/staff/contracts")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(app, make, open_tab, contract, scheme):
    waiting = submitted(make, app, contact=contract.contact)
    people = {
        contract.enrolment.student.person: ["/contracts", f"/contracts/{contract.id}"],
        make.enrolment().student.person: ["/contracts", "/contracts/new"],
        contract.contact: ["/company", f"/contracts/{waiting.id}"],
        make.staff("registrar"): ["/staff/contracts", f"/staff/contracts/{waiting.id}/return"],
    }
    people[contract.enrolment.student.person] += [
        f"/contracts/{contract.id}/edit",
        f"/contracts/{contract.id}/cancel",
    ]
    for person, pages in people.items():
        tab = open_tab(person, color_scheme=scheme)
        for page in pages:
            tab.goto(page)
            found = Axe().run(tab)
            assert found.violations_count == 0, (page, found.generate_report())
