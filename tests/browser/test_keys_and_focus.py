"""Work without a mouse: keys work wherever Tab leads, and no answer leaves the focus nowhere."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from portal import fees
from portal.bank import service
from portal.bank.models import BankLine
from portal.fees.models import PaymentPlan
from portal.identity.models import Person
from portal.programme.models import Enrolment
from tests.browser.test_finance_month import import_a_statement
from tests.support.living import account, installation_in


@pytest.fixture
def settings(tmp_path, lived_in):
    return installation_in(tmp_path, lived_in)


@pytest.fixture
def desk(open_tab, db):
    """The finance office, in English."""
    Person.update(locale="en").where(Person.role == "staff").execute()
    return open_tab(account("finance"))


@pytest.fixture
def line(desk, tmp_path):
    """A line of the bank of which the portal suggests whose it is, on screen."""
    import_a_statement(desk, tmp_path)
    desk.goto("/staff/bank")
    return desk.locator("li.match:has([data-key=a].primary)").first


def place(tab):
    """The row or region that has the focus."""
    return tab.evaluate("document.activeElement.closest('tbody[id], li[id], #money-file, body').id")


def test_keys_work_from_the_box_where_tab_lands(desk):
    desk.goto("/staff/refunds")
    first, second = desk.locator("tbody[id]").nth(0), desk.locator("tbody[id]").nth(1)
    box = first.locator("[name=pick]")
    box.focus()
    box.press("x")
    expect(box).to_be_checked()
    box.press("j")
    assert place(desk) == second.get_attribute("id")
    desk.keyboard.press("k")
    assert place(desk) == first.get_attribute("id")
    box.focus()
    box.press("c")
    expect(first.locator(".under")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(first.locator(".under")).to_have_count(0)
    expect(first.locator("[data-key=c]")).to_be_focused()


def test_what_closes_in_the_inbox_leads_back_to_what_opened_it(desk):
    desk.goto("/staff/refunds")
    row = desk.locator("tbody[id]").first
    for key, leave in (("r", "Escape"), ("q", "Not now"), ("r", "Keep it"), ("c", "Close")):
        row.locator("[data-key=a]").focus()
        desk.keyboard.press(key)
        expect(row.locator(".under")).to_be_visible()
        if leave == "Escape":
            expect(row.get_by_role("textbox")).to_be_focused()
            desk.keyboard.press(leave)
        else:
            row.get_by_role("link", name=leave).focus()
            desk.keyboard.press("Enter")
        expect(row.locator(f"[data-key={key}]")).to_be_focused()


def test_after_a_decision_the_row_has_the_focus(desk):
    desk.goto("/staff/refunds")
    row = desk.locator("tbody[id]").first
    row.locator("[data-key=q]").press("Enter")
    row.get_by_role("textbox").fill("Which account?")
    row.get_by_role("button", name="Send the question").press("Enter")
    expect(row.get_by_role("rowheader").get_by_role("link")).to_be_focused()
    expect(desk.locator("#heap-waiting")).to_have_text("1")

    desk.goto("/staff/refunds")
    row = desk.locator("tbody[id]").first
    row.locator("[name=pick]").press("x")
    desk.get_by_role("button", name="Approve the selected").press("Enter")
    expect(row.get_by_role("rowheader").get_by_role("link")).to_be_focused()
    desk.keyboard.press("j")
    assert place(desk) == desk.locator("tbody[id]").nth(1).get_attribute("id")


def test_a_line_of_the_bank_keeps_the_focus_through_every_answer(desk, line):
    number = line.get_attribute("id")
    line = desk.locator(f"#{number}")
    for key, field in (("o", "[name^=amount-]"), ("i", "[name=reason]")):
        line.locator("[data-key=a]").focus()
        desk.keyboard.press(key)
        expect(line.locator(field).first).to_be_focused()
        desk.keyboard.press("Escape")
        expect(line.locator(f"[data-key={key}]")).to_be_focused()
    line.locator("[data-key=a]").press("a")
    expect(line.get_by_role("button", name="Undo")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(line.locator("[data-key=a]")).to_be_visible()
    assert place(desk) == number
    desk.keyboard.press("i")
    expect(line.locator("[name=reason]")).to_be_focused()


def test_what_a_colleague_took_meanwhile_is_read_where_one_stood(desk, line):
    number = int(line.get_attribute("id").removeprefix("line-"))
    facts = {"reason": "Not ours", "key": uuid4().hex, "by": account("director").id}
    service.ignore(number, version=BankLine.find(number).version, **facts)
    line = desk.locator(f"#line-{number}")
    line.locator("[data-key=a]").press("Enter")
    expect(line.get_by_role("alert")).to_be_visible()
    assert place(desk) == f"line-{number}"
    desk.complaints[:] = [said for said in desk.complaints if "409" not in said]


def test_enter_in_an_amount_matches_and_in_the_search_searches(desk, line):
    number = int(line.get_attribute("id").removeprefix("line-"))
    line = desk.locator(f"#line-{number}")
    line.locator("[data-key=o]").press("Enter")
    with desk.expect_response("**/match"):
        line.get_by_role("searchbox").press("Enter")
    assert BankLine.find(number).state == "suggested"
    expect(line.get_by_role("status")).to_have_text("The amounts sum to the line.")
    typed = line.locator("[name^=amount-]").first.input_value()
    line.get_by_role("searchbox").fill("Moreau")
    line.get_by_role("searchbox").press("Enter")
    expect(line.locator("[name^=amount-]")).not_to_have_count(1)
    expect(line.get_by_role("searchbox")).to_be_focused()
    expect(line.locator("[name^=amount-]").first).to_have_value(typed)
    line.locator("[name^=amount-]").first.press("Enter")
    expect(line.get_by_role("button", name="Undo")).to_be_focused()


def test_the_file_of_a_student_leads_on_and_back(desk):
    plan = PaymentPlan.select().order_by(PaymentPlan.id.desc()).get()
    desk.goto(f"/staff/fees/{plan.enrolment_id}")
    desk.get_by_role("link", name="Pause reminders…").press("Enter")
    expect(desk.get_by_label("No reminder until")).to_be_focused()
    desk.get_by_role("link", name="Not now").press("Enter")
    expect(desk.get_by_role("link", name="Pause reminders…")).to_be_focused()

    student = next(fees.every_due(fees.DueFilter())).student_id
    owes = Enrolment.get(Enrolment.student == student)
    desk.goto(f"/staff/fees/{owes.id}")
    desk.get_by_role("link", name="Agree another plan…").press("Enter")
    expect(desk.locator("#lines-0-due_on")).to_be_focused()
    desk.get_by_role("button", name="More lines").press("Enter")
    focused = desk.locator("[name$=due_on]:focus")
    expect(focused).to_have_value("")
    expect(focused).not_to_have_id("lines-0-due_on")


def test_a_refused_answer_of_the_bank_is_read_first(desk, tmp_path):
    wrong = tmp_path / "answer.xml"
    wrong.write_text("<Document/>")
    desk.goto("/staff/payouts")
    desk.locator("[type=file]").set_input_files(wrong)
    desk.get_by_role("button", name="Read the answer").press("Enter")
    expect(desk.locator(".errors")).to_be_focused()
    desk.complaints.clear()
