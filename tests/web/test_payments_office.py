"""The finance office records what arrived, finds it again, and takes back what was a mistake."""

from datetime import date

import pytest
from playhouse.test_utils import assert_query_count

from portal import fees
from portal.audit.models import AuditEvent
from portal.fees.models import LedgerEntry, Payer, Payment
from portal.fees.rules import PayerKind
from portal.kernel import clock
from portal.notifications.models import OutgoingMail
from tests.support import make_fees


@pytest.fixture(autouse=True)
def on_1_december(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 1))


@pytest.fixture
def finance(make):
    return make.staff("finance", name="Nadia Benali")


@pytest.fixture
def office(client, finance):
    return client.sign_in(finance)


@pytest.fixture
def ada(make):
    return make_fees.plan(make, make.enrolment(make.person("Ada Byron", email="ada@example.org")))


def till(office, enrolment):
    return office.page(f"/staff/payments/new?enrolment={enrolment.id}").select_one(
        "form[action='/staff/payments']"
    )


def typed(**changes):
    return {"amount": "1,375.00", "received_on": "2026-12-01", "means": "transfer"} | changes


def listed(page):
    return [row.th.contents[0] for row in page.select("tr[id^=payment-]")]


def test_a_student_is_found_by_name_number_and_reference(make, office, ada):
    make_fees.plan(make, make.enrolment(make.person("Zoé Moreau")))
    reference = fees.student_payer(ada.id).reference
    spaced = " ".join(reference[n : n + 4] for n in range(0, len(reference), 4))
    number = ada.student.number

    for words in ("byron", "ADA byron", "Byron, Ada"[:5], number, reference, spaced.lower()):
        page = office.page(f"/staff/payments/new?q={words}")
        assert [a.text for a in page.select("a.lead")] == ["Byron, Ada"], words
    assert "0 students found" in office.page("/staff/payments/new?q=100%25").text
    assert "Owes €9,750.00" in office.fragment("/staff/payments/new?q=byron").text


def test_looking_up_students_costs_two_queries(make, office):
    for n in range(12):
        make_fees.plan(make, make.enrolment(make.person(f"Sam Byron{n}")))
    office.page("/staff/payments/new?q=byron")
    with assert_query_count(3):
        office.page("/staff/payments/new?q=byron")


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("amount", ["1,375.00", "1375", "1 375,00", "1 375,00 €"])
def test_recording_a_payment(office, finance, ada, htmx, amount):
    form = till(office, ada)

    to = office.submit(
        form, htmx=htmx, expect=204 if htmx else 303, **typed(amount=amount, note="by Ada")
    )

    assert to == "/staff/payments"
    payment = Payment.get()
    assert (payment.amount_cents, payment.note, payment.recorded_by_id) == (
        1_375_00,
        "by Ada",
        finance.id,
    )
    position = fees.position_of(ada.id)
    assert (position.received, position.owes) == (1_375_00, 8_375_00)
    page = office.page(to)
    assert "€1,375.00 recorded for Byron, Ada." in page.text
    assert listed(page) == ["Byron, Ada"]
    line = AuditEvent.get(AuditEvent.tag == "payment:recorded")
    assert (line.subject, line.actor_id) == (f"payment:{payment.id}", finance.id)
    mail = OutgoingMail.get()
    assert mail.recipient == "ada@example.org"
    assert "€1,375.00" in mail.subject


@pytest.mark.parametrize("amount", ["", "  ", "\u00a0"])
def test_no_amount_is_asked_for(office, ada, amount):
    answer = office.submit(till(office, ada), htmx=True, expect=422, **typed(amount=amount))
    assert "Enter the amount." in answer.text
    assert not Payment.select().exists()


def test_a_double_click_records_once(office, ada):
    form = till(office, ada)

    office.submit(form, htmx=False, expect=303, **typed())
    office.submit(form, htmx=True, expect=204, **typed())

    assert Payment.select().count() == 1
    assert fees.position_of(ada.id).received == 1_375_00
    assert OutgoingMail.select().count() == 1


