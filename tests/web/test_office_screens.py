"""The finance office sees the year, who is late, whose money lies idle, and every entry of the ledger."""

from datetime import date, timedelta

import pytest
from playhouse.test_utils import assert_query_count

from portal import fees
from portal.fees import service
from portal.fees.rules import PayerKind, stand
from portal.kernel import clock
from portal.programme.models import Enrolment, Programme
from portal.refunds.models import Refund
from tests.support import make_fees, make_refunds

ADDRESSES = ["", "/dues", "/credits", "/ledger", "/accounting"]


@pytest.fixture(autouse=True)
def on_1_december(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 1))


@pytest.fixture
def finance(make):
    return make.staff("finance", name="Nadia Benali")


@pytest.fixture
def office(client, finance):
    return client.sign_in(finance)


def words(element):
    return " ".join(element.get_text(" ").replace("\xa0", " ").split())


def rows(page):
    return [words(row) for row in page.select("tbody tr")]


def names(page):
    return [link.text for link in page.select("tbody th a")]


def figures(page):
    return {words(one.dt): words(one.select("dd")[0]) for one in page.select(".figures > div")}


def student(make, name, cohort=None):
    return make_fees.plan(make, make.enrolment(make.person(name), cohort))


@pytest.fixture
def school(make):
    """Late One owes the deposit and November, Paid Two paid both, Rich Three paid too much, Funded Four has a contract."""
    late, paid, rich = (student(make, name) for name in ("Late One", "Paid Two", "Rich Three"))
    make_fees.pay(make, late, 500_00, on=date(2026, 9, 10))
    make_fees.pay(make, paid, 2_875_00, on=date(2026, 11, 3))
    make_fees.pay(make, rich, 10_000_00, on=date(2026, 11, 20))
    funded = make.enrolment(make.person("Funded Four"))
    make_refunds.case(make, paid=1_500_00, funded=6_000_00, enrolment=funded)
    return {"late": late, "paid": paid, "rich": rich, "funded": funded}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_empty_school_says_what_will_be_here(office, address):
    page = office.page(f"/staff/finance{address}")
    assert page.select_one(".empty h2") or page.select_one(".figures")


@pytest.mark.parametrize("address", ADDRESSES)
def test_students_companies_and_the_registrar_stay_outside(new_client, make, address):
    people = [make.person(), make.person(role="company"), make.staff("registrar")]
    for person in people:
        new_client().sign_in(person).page(f"/staff/finance{address}", expect=403)
    new_client().sign_in(make.staff("director")).page(f"/staff/finance{address}")


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_and_fragment_are_the_same(office, school, address):
    page = office.page(f"/staff/finance{address}").select_one("[id^=office-]")
    fragment = office.fragment(f"/staff/finance{address}").select_one("[id^=office-]")
    assert fragment.decode() == page.decode()


def test_the_year_shows_what_was_expected_and_what_came(office, school):
    page = office.page("/staff/finance")
    chart = {
        row.th.text: [td.text for td in row.select("td.num")]
        for row in page.select(".barchart tbody tr")
    }
    assert chart["September 2026"] == ["€6,000.00", "€500.00", "−€5,500.00"]
    assert chart["November 2026"] == ["€4,125.00", "€12,875.00", "€8,750.00"]
    assert chart["April 2027"] == ["€4,125.00", "–", "–"]
    assert chart["In all"][0] == "€30,750.00"
    assert "October 2026" not in chart


def test_the_bars_repeat_the_figures_and_hold_no_words(office, school):
    bar = office.page("/staff/finance").select_one(".barchart .bar svg")
    assert bar["viewbox"] == "0 0 1287500 20"
    assert [rect["width"] for rect in bar.select("rect")] == ["600000", "50000"]
    assert bar.get_text(strip=True) == ""


def test_the_key_figures_of_the_year(office, school):
    assert figures(office.page("/staff/finance")) == {
        "Expected in December 2026": "€4,125.00",
        "Received in December 2026": "€1,500.00",
        "Late": "€2,375.00",
        "Credits": "€1,750.00",
        "Refunds to approve": "€1,500.00",
        "Refunds waiting for an answer": "€0.00",
        "Refunds on their way": "€0.00",
    }


