"""What a student sees of their money, and how they may choose to pay at once."""

from datetime import date

import pytest
from playhouse.test_utils import assert_query_count

from portal import fees
from portal.audit.models import AuditEvent
from portal.fees import service
from portal.fees.models import Instalment, LedgerEntry, Payer, PaymentPlan
from portal.fees.rules import PayerKind, PlanKind
from portal.kernel.errors import NotPossible
from tests.support import make_fees, make_refunds


@pytest.fixture
def ada(make, on):
    return make.person("Ada Byron")


def open_page(client, person):
    return client.sign_in(person).page("/fees")


def figures(page):
    return {one.dt.text: one.select_one("dd").text for one in page.select(".figures > div")}


def rows(page):
    return [
        [" ".join(row.select_one(part).text.split()) for part in (".when", ".tag", ".num")]
        for row in page.select(".ledger > li")
    ]


def test_the_year_of_a_student_who_is_late(make, client, ada, on):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    make_fees.pay(make, enrolment, 1_500_00, on=date(2026, 9, 1))
    make_fees.pay(make, enrolment, 2_750_00, on=date(2026, 9, 2))
    on(2027, 1, 14)

    page = open_page(client, ada)

    assert figures(page) == {
        "Year’s fees": "€9,750.00",
        "Paid": "€4,250.00",
        "Late": "€1,375.00",
        "Still to come": "€4,125.00",
    }
    assert [row[1] for row in rows(page)] == [
        "Paid", "Received", "Received", "Paid", "Paid", "9 days late", "In 22 days", "To come", "To come",
    ]  # fmt: skip
    assert page.select_one(".ledger .late details").has_attr("open")


def test_the_last_payment_is_the_last_of_the_student_and_not_of_the_company(make, client, ada, on):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    make_fees.pay(make, enrolment, 1_500_00, on=date(2026, 9, 1))
    terms = fees.Terms(6_000_00, "employer")
    fees.apply_funding(
        enrolment.id, terms=terms, employer=fees.Employer("Orsay", "Orsay"), source="contract:1"
    )
    company = Payer.get(Payer.kind == PayerKind.COMPANY)
    make_fees.pay(make, enrolment, 3_750_00, payer=company, on=date(2026, 9, 20))

    said = open_page(client, ada).select_one(".figures").text.replace("\xa0", " ")

    assert "last on 1 September" in said
    assert "20 September" not in said


def test_what_comes_back_is_on_its_way_once_it_is_approved(make, client):
    refund = make_refunds.refund(make)
    make_refunds.approve(refund, by=make.staff("finance"))

    page = open_page(client, refund.enrolment.student.person)

    assert "approved, on its way" in page.select_one(".figures").text


def test_what_to_send_is_exactly_what_is_late(make, client, ada, on):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    make_fees.pay(make, enrolment, 2_000_00, on=date(2026, 9, 1))
    on(2026, 12, 6)

    page = open_page(client, ada)
    sheet = page.select_one(".pay").text
    code = page.select_one("svg.qr")

    assert "€2,250.00" in sheet
    assert "FR76\xa03000\xa06000\xa00112\xa03456\xa07890\xa0189" in sheet
    reference = fees.student_payer(enrolment.id).reference
    assert code["role"] == "img"
    assert code["aria-label"].endswith(f"€2,250.00 to ILERI, reference {reference}")


def test_every_figure_of_the_timeline_opens(make, client, ada):
    make_fees.plan(make, make.enrolment(ada))

    page = open_page(client, ada)

    assert len(page.select(".ledger > li")) == 7
    assert len(page.select(".ledger > li > details table.sum")) == 7
    instalment = page.select(".ledger > li")[1].select_one(".sum tbody").text
    assert "€8,250.00" in instalment
    assert "Divided by 6 instalments€1,375.00" in instalment


def test_a_payment_shows_who_paid_and_how(make, client, ada):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    parent = fees.add_payer(enrolment.id, kind=PayerKind.PARENT, name="Anne Milbanke")
    make_fees.pay(make, enrolment, 1_500_00, payer=parent, on=date(2026, 9, 3), means="cheque")

    paid = open_page(client, ada).select(".ledger > li")[1]

    assert "3\xa0Sep\xa02026" in paid.text
    assert "−€1,500.00" in paid.select_one(".num").text
    assert "Anne Milbanke" in paid.text
    assert "Cheque" in paid.text
    assert parent.reference in paid.text