@pytest.mark.parametrize("htmx", [False, True])
def test_one_form_records_one_payment_only(office, ada, htmx):
    form = till(office, ada)
    office.submit(form, htmx=False, expect=303, **typed())

    answer = office.submit(form, htmx=htmx, expect=409, **typed(amount="20.00"))

    assert "already used" in answer.select_one("#fees-till [role=alert]").text
    assert fees.position_of(ada.id).received == 1_375_00


def test_a_parent_pays_for_the_first_time(office, ada):
    form = till(office, ada)
    parent = typed(payer="new", payer_name="Anne Milbanke", payer_email="anne@example.org")

    office.submit(form, htmx=False, expect=303, **parent)
    office.submit(form, htmx=False, expect=303, **parent)

    payer = Payer.get(Payer.kind == PayerKind.PARENT)
    assert (payer.name, payer.email, payer.enrolment_id) == (
        "Anne Milbanke",
        "anne@example.org",
        ada.id,
    )
    assert Payer.select().count() == 2
    assert [(one.name, one.cents) for one in fees.position_of(ada.id).receipts] == [
        ("Anne Milbanke", 1_375_00)
    ]
    assert {mail.recipient for mail in OutgoingMail.select()} == {
        "ada@example.org",
        "anne@example.org",
    }


def test_too_much_is_accepted_and_said(office, ada):
    office.submit(till(office, ada), htmx=False, expect=303, **typed(amount="9,800.00"))

    assert "€50.00 more than what is owed" in office.page("/staff/payments").text
    assert fees.position_of(ada.id).credit == 50_00


WRONG = [
    ({"amount": ""}, "amount", "Enter the amount."),
    ({"amount": "0"}, "amount", "more than zero"),
    ({"amount": "NaN"}, "amount", "Write the amount"),
    ({"amount": "1.2345"}, "amount", "Write the amount"),
    ({"amount": "1e5"}, "amount", "Write the amount"),
    ({"amount": "9999999999"}, "amount", ""),
    ({"received_on": "2026-12-02"}, "received_on", "after today"),
    ({"received_on": "0001-01-01"}, "received_on", "This day does not exist"),
    ({"received_on": "2024-11-01"}, "received_on", "two years ago"),
    ({"received_on": "31 February"}, "received_on", ""),
    ({"received_on": ""}, "received_on", "Enter the day"),
    ({"means": "gold"}, "means", ""),
    ({"payer": "new"}, "payer_name", "name of the new payer"),
    ({"payer": "new", "payer_name": "A", "payer_email": "nobody"}, "payer_email", "not an e-mail"),
    ({"payer": "999999"}, "payer", ""),
    ({"note": "n" * 501}, "note", ""),
]


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("changes", "name", "sentence"), WRONG)
def test_a_mistake_is_shown_at_its_field(office, ada, htmx, changes, name, sentence):
    answer = office.submit(till(office, ada), htmx=htmx, expect=422, **typed(**changes))

    assert answer.select_one(f"section.errors a[href='#{name}']")
    assert sentence in answer.select_one(f"#{name}-error").text
    if changes.get("amount"):
        assert answer.select_one("#amount")["value"] == changes["amount"]
    assert Payment.select().count() == 0


def test_a_payer_of_another_student_cannot_be_chosen(make, office, ada):
    other = make_fees.plan(make, make.enrolment(make.person("Zoé Moreau")))
    theirs = str(fees.student_payer(other.id).id)

    office.submit(till(office, ada), htmx=False, expect=422, **typed(payer=theirs))

    assert Payment.select().count() == 0


def test_a_payment_for_nobody_is_not_found(office, ada):
    form = till(office, ada)

    office.submit(form, htmx=False, expect=404, enrolment="999999", **typed())
    office.page("/staff/payments/new?enrolment=999999", expect=404)


def test_a_company_pays_its_bill_and_not_the_students(office, ada):
    fees.apply_funding(
        ada.id,
        terms=fees.Terms(6_000_00, "employer"),
        employer=fees.Employer("Orsay", "Orsay"),
        source="contract:1",
    )
    company = Payer.get(Payer.kind == PayerKind.COMPANY)
    page = office.page(f"/staff/payments/new?enrolment={ada.id}")
    assert "€3,750.00" in page.select_one("#fees-till .facts").text

    office.submit(
        page.select_one("form[action='/staff/payments']"),
        htmx=False,
        expect=303,
        **typed(payer=str(company.id), amount="3,750.00"),
    )

    now = fees.position_of(ada.id)
    assert (now.received, now.owes, now.receipts) == (0, 0, ())
    assert (now.company_share, now.company_paid) == (3_750_00, 3_750_00)


