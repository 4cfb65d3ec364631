"""A month of the finance office on the demo, in the browser alone; student and parent see each step."""

import re

import pytest
from playwright.sync_api import expect

from portal.bank.models import BankLine
from portal.fees.models import Payer
from portal.identity.models import Person
from portal.notifications.models import OutgoingMail
from portal.payouts.models import PaymentOrder, Transfer
from portal.refunds.models import Refund, RefundShare
from tests.support.living import account, installation_in


@pytest.fixture
def settings(tmp_path, lived_in):
    return installation_in(tmp_path, lived_in)


def fetched(tab, link, folder):
    with tab.expect_download() as download:
        link.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def send_in(tab, path):
    tab.goto("/staff/bank/files")
    tab.locator("input[type=file]").set_input_files(path)
    tab.get_by_role("button", name="Send", exact=True).click()


def import_a_statement(tab, folder):
    tab.goto("/dev/bank")
    path = fetched(tab, tab.get_by_role("link", name="Download the statement"), folder)
    send_in(tab, path)
    expect(tab.get_by_role("heading", name=re.compile(r"\d+ new lines"))).to_be_visible()
    send_in(tab, path)
    expect(tab.get_by_role("heading", name="Nothing new")).to_be_visible()


def sort_three_lines_out(tab):
    tab.goto("/staff/bank")
    waiting = BankLine.select().where(BankLine.state.in_(["open", "suggested"])).count()
    assert waiting >= 3
    line = tab.locator("li.match", has_text="M OU MME FAMILLE")
    line.get_by_role("button", name="Confirm").click()
    settle(tab, waiting - 1)

    number = BankLine.get(BankLine.name == "Garage du Pont").id
    tab.goto("/staff/bank")
    tab.locator(f"#line-{number}").get_by_role("link", name="Not ours").click()
    tab.locator(f"#line-{number}").get_by_role("textbox").fill(
        "The garage sent it to the wrong account"
    )
    tab.locator(f"#line-{number}").get_by_role("button", name="Mark as not ours").click()
    settle(tab, waiting - 2)

    left = BankLine.get(BankLine.state.in_(["open", "suggested"]) & (BankLine.amount_cents > 0))
    payer = Payer.get(Payer.kind == "student")
    tab.goto("/staff/bank")
    tab.locator(f"#line-{left.id}").get_by_role("link", name="Choose").click()
    expect(tab.get_by_role("searchbox", name="Student, payer or reference")).to_be_visible()
    form = tab.locator(f"#line-{left.id} form").last
    for box in form.locator("[name^=amount-]").all():
        box.fill("")
    form.get_by_role("searchbox").fill(payer.reference)
    form.get_by_role("button", name="Search").click()
    form = tab.locator(f"#line-{left.id} form").last
    form.locator(f"[name=amount-{payer.id}]").fill(
        f"{left.amount_cents // 100}.{left.amount_cents % 100:02}"
    )
    form.get_by_role("button", name=re.compile("^Match")).click()
    settle(tab, waiting - 3)
    return payer


def settle(tab, left):
    """The decision is on the page and on disk."""
    expect(tab.locator("#main")).not_to_contain_text("being")
    waiting = BankLine.select().where(BankLine.state.in_(["open", "suggested"]))
    for _ in range(50):
        if waiting.count() == left:
            return
        tab.wait_for_timeout(100)
    raise AssertionError(f"{waiting.count()} lines wait, not {left}")


def approve_with_a_colleague(finance, director):
    finance.goto("/staff/refunds")
    finance.get_by_role("button", name=re.compile("^Approve:")).first.click()
    wait_for(finance, lambda: Refund.select().where(Refund.state == "approved").exists())
    finance.goto("/staff/refunds")
    for box in finance.locator("[name=pick]").all():
        box.check()
    finance.get_by_role("button", name="Approve the selected").click()
    wait_for(
        finance,
        lambda: (
            not Refund.select()
            .where((Refund.state == "proposed") & Refund.first_approved_by.is_null())
            .exists()
        ),
    )
    director.goto("/staff/refunds")
    for box in director.locator("[name=pick]").all():
        box.check()
    if director.locator("[name=pick]").count():
        director.get_by_role("button", name="Approve the selected").click()
    wait_for(director, lambda: not Refund.select().where(Refund.state == "proposed").exists())


def wait_for(tab, condition):
    for _ in range(80):
        if condition():
            return
        tab.wait_for_timeout(100)
    raise AssertionError("it did not happen")


class Family:
    """A student and the parent who paid a part, each in a browser of their own, the parent by a private link."""

    def __init__(self, finance, open_tab, options):
        self.share = RefundShare.select().join(Payer).where(Payer.kind == "parent").get()
        self.parent, student = self.share.payer, self.share.refund.enrolment.student.person
        Person.update(locale="en").where(Person.id == student.id).execute()
        finance.goto(f"/staff/fees/{self.parent.enrolment_id}")
        finance.get_by_role("button", name=f"Send a private link: {self.parent.name}").click()
        expect(finance.locator("main")).to_contain_text("The private link is on its way")
        mail = OutgoingMail.select().where(OutgoingMail.recipient == self.parent.email)
        body = mail.order_by(OutgoingMail.id.desc()).get().body
        self.link = re.search(r"/pay/\S+", body).group()
        self.at_home, self.at_school = open_tab(**options), open_tab(student, **options)

    def see(self, word):
        self.at_school.goto(f"/refunds/{self.share.refund_id}")
        expect(self.at_school.locator("#refund-file")).to_contain_text(word)
        self.at_home.goto(self.link)
        expect(self.at_home.locator("main")).to_contain_text("What comes back to you")
        expect(self.at_home.locator("main")).to_contain_text(word)

    def is_shut_out(self, finance):
        finance.goto(f"/staff/fees/{self.parent.enrolment_id}")
        finance.get_by_role("button", name=f"Switch the link off: {self.parent.name}").click()
        expect(finance.locator("main")).to_contain_text("switched off")
        self.at_home.goto(self.link)
        expect(self.at_home.locator("main")).not_to_contain_text("You paid")
        complaints = self.at_home.complaints
        complaints[:] = [said for said in complaints if "404" not in said]