def test_a_contract_cancels_the_rest_and_says_so(make, client, ada):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    make_fees.pay(make, enrolment, 1_500_00, on=date(2026, 9, 1))
    fees.apply_funding(
        enrolment.id,
        terms=fees.Terms(6_000_00, "employer"),
        employer=fees.Employer("Orsay", "Orsay"),
        source="contract:1",
    )

    page = open_page(client, ada)

    assert figures(page)["Taken over by your contract"] == "€9,750.00"
    assert figures(page)["Your credit"] == "€1,500.00"
    assert figures(page)["Left to pay"] == "€0.00"
    assert [row[1] for row in rows(page)].count("Cancelled") == 6
    assert "There is nothing more to pay" in page.select_one("#fees-account .note").text
    assert page.select_one(".pay") is None


def test_a_refund_is_followed_to_the_bank(make, client, ada):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    make_fees.pay(make, enrolment, 1_500_00, on=date(2026, 9, 1))
    shares = {fees.student_payer(enrolment.id).id: 1_500_00}
    fees.apply_funding(
        enrolment.id,
        terms=fees.Terms(9_750_00, "employer"),
        employer=fees.Employer("Orsay", "Orsay"),
        source="contract:1",
    )
    fees.post_refund(enrolment.id, shares=shares, source="refund:1")

    approved = open_page(client, ada)
    assert figures(approved)["Coming back"] == "€1,500.00"

    fees.post_payout(enrolment.id, shares=shares, source="refund:1:paid")
    paid = open_page(client, ada)
    assert "Coming back" not in figures(paid)
    assert "Sent to the bank" in [row[1] for row in rows(paid)]


def test_a_student_without_a_plan_is_told_when_it_comes(make, client, ada):
    make.enrolment(ada)

    page = open_page(client, ada)

    assert "Your fees are not set yet" in page.select_one(".empty").text


def test_a_year_that_is_all_paid_asks_for_nothing(make, client, ada):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    make_fees.pay(make, enrolment, 9_750_00, on=date(2026, 9, 1))

    page = open_page(client, ada)

    assert figures(page)["Left to pay"] == "€0.00"
    assert page.select_one(".pay") is None


def test_the_page_costs_the_same_however_much_happened(make, client, ada):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    client.sign_in(ada)
    with assert_query_count(8):
        client.page("/fees")
    finance = make.staff("finance")
    for n in range(6):
        make_fees.pay(make, enrolment, 100_00, on=date(2026, 9, 1), by=finance, key=f"k{n}" * 9)
    with assert_query_count(8):
        client.page("/fees")


@pytest.mark.parametrize("htmx", [False, True])
def test_choosing_to_pay_at_once(make, client, ada, htmx):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    make_fees.pay(make, enrolment, 1_500_00, on=date(2026, 9, 1))
    page = open_page(client, ada)
    form = page.select_one("form[action='/fees/plan']")
    assert "487.50" in page.select_one("#fees-choice").text
    entries = [tuple(row) for row in LedgerEntry.select().tuples()]

    to = client.submit(form, htmx=htmx, expect=204 if htmx else 303, confirm="y")

    assert to == "/fees"
    now = fees.position_of(enrolment.id)
    assert (now.price, now.owes, now.plan_kind) == (9_262_50, 7_762_50, PlanKind.FULL)
    plan = PaymentPlan.get()
    assert (plan.price_cents, plan.chosen_by_id) == (9_262_50, ada.id)
    living = Instalment.select().where(Instalment.cancelled_at.is_null())
    assert [(one.kind, one.amount_cents, one.due_on) for one in living.order_by(Instalment.id)] == [
        ("deposit", 1_500_00, date(2026, 9, 1)),
        ("balance", 7_762_50, date(2026, 11, 5)),
    ]
    kept = [tuple(row) for row in LedgerEntry.select().tuples()]
    assert kept[: len(entries)] == entries
    assert AuditEvent.select().where(AuditEvent.tag == "plan:paid-in-full").count() == 1
    after = client.page("/fees")
    assert "You now pay the rest at once" in after.text
    assert figures(after)["Still to come"] == "€7,762.50"


def test_choosing_twice_reduces_once(make, client, ada):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    form = open_page(client, ada).select_one("form[action='/fees/plan']")

    client.submit(form, htmx=False, expect=303, confirm="y")
    client.submit(form, htmx=False, expect=303, confirm="y")

    assert fees.position_of(enrolment.id).price == 9_262_50