def reversal(page, payment):
    return page.select_one(f"form[action='/staff/payments/{payment.id}/reverse']")


@pytest.mark.parametrize("htmx", [False, True])
def test_reversing_a_payment(make, office, finance, ada, htmx):
    payment = make_fees.pay(make, ada, 1_500_00, by=finance)
    written = [tuple(row) for row in LedgerEntry.select().order_by(LedgerEntry.id).tuples()]
    form = reversal(office.page("/staff/payments"), payment)

    answer = office.submit(
        form, htmx=htmx, expect=200 if htmx else 303, reason="Cheque without funds"
    )

    page = answer if htmx else office.page(answer)
    row = page.select_one(f"#payment-{payment.id}")
    assert "Reversed" in row.text
    assert "Cheque without funds" in row.text
    assert "Nadia Benali" in row.text
    assert not row.form
    now = fees.position_of(ada.id)
    assert (now.received, now.owes, now.receipts) == (0, 9_750_00, ())
    kept = [tuple(row) for row in LedgerEntry.select().order_by(LedgerEntry.id).tuples()]
    assert kept[: len(written)] == written
    assert AuditEvent.get(AuditEvent.tag == "payment:reversed").detail == "Cheque without funds"
    assert "Cheque without funds" in OutgoingMail.select().order_by(-OutgoingMail.id).get().body


def test_a_reason_with_a_percent_sign_is_shown_as_typed(make, office, new_client, ada):
    payment = make_fees.pay(make, ada, 1_500_00)
    form = reversal(office.page("/staff/payments"), payment)

    reason = "100% wrong, %(name)s %s"
    row = office.submit(form, htmx=True, expect=200, reason=reason)

    assert reason in row.text
    assert reason in new_client().sign_in(ada.student.person).page("/fees").text


@pytest.mark.parametrize("htmx", [False, True])
def test_a_reversal_needs_a_reason(make, office, ada, htmx):
    payment = make_fees.pay(make, ada, 1_500_00)
    form = reversal(office.page("/staff/payments"), payment)

    answer = office.submit(form, htmx=htmx, expect=422, reason="  ")

    row = answer.select_one(f"#payment-{payment.id}")
    assert "Say why" in row.select_one("[role=alert]").text
    long = "x" * 501
    answer = office.submit(form, htmx=htmx, expect=422, reason=long)
    assert answer.select_one(f"#reason-{payment.id}")["value"] == long
    assert fees.position_of(ada.id).received == 1_500_00


@pytest.mark.parametrize("htmx", [False, True])
def test_money_that_went_back_cannot_be_reversed(make, office, ada, htmx):
    payment = make_fees.pay(make, ada, 9_751_00)
    form = reversal(office.page("/staff/payments"), payment)
    shares = {payment.payer_id: 1_00}
    fees.post_refund(ada.id, shares=shares, source="refund:1")

    answer = office.submit(form, htmx=htmx, expect=409, reason="Mistake")

    row = answer.select_one(f"#payment-{payment.id}")
    assert "already refunded" in row.select_one("[role=alert]").text
    assert row.select_one("[name=reason]")["value"] == "Mistake"
    assert fees.position_of(ada.id).received == 9_751_00


def test_reversing_twice_is_one_reversal(make, office, new_client, ada):
    payment = make_fees.pay(make, ada, 1_500_00)
    form = reversal(office.page("/staff/payments"), payment)
    colleague = new_client().sign_in(make.staff("finance", name="Second Person"))
    theirs = reversal(colleague.page("/staff/payments"), payment)

    office.submit(form, htmx=True, reason="Mistake")
    office.submit(form, htmx=True, reason="Mistake")
    answer = colleague.submit(theirs, htmx=True, expect=409, reason="Mistake")

    assert "already reversed" in answer.select_one("[role=alert]").text
    assert "Nadia Benali" in answer.text
    assert fees.position_of(ada.id).received == 0