def test_what_was_paid_of_a_struck_line_stays_expected_on_its_day(make, finance):
    enrolment, another = student(make, "Late Five"), student(make, "Late Six")
    for one in (enrolment, another):
        make_fees.pay(make, one, 2_000_00, on=date(2026, 11, 3))
    cohorts = [enrolment.cohort_id]
    before = fees.expected_by_day(cohorts)
    november = next(line for line in lines_of(enrolment) if line.due_on == date(2026, 11, 5))
    service.postpone(
        enrolment.id,
        november.id,
        to=date(2027, 6, 1),
        reason="x",
        version=1,
        key="k",
        by=finance.id,
    )
    after = fees.expected_by_day(cohorts)
    assert after.pop(date(2027, 6, 1)) == 875_00
    assert after.pop(date(2026, 11, 5)) == 1_375_00 + 500_00
    assert before.pop(date(2026, 11, 5)) == 2 * 1_375_00
    assert after == before


def test_of_who_left_as_much_is_expected_as_the_school_keeps(make, finance):
    enrolment = student(make, "Left Seven")
    make_fees.pay(make, enrolment, 2_000_00, on=date(2026, 11, 3))
    service.leave(enrolment.id, kept=3_000_00, reason="x", version=1, key="k", by=finance.id)
    days = fees.expected_by_day([enrolment.cohort_id])
    assert sum(days.values()) == 3_000_00
    assert days[date(2026, 11, 5)] == 500_00


def test_nothing_is_expected_of_a_year_that_a_contract_pays_but_what_was_paid_before(make):
    case = make_refunds.case(make, paid=1_500_00, funded=9_750_00)
    days = fees.expected_by_day([case.enrolment.cohort_id])
    assert days == {date(2026, 9, 1): 1_500_00}


def lines_of(enrolment):
    return fees.lines_of(enrolment.id, fees.position_of(enrolment.id).owes)


def test_a_refund_that_came_back_is_in_the_figures(office, school):
    Refund.update(state="returned").execute()
    page = office.page("/staff/finance")
    assert figures(page)["Refunds waiting for an answer"] == "€1,500.00"
    (link,) = page.select(".figures a[href*='state=waiting']")
    assert "Funded" in office.page(link["href"]).select_one("tbody th").text


def test_the_funding_split_adds_up(office, school):
    page = office.page("/staff/finance")
    split = {row.th.text: row.td.text for row in page.select(".sum tr")}
    assert split == {
        "Funders (OPCO), 15%": "€6,000.00",
        "Companies, 10%": "€3,750.00",
        "Students and families, 75%": "€29,250.00",
        "In all": "€39,000.00",
    }
    bars = [(int(r["x"]), int(r["width"])) for r in page.select(".stackbar rect")]
    assert [x for x, _ in bars[1:]] == [x + width + 4 for x, width in bars[:-1]]
    assert bars[-1][0] + bars[-1][1] == 1000


def test_another_year_or_cohort_is_chosen_by_the_form(office, make, school):
    old = make.cohort(
        name="ISI 2025-2026",
        year="2025-2026",
        starts_on=date(2025, 10, 1),
        ends_on=date(2026, 9, 30),
    )
    student(make, "Old One", old)
    page = office.page("/staff/finance?year=2025-2026")
    assert figures(page)["Late"] == "€2,875.00"
    assert page.select(f"a[href='/staff/finance/dues?cohort={old.id}']"), "not to other years' dues"
    assert [o.text for o in page.select("#cohort option")] == ["All cohorts", "ISI 2025-2026"]
    now = office.page("/staff/finance")
    assert now.select_one("#year option[selected]").text == "2026-2027"
    # a cohort of another year is no choice: the year wins
    assert figures(office.page(f"/staff/finance?cohort={old.id}")) == figures(now)
    assert figures(office.page(f"/staff/finance?year=2025-2026&cohort={old.id}")) == figures(page)


def test_the_figures_of_a_year_with_two_programmes_lead_to_lists_of_that_year(office, make, school):
    first = school["late"].cohort
    diplomacy = Programme.create(
        school=first.programme.school,
        code="DIP",
        title_fr="Diplomatie",
        title_en="Diplomacy",
        rncp="RNCP1",
    )
    second = make.cohort(name="DIP 2026-2027", programme=diplomacy)
    student(make, "Second Two", second)
    older = {"year": "2025-2026", "starts_on": date(2025, 10, 1), "ends_on": date(2026, 9, 30)}
    old = make.cohort(name="ISI 2025-2026", **older)
    student(make, "Old One", old)
    make_refunds.refund(make, enrolment=make.enrolment(make.person("Old Refund"), old))
    page = office.page("/staff/finance?year=2026-2027")
    said = figures(page)
    for name in ("Late", "Refunds to approve", "Credits"):
        (link,) = [box.a["href"] for box in page.select(".figures > div") if words(box.dt) == name]
        assert "cohort=2026-2027" in link
        listed = office.page(link)
        assert listed.select_one("[name=cohort] option[selected]").text == "2026-2027"
        assert not [one.text for one in listed.select("tbody th") if "Old" in one.text], name
        assert listed.select("tbody th"), name
        assert said[name] in words(listed) or name == "Credits"
    diplomas = office.page(f"/staff/finance?year=2026-2027&programme={diplomacy.id}")
    assert diplomas.select(f"a[href='/staff/finance/dues?cohort={second.id}']")
    none = office.page(f"/staff/finance?year=2025-2026&programme={diplomacy.id}")
    assert "This programme has no cohort in 2025-2026." in words(none.select_one(".empty"))
    assert not none.select(".figures"), "not figures of nobody that lead to everybody"