def order_and_release(finance, director):
    finance.goto("/staff/refunds")
    finance.get_by_role("link", name="Pay out what is approved").click()
    finance.get_by_role("button", name="Prepare the order").click()
    expect(finance.get_by_text("so a second person releases it")).to_be_visible()
    order = PaymentOrder.select().order_by(PaymentOrder.id.desc()).get()
    director.goto(f"/staff/payouts/{order.id}")
    director.get_by_role("button", name=re.compile("^Release")).click()
    expect(director.get_by_role("link", name="Download the file")).to_be_visible()
    return order


def give_to_the_bank(finance, order, folder):
    """The file to the bank, and its answer back."""
    finance.goto(f"/staff/payouts/{order.id}")
    path = fetched(finance, finance.get_by_role("link", name="Download the file"), folder)
    assert path.read_bytes() == order.document

    finance.goto("/dev/bank")
    link = finance.get_by_role("link", name=f"Answer to {order.number}")
    send_in(finance, fetched(finance, link, folder))
    expect(finance.locator("#payment-order")).to_contain_text("Rejected by the bank")
    expect(finance.locator("#payment-order")).to_contain_text("account")


@pytest.mark.slow
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_month_of_the_finance_office(open_tab, db, tmp_path, javascript):
    options = {"javascript": javascript, "accept_downloads": True, "locale": "en"}
    Person.update(locale="en").where(Person.role == "staff").execute()
    finance = open_tab(account("finance"), **options)
    director = open_tab(account("director"), **options)

    import_a_statement(finance, tmp_path)
    payer = sort_three_lines_out(finance)
    family = Family(finance, open_tab, options)
    family.see("To approve")
    approve_with_a_colleague(finance, director)
    family.see("Approved")
    order = order_and_release(finance, director)
    family.see("At the bank")
    give_to_the_bank(finance, order, tmp_path)

    sent = list(Transfer.select().where(Transfer.order == order.id))
    assert {one.state for one in sent} == {"paid", "rejected"}
    refund = Refund.find(family.share.refund_id)
    family.see("Paid" if refund.state == "paid" else "Sent back by the bank")
    family.is_shut_out(finance)
    paid = next(one for one in sent if one.state == "paid")
    refused = next(one for one in sent if one.state == "rejected")
    assert Refund.find(refused.refund_id).state == "returned"

    for transfer in (paid, refused):
        person = Refund.find(transfer.refund_id).enrolment.student.person
        Person.update(locale="en").where(Person.id == person.id).execute()
        student = open_tab(person, **options)
        student.goto(f"/refunds/{transfer.refund_id}")
        word = "Paid" if transfer is paid else "Sent back by the bank"
        expect(student.locator("#refund-file")).to_contain_text(word)
        student.goto("/fees")
        expect(student.locator("main")).to_contain_text("Refund approved")
    told = {mail.recipient for mail in OutgoingMail.select()}
    assert {payer.enrolment.student.person.email, family.parent.email} <= told


@pytest.mark.slow
def test_rows_follow_what_was_decided_here_and_by_a_colleague(open_tab, db):
    Person.update(locale="en").where(Person.role == "staff").execute()
    finance, director = open_tab(account("finance")), open_tab(account("director"))
    for tab in (finance, director):
        tab.goto("/staff/refunds")
    box = finance.locator("[name=pick]").last
    number = box.get_attribute("value").split(".")[0]
    box.check()
    expect(finance.locator("#bulk")).to_contain_text("1 selected")
    finance.get_by_role("button", name="Approve the selected").click()
    expect(finance.locator(f"#refund-{number} .tag")).to_have_text("Approved")
    expect(finance.locator("#bulk")).to_be_hidden()
    expect(director.locator(f"#refund-{number} .tag")).to_have_text("Approved", timeout=25_000)


@pytest.mark.slow
def test_what_is_being_typed_stays_when_a_colleague_decides(open_tab, db):
    Person.update(locale="en").where(Person.role == "staff").execute()
    finance, director = open_tab(account("finance")), open_tab(account("director"))
    for tab in (finance, director):
        tab.goto("/staff/refunds")
    number = finance.locator("tbody:has([data-key=r])").first.get_attribute("id")
    row = finance.locator(f"#{number}")
    row.get_by_role("link", name="Refuse…").click()
    row.get_by_role("textbox").fill("The contract names")
    row.get_by_role("textbox").press_sequentially(" another year")
    director.locator(f"#{number}").get_by_role("button", name=re.compile("^Approve:")).click()
    expect(director.locator(f"#{number} th a")).to_be_focused()
    expect(row.get_by_role("alert")).to_contain_text("A colleague has changed", timeout=25_000)
    expect(row.get_by_role("textbox")).to_have_value("The contract names another year")
    expect(row.get_by_role("textbox")).to_be_focused()
    finance.get_by_role("button", name=re.compile("^Refuse ")).click()
    expect(row.get_by_role("alert")).not_to_contain_text("What you wrote")
    finance.complaints[:] = [said for said in finance.complaints if "409" not in said]