def test_a_payment_that_is_not_there_cannot_be_reversed(make, office, ada):
    payment = make_fees.pay(make, ada, 1_500_00)
    form = reversal(office.page("/staff/payments"), payment)
    form["action"] = "/staff/payments/999999/reverse"
    office.submit(form, htmx=False, expect=404, reason="Mistake")
    office.submit(form, htmx=True, expect=404, reason="Mistake")


def test_the_list_is_newest_first_in_pages_of_fifty(make, office, finance, ada):
    for n in range(51):
        make_fees.pay(make, ada, n + 1, by=finance)

    first = office.page("/staff/payments")
    link = first.select_one(".pager a")
    second = office.fragment(link["href"])

    assert len(listed(first)) == 50
    assert first.select("tr[id^=payment-] .num")[0].text == "€0.51"
    assert link["href"] == "/staff/payments?page=2"
    assert [cell.text for cell in second.select("tr[id^=payment-] .num")] == ["€0.01"]
    assert office.page("/staff/payments?page=-3").select_one("tbody tr")


def test_the_list_costs_one_query(make, office, finance, ada):
    make_fees.pay(make, ada, 100, by=finance)
    office.page("/staff/payments")
    with assert_query_count(2):
        office.page("/staff/payments")
    for n in range(10):
        make_fees.pay(make, make_fees.plan(make, make.enrolment(make.person(f"A B{n}"))), 100)
    with assert_query_count(2):
        assert len(listed(office.page("/staff/payments"))) == 11


def test_searching_the_list(make, office, ada):
    zoe = make_fees.plan(make, make.enrolment(make.person("Zoé Moreau")))
    make_fees.pay(make, ada, 100)
    paid = make_fees.pay(make, zoe, 100)

    for words in ("moreau", "Zoé Moreau", zoe.student.number, paid.payer.reference.lower()):
        assert listed(office.page(f"/staff/payments?q={words}")) == ["Moreau, Zoé"], words
    assert "No payment found" in office.page("/staff/payments?q=%25").text
    assert listed(office.fragment("/staff/payments?q=")) == ["Moreau, Zoé", "Byron, Ada"]


def test_before_the_first_payment(office):
    assert "No payment yet" in office.page("/staff/payments").select_one(".empty").text


def test_the_director_reads_and_does_not_write(make, client, ada):
    payment = make_fees.pay(make, ada, 100)
    client.sign_in(make.staff("director"))

    page = client.page("/staff/payments")

    assert listed(page) == ["Byron, Ada"]
    assert not page.select("main form[method=post]")
    assert not page.select("a[href='/staff/payments/new']")
    client.page("/staff/payments/new", expect=403)
    token = page.select_one("meta[name=csrf-token]")["content"]
    for url in ("/staff/payments", f"/staff/payments/{payment.id}/reverse"):
        assert client.raw.post(url, data={"csrf_token": token}).status_code == 403


@pytest.mark.parametrize("url", ["/staff/payments", "/staff/payments/new"])
def test_payments_are_for_the_office_alone(make, client, ada, url):
    for person in (ada.student.person, make.person(role="company"), make.staff("registrar")):
        client.sign_in(person).page(url, expect=403)


@pytest.mark.parametrize(
    "url",
    [
        "/staff/payments?q=%00",
        "/staff/payments?q=%25_%5C%27",
        "/staff/payments?page=99999999999999999999",
        "/staff/payments?page=two",
        "/staff/payments/new?q=%00byron",
        "/staff/payments/new?enrolment=byron",
    ],
)
def test_an_odd_address_is_answered(office, ada, url):
    office.page(url)


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**63, 10**30])
def test_a_number_no_record_has_is_not_found(office, ada, number):
    office.page(f"/staff/payments/new?enrolment={number}", expect=404)
    form = till(office, ada)
    office.submit(form, htmx=False, expect=404, enrolment=str(number), **typed())
    if number > 0:
        form["action"] = f"/staff/payments/{number}/reverse"
        office.submit(form, htmx=True, expect=404, reason="Mistake")