def test_who_is_late_with_what(office, school):
    page = office.page("/staff/finance/dues")
    who = f"One, Late ISI-2026-0001, ISI 2026-2027 Late One {fees.student_payer(school['late'].id).reference}"
    assert rows(page) == [
        f"{who} 1 Sep 2026 Deposit €1,500.00 €500.00 €1,000.00 91 days late",
        f"{who} 5 Nov 2026 Instalment €1,375.00 €0.00 €1,375.00 26 days late",
    ]
    assert page.select_one("tbody th a")["href"] == f"/staff/students/{school['late'].student_id}"
    assert "2 lines, €2,375.00 left to pay" in words(page)


def test_what_comes_next_and_what_is_open_at_all(office, school):
    assert names(office.page("/staff/finance/dues?state=soon")) == ["One, Late", "Two, Paid"]
    everything = office.page("/staff/finance/dues?state=open")
    assert names(everything).count("One, Late") == 7
    assert names(everything).count("Two, Paid") == 5
    assert set(names(everything)) == {"One, Late", "Two, Paid"}


def test_the_list_of_dues_agrees_with_every_single_account(make, school):
    for enrolment in Enrolment.select():
        owes = fees.position_of(enrolment.id).owes
        alone = [
            (line.due_on, line.rest)
            for line in stand(fees.lines_of(enrolment.id, owes), owes, clock.today())
            if line.open
        ]
        listed = [
            (due.due_on, due.rest)
            for due in fees.every_due(fees.DueFilter())
            if due.student_id == enrolment.student_id
        ]
        assert listed == alone


def test_dues_are_found_by_student_payer_and_reference(office, make, school):
    parent = fees.add_payer(school["late"].id, kind=PayerKind.PARENT, name="Hélène Besançon")
    for typed in ("late", "Hélène", parent.reference, "0001", "one besan"):
        found = names(office.page(f"/staff/finance/dues?q={typed}"))
        assert found == ["One, Late"] * 2, typed
    assert "Nothing found" in office.page("/staff/finance/dues?q=nobody").text


def test_the_cohort_narrows_the_dues(office, make, school):
    old = make.cohort(name="Old", year="2025-2026", starts_on=date(2025, 10, 1))
    student(make, "Old One", old)
    assert set(names(office.page(f"/staff/finance/dues?cohort={old.id}"))) == {"One, Old"}


def test_fifty_dues_a_page_lead_forward_and_back(office, make):
    for name in (f"Ada Crowd{n:03d}" for n in range(26)):
        student(make, name)
    first = office.page("/staff/finance/dues?state=late")
    second = office.fragment(first.select_one(".pager a")["href"])
    assert (len(names(first)), len(names(second))) == (50, 2)
    back = second.select_one(".pager a")["href"]
    assert names(office.page(back)) == names(first)
    assert "52 lines" in words(first)
    assert "Nothing found" in office.page("/staff/finance/dues?page=99").text


def test_credits_of_students_and_of_companies(office, make, school):
    funded = school["funded"]
    company = fees.Payer.get((fees.Payer.enrolment == funded) & (fees.Payer.kind == "company"))
    make_fees.pay(make, funded, 4_000_00, payer=company)
    page = office.page("/staff/finance/credits")
    assert rows(page) == [
        "Four, Funded ISI-2026-0004 ISI 2026-2027 The student or their family €1,500.00 €1,500.00",
        "Four, Funded ISI-2026-0004 ISI 2026-2027 Orsay Risk Advisory €250.00 –",
        "Three, Rich ISI-2026-0003 ISI 2026-2027 The student or their family €250.00 –",
    ]
    assert "3 accounts, €2,000.00 in all" in words(page)
    assert names(office.page("/staff/finance/credits?q=orsay")) == ["Four, Funded"]