@pytest.mark.parametrize("htmx", [False, True])
def test_the_choice_must_be_confirmed(make, client, ada, htmx):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    form = open_page(client, ada).select_one("form[action='/fees/plan']")

    answer = client.submit(form, htmx=htmx, expect=422)

    assert "Tick the box" in answer.select_one("section.errors").text
    assert fees.position_of(enrolment.id).price == 9_750_00


def refused(client, form, enrolment, sentence):
    for htmx in (False, True):
        answer = client.submit(form, htmx=htmx, expect=409, confirm="y")
        assert sentence in answer.select_one("#fees-account > [role=alert]").text
    assert fees.position_of(enrolment.id).price == 9_750_00


def test_the_first_due_date_is_the_last_day_to_choose(make, client, ada, on):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    on(2026, 11, 5)
    form = open_page(client, ada).select_one("form[action='/fees/plan']")
    assert form
    on(2026, 11, 6)

    refused(client, form, enrolment, "last day to choose payment at once")
    page = open_page(client, ada)
    assert not page.select("form[action='/fees/plan']")
    assert "Why there is no 5% reduction" in page.text


def test_who_has_paid_more_than_the_deposit_keeps_the_instalments(make, client, ada):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    form = open_page(client, ada).select_one("form[action='/fees/plan']")
    make_fees.pay(make, enrolment, 1_500_01, on=date(2026, 9, 1))

    refused(client, form, enrolment, "begun to pay by instalments")


@pytest.mark.parametrize(
    ("funded", "says"),
    [(9_750_00, "work-study contract pays"), (0, "A contract changed your plan before")],
    ids=["it pays", "it pays nothing, or fell"],
)
def test_a_contract_ends_the_choice(make, client, ada, funded, says):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    form = open_page(client, ada).select_one("form[action='/fees/plan']")
    fees.apply_funding(
        enrolment.id,
        terms=fees.Terms(funded, "student"),
        employer=fees.Employer("Orsay", "Orsay"),
        source="contract:1",
    )

    refused(client, form, enrolment, says)


def test_a_year_without_a_reduction_offers_none(make, client, ada):
    enrolment = make_fees.plan(make, make.enrolment(ada), discount_basis_points=0)

    page = open_page(client, ada)

    assert not page.select("form[action='/fees/plan']")
    assert "reduction" not in page.select_one("#fees-account").text
    with pytest.raises(NotPossible, match="no reduction"):
        service.choose_full(enrolment.id, by=ada.id)


def test_the_reduction_may_be_taken_of_the_balance(make, client, ada):
    make.policy(discount_base="balance")
    enrolment = make_fees.plan(make, make.enrolment(ada))
    form = open_page(client, ada).select_one("form[action='/fees/plan']")

    client.submit(form, htmx=False, expect=303, confirm="y")

    assert fees.position_of(enrolment.id).price == 9_750_00 - 412_50


def test_nobody_else_has_a_fees_page(make, client, new_client, ada):
    client.sign_in(make.staff("finance")).page("/fees", expect=403)
    client.sign_in(make.person(role="company")).page("/fees", expect=403)
    assert new_client().raw.get("/fees").status_code == 303


def test_names_are_shown_as_they_are(make, client, ada):
    enrolment = make_fees.plan(make, make.enrolment(ada))
    name = "<b>Anne</b> & 100 % “friends”"
    parent = fees.add_payer(enrolment.id, kind=PayerKind.PARENT, name=name)
    make_fees.pay(make, enrolment, 9_750_00, on=date(2026, 9, 2))
    make_fees.pay(make, enrolment, 100, payer=parent, on=date(2026, 9, 3))
    fees.post_refund(enrolment.id, shares={parent.id: 100}, source="refund:1")

    page = open_page(client, ada)

    assert not page.select(".ledger b")
    assert page.select_one("#fees-account").text.count(name) == 2
    office = client.sign_in(make.staff("finance")).page(f"/staff/payments?q={'<b>Anne</b>'}")
    assert not office.select("main b")
    assert "<b>Anne</b>" in office.select_one("[role=status]").find_next("tbody").text


def test_the_page_in_french(make, client, on):
    ada = make.person("Ada Byron", locale="fr")
    enrolment = make_fees.plan(make, make.enrolment(ada))
    make_fees.pay(make, enrolment, 9_750_00, on=date(2026, 9, 1))

    page = open_page(client, ada)

    assert page.html["lang"] == "fr"
    amounts = [dd.text for dd in page.select(".figures dd:first-of-type")]
    assert amounts == ["9\xa0750,00\xa0€", "9\xa0750,00\xa0€", "0,00\xa0€"]