def test_the_ledger_shows_each_transaction_with_its_entries(office, school):
    page = office.page("/staff/finance/ledger")
    newest = [words(row) for row in page.select("tbody")[0].select("tr")]
    assert newest[0].startswith("Four, Funded ISI-2026-0004")
    assert "Contract taken into account contract:" in newest[0]
    assert newest[0].endswith("Owed by the funder €6,000.00")
    assert newest[1:] == [
        "Owed by the company Orsay Risk Advisory €3,750.00",
        "Owed by the student €9,750.00",
    ]


def test_the_ledger_is_filtered_by_account_student_source_and_period(office, make, school):
    def count(query):
        return len(office.page(f"/staff/finance/ledger?{query}").select("tbody"))

    today = clock.now().date()
    assert count("") == 4 + 4 + 1
    assert count("account=bank") == 4
    assert count("q=rich") == 2
    assert count("q=payment:1") == 1
    assert count(f"from={today - timedelta(1)}&to={today + timedelta(1)}") == 9
    assert count("to=2020-01-01") == 0
    assert count("account=funding&q=four") == 1


#: Who am I, cohorts where they can be chosen, and those of the screen.
QUERIES = {"": 9, "/dues": 3, "/credits": 4, "/ledger": 3, "/accounting": 3}


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_screen_costs_a_fixed_number_of_queries(office, make, school, address):
    for name in (f"Ada Crowd{n}" for n in range(5)):
        student(make, name)
    office.page("/staff/finance")
    with assert_query_count(QUERIES[address]):
        office.page(f"/staff/finance{address}")


ODD = [
    ("/dues", "state=never"),
    ("/dues", "cohort=x"),
    ("/dues", "cohort=NaN"),
    ("/dues", "cohort=99999999999999999999"),
    ("/credits", "cohort=²"),
    ("/ledger", "account=cash"),
    ("/ledger", "from=2026-02-31"),
    ("/ledger", "from=２０２６-01-01"),
    ("/ledger", "to=NaN"),
    ("/ledger", "to=0001-01-01"),
    ("/ledger", "to=9999-12-31"),
    ("/ledger", "from=2026-12-01&to=2026-11-01"),
    ("/accounting", "from=2026-02-31&to=2026-11-01"),
    ("/accounting", "from=2026-11-01"),
    ("/accounting", "from=2026-11-02&to=2026-11-01"),
    ("/accounting", "from=2026-08-01&to=2026-09-30"),
    ("/accounting", "from=2026-11-01&to=2026-12-01"),
    ("", "year=1066"),
    ("", "year=2026-2027&programme=x"),
]


@pytest.mark.parametrize(("address", "query"), ODD)
def test_a_filter_that_makes_no_sense_is_said_at_its_field(office, school, address, query):
    page = office.page(f"/staff/finance{address}?{query}", expect=422)
    assert page.select_one(".errors a")
    assert page.select_one(".field.wrong [aria-invalid]")
    assert not page.select("table")
    assert page.title.text.startswith("Error: ")
    office.fragment(f"/staff/finance{address}?{query}", expect=422)


def test_what_was_typed_stays(office, school):
    page = office.page(
        "/staff/finance/ledger?from=2026-02-31&to=2026-03-31&q=rich&account=bank", expect=422
    )
    assert [page.select_one(i)["value"] for i in ("#from", "#to", "#q")] == [
        "2026-02-31",
        "2026-03-31",
        "rich",
    ]
    assert page.select_one("#account option[selected]")["value"] == "bank"
    assert "This day does not exist." in page.select_one("#from-error").text


@pytest.mark.parametrize("typed", ["%", "_", "'", "\x00", "x" * 5000, "=1+1", "ﬀ"])
def test_odd_searches_break_nothing(office, school, typed):
    for address in ("/dues", "/credits", "/ledger"):
        answer = office.raw.get(f"/staff/finance{address}", query_string={"q": typed})
        assert answer.status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999", "１"])
def test_an_odd_page_number_is_no_failure(office, school, number):
    office.page(f"/staff/finance/dues?page={number}")


def test_finance_has_a_place_in_the_navigation(office, new_client, make):
    assert office.page("/staff").select_one(".rail a[href='/staff/finance']")
    registrar = new_client().sign_in(make.staff("registrar"))
    assert not registrar.page("/staff").select(".rail a[href='/staff/finance']")
