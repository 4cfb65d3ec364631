"""The school's money policies on screen, and what follows from them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from portal import fees
from portal.contracts import Contract
from portal.fees import service
from portal.fees.models import MoneyPolicy
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.refunds.models import Refund
from portal.refunds.queries import simulate
from tests.support import make_fees, make_refunds
from tests.support.make_payouts import IBANS


@pytest.fixture
def director(client, make):
    return client.sign_in(make.staff("director", name="Hélène"))


def form(browser):
    return browser.page("/staff/finance/policies").select_one("form[action$=policies]")


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_a_change_is_a_new_version_and_says_who_and_why(director, htmx):
    facts = {"second_approval_above": "2 500,00", "late_start": "pro_rata", "note": "Audit of 2026"}
    for _ in range(2):
        director.submit(form(director), htmx=htmx, expect=204 if htmx else 303, **facts)
    one, two = MoneyPolicy.select().order_by(MoneyPolicy.version)
    assert (two.version, two.second_approval_above_cents, two.late_start) == (
        2,
        2_500_00,
        "pro_rata",
    )
    page = director.page("/staff/finance/policies")
    assert "Hélène" in page.text
    assert "Audit of 2026" in page.text
    assert "No choice changed." in page.select_one("tbody tr").text
    assert fees.policy_on(clock.today()).version == 2
    assert one.version == 1


def test_a_version_says_first_what_it_changed(director):
    director.submit(form(director), htmx=False, expect=303, note="Start")
    facts = {"second_approval_above": "2 500,00", "late_start": "pro_rata", "note": "Audit"}
    director.submit(form(director), htmx=False, expect=303, **facts)
    newest, first = director.page("/staff/finance/policies").select("tbody tr")
    changed = [line.text for line in newest.td.find_next_sibling("td").ul.select("li")]
    assert changed == ["two approvals above €2,500.00", "late contracts pay by the day"]
    assert len(newest.select("details li")) == len(first.select("li")) == 10


def test_refunds_may_wait_for_the_funder(director, make):
    director.submit(form(director), htmx=True, expect=204, refund_from="accepted", note="Cash")
    assert fees.policy_on(clock.today()).refund_from == "accepted"
    assert "refunds from the OPCO’s acceptance" in director.page("/staff/finance/policies").text
    make_refunds.case(make, paid=4_250_00, funded=9_750_00)
    assert Refund.select().count() == 0


def test_a_preview_counts_the_refunds_it_would_touch_and_writes_nothing(director, make):
    make_refunds.refund(make, cents=1_500_00)
    make_refunds.refund(make, cents=4_250_00)
    facts = {"second_approval_above": "2000", "note": "x", "preview": "1"}
    answer = director.submit(form(director), htmx=True, **facts)
    assert "1 refund that nobody has approved" in answer.select_one("[role=status]").text
    assert MoneyPolicy.select().count() == 1


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        ({}, 0),
        ({"second_approval_above": "4000"}, 1),
        ({"shortfall_owed_by": "student"}, 1),
        ({"late_start": "pro_rata"}, 1),
        ({"recent_account_days": "0"}, 1),
        ({"refund_from": "accepted", "discount_base": "balance"}, 0),
    ],
)
def test_a_preview_looks_at_every_choice_that_changes_a_refund(director, make, change, touched):
    make_refunds.case(make, paid=4_250_00, funded=6_000_00)
    late = make_fees.plan(make, make.enrolment(make.person("Late Starter")))
    make_fees.pay(make, late, 1_500_00)
    contract = make.contract(late, starts_on=date(2027, 2, 1))
    make_refunds.accept(contract, funded=9_750_00, by=make.staff("registrar"))
    fees.set_account(fees.student_payer(late.id).id, iban=IBANS[0], holder="L", by=None)
    answer = director.submit(form(director), htmx=True, note="x", preview="1", **change)
    assert answer.select_one("[role=status]").text.split()[0] == str(touched)
    assert [one.version for one in MoneyPolicy.select()] == [1]


def test_two_directors_do_not_undo_each_other_unseen(director, make, new_client):
    old = form(director)
    other = new_client().sign_in(make.staff("director", name="Diane"))
    other.submit(form(other), htmx=True, expect=204, second_approval_above="3000", note="Audit")
    answer = director.submit(old, htmx=True, expect=409, late_start="pro_rata", note="Law")
    assert "changed the policy just now" in answer.text
    assert "€3,000.00" in answer.text, "the colleague's version is shown"
    assert MoneyPolicy.select().count() == 1
    again = answer.select_one("form[action$=policies]")
    director.submit(again, htmx=True, expect=204, second_approval_above="3000")
    assert fees.policy_on(clock.today()).late_start == "pro_rata"


def test_the_day_of_the_instalments_follows_the_policy(director, make):
    director.submit(form(director), htmx=True, expect=204, instalment_day="12", note="Payday")
    assert "instalments on day 12" in director.page("/staff/finance/policies").text
    enrolment = make_fees.plan(make)
    days = [line.due_on for line in fees.lines_of(enrolment.id, 9_750_00)]
    assert days[1:] == [date(2026, 11, 12), date(2026, 12, 12)] + [
        date(2027, n, 12) for n in (1, 2, 3, 4)
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"second_approval_above": wrong}
        for wrong in ("-1", "NaN", "1e9", "0.001", "５０００", "1,5", "  ")
    ]
    + [
        {"valid_from": "2026-02-31"},
        {"recent_account_days": "-1"},
        {"recent_account_days": "x"},
        {"recent_account_days": "７"},
        {"instalment_day": "0"},
        {"instalment_day": "29"},
        {"instalment_day": "1_0"},
        {"deposit_outside_contract": "lost"},
        {"full_until": "2026-02-31"},
        {"months_without_tuition": "61"},
        {"discount_base": "nonsense"},
        {"refund_from": "yesterday"},
        {"note": " "},
    ],
)
def test_what_makes_no_sense_is_said_and_kept(director, change):
    answer = director.submit(form(director), htmx=True, expect=422, **({"note": "x"} | change))
    assert answer.select_one(".err")
    name, typed = next(iter(change.items()))
    control = answer.select_one(f"[name={name}]")
    assert control.name == "select" or control.get("value", "").strip() == typed.strip()
    assert MoneyPolicy.select().count() == 0


def test_a_policy_cannot_begin_in_the_past(director):
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    director.submit(form(director), htmx=True, expect=409, valid_from=yesterday, note="x")
    with pytest.raises(NotPossible):
        service.adopt_policy(valid_from=date(2020, 1, 1), after=0, key=uuid4().hex, by=1)


def test_only_the_director_changes_policies(client, make):
    client.sign_in(make.staff("finance"))
    assert not client.page("/staff/finance/policies").select("form[action$=policies]")
    token = client.page("/staff/finance/policies").select_one("meta[name=csrf-token]")["content"]
    answer = client.raw.post("/staff/finance/policies", data={"csrf_token": token})
    assert answer.status_code == 403


def test_a_late_contract_pays_by_the_day_under_the_policy_that_says_so(make):
    make.policy(shortfall_owed_by="employer", late_start="pro_rata")
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 9_000_00)
    starts_on = date(2027, 2, 1)
    covered, year = (date(2027, 9, 30) - starts_on).days + 1, 365
    told = simulate(enrolment.id, starts_on=starts_on, funded=9_750_00)
    contract = make.contract(enrolment, starts_on=starts_on)
    make_refunds.accept(contract, funded=9_750_00, by=make.staff("registrar"))
    refund = Refund.get()
    left = 9_750_00 - 9_750_00 * covered // year
    assert refund.amount_cents == told.calculation.refund == 9_000_00 - left
    assert refund.approvals_needed == told.approvals == 2
    assert fees.position_of(enrolment.id).credit == refund.amount_cents


@pytest.mark.parametrize(
    ("paid", "funded", "owed_by"),
    [
        (4_250_00, 9_750_00, "employer"),
        (4_250_00, 6_000_00, "student"),
        (1_500_00, 6_000_00, "student"),
        (0, 9_750_00, "employer"),
        (9_750_00, 0, "student"),
    ],
)
def test_the_simulator_says_what_then_happens(make, paid, funded, owed_by):
    make.policy(shortfall_owed_by=owed_by)
    enrolment = make_fees.plan(make)
    if paid:
        make_fees.pay(make, enrolment, paid)
    before = fees.position_of(enrolment.id)
    told = simulate(enrolment.id, starts_on=date(2026, 11, 2), funded=funded)
    assert fees.position_of(enrolment.id) == before, "nothing is written"
    make_refunds.accept(make.contract(enrolment), funded=funded, by=make.staff("registrar"))
    refund = Refund.get_or_none()
    assert told.calculation.refund == (refund.amount_cents if refund else 0)
    now = fees.position_of(enrolment.id)
    assert told.preview.owes == now.owes
    lines = [(one.due_on, one.rest) for one in fees.lines_of(enrolment.id, now.owes) if one.open]
    assert [(one.due_on, one.cents) for one in told.preview.added] == lines


def test_a_student_tries_a_contract_out(client, make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 4_250_00)
    student = client.sign_in(enrolment.student.person)
    good = "kind=apprenticeship&starts_on=2026-12-01&funded=9750"
    assert "€4,250.00" in student.page(f"/refunds/simulation?{good}").select_one(".figure").text
    assert student.fragment(f"/refunds/simulation?{good}").select_one(".figure")
    other = good.replace("apprenticeship", "professionalisation")
    # Five working days from Tuesday 1 December, and twenty days; five days, and twenty.
    told = {
        "refusal": (good, "27\xa0December\xa02026"),
        "acceptance": (other, "26\xa0December\xa02026"),
    }
    for silence, (query, day) in told.items():
        said = student.page(f"/refunds/simulation?{query}").select_one(".lead").text
        assert f"silence is a{'n' * (silence == 'acceptance')} {silence}" in said
        assert day in said
    for wrong in ("funded=NaN", "funded=-1", "funded=1e9", "starts_on=2026-02-31", "kind=x"):
        query = good.replace(f"{wrong.split(chr(61))[0]}=", "other=") + f"&{wrong}"
        page = student.page(f"/refunds/simulation?{query}", expect=422)
        assert page.select_one(".err")
    assert Refund.select().count() == 0


def left_to_pay(student, funded):
    page = student.page(
        f"/refunds/simulation?kind=apprenticeship&starts_on=2026-12-01&funded={funded}"
    )
    (left,) = [one for one in page.select(".sheet") if "What would be left to pay" in one.text]
    return " ".join(left.get_text(" ").split())


def test_who_still_owes_after_a_break_reads_what_is_left_under_another_contract(client, make):
    case = make_refunds.case(make, paid=1_500_00, funded=6_000_00, owed_by="student")
    Contract.update(state="terminated", ended_on=clock.today(), end_reason="x").execute()
    student = client.sign_in(case.enrolment.student.person)

    same = left_to_pay(student, 6_000)
    assert "Your plan stays as it is." in same
    assert "Left for you to pay €2,250.00" in same
    assert "fall away" not in same
    assert "nothing more" not in same

    more = left_to_pay(student, 7_000)
    assert "payments of your plan would fall away" in more
    assert "Left for you to pay €1,250.00" in more
    assert "stays as it is" not in more

    assert "You would have nothing more to pay." in left_to_pay(student, 8_250)


def test_who_paid_everything_reads_of_no_payment_that_falls_away(client, make):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 9_750_00)
    said = left_to_pay(client.sign_in(enrolment.student.person), 9_750)
    assert "You would have nothing more to pay." in said
    assert "fall away" not in said


def test_the_simulator_says_what_it_cannot_read_once_in_french(client, make):
    student = client.sign_in(make.enrolment(make.person(locale="fr")).student.person)
    wrong = "kind=zzz&starts_on=2026-02-31&funded=1,5"
    page = student.page(f"/refunds/simulation?{wrong}", expect=422)
    kind, day, amount = (one.text for one in page.select(".errors li"))
    assert "choix valide" in kind
    assert "Ce jour n’existe pas" in day
    assert "Écrivez le montant en euros" in amount
    for name, sentence in (("kind", kind), ("starts_on", day), ("funded", amount)):
        assert page.select_one(f"#{name}-error").text.count(sentence) == 1


def test_the_simulator_says_when_the_refund_waits_for_the_funder(client, make):
    make.policy(refund_from="accepted")
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 9_750_00)
    student = client.sign_in(enrolment.student.person)
    query = "kind=apprenticeship&starts_on=2026-12-01&funded=9750"
    assert "As soon as the OPCO accepts" in student.page(f"/refunds/simulation?{query}").text


def test_without_a_plan_the_simulator_says_so(client, make):
    student = client.sign_in(make.enrolment().student.person)
    query = "kind=apprenticeship&starts_on=2026-12-01&funded=9750"
    page = student.page(f"/refunds/simulation?{query}")
    assert "no payment plan yet" in page.select_one("#simulation [role=alert]").text


def test_a_credit_goes_back_after_a_second_person_approved(client, make, new_client):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 10_000_00)
    finance = client.sign_in(make.staff("finance", name="Grace Hopper"))
    url = f"/staff/refunds/credit/{enrolment.id}"
    page = finance.page(url).select_one("form[action*=credit]")
    name = next(box["name"] for box in page.select("input") if "payer" in box["name"])
    for wrong in ("250,01", "10000"):
        finance.submit(page, htmx=True, expect=409, reason="too much", **{name: wrong})
    for wrong in ("-1", "NaN", "0.001"):
        finance.submit(page, htmx=True, expect=422, reason="too much", **{name: wrong})
    for _ in range(2):
        finance.submit(page, htmx=True, expect=204, reason="too much", **{name: "250"})
    refund = Refund.get()
    assert (refund.amount_cents, refund.contract_id) == (250_00, None)
    make_refunds.approve(refund, by=make.staff("finance", name="Other"))
    assert fees.position_of(enrolment.id).coming_back == 250_00
    student = new_client().sign_in(enrolment.student.person)
    assert "You paid more" in student.page(f"/refunds/{refund.id}").text
    listed = student.page("/refunds").select_one(".list li p").text
    assert listed.startswith(f"{refund.number}, Credit, ")


CHOICES = {"recent_account_days": 7, "note": "Audit"}


def write(director, on, *, after, written, **more):
    with clock.set_to(clock.midnight(written)):
        return fees.adopt_policy(
            valid_from=on, after=after, key=uuid4().hex, by=director.id, **CHOICES | more
        )


def test_an_older_version_never_undoes_a_newer_one(make):
    director = make.staff("director")
    write(director, date(2027, 1, 1), after=0, written=date(2026, 11, 1))
    november = date(2026, 11, 20)
    with pytest.raises(NotPossible, match="Version 1 is to begin on 2027-01-01"):
        write(director, november, after=1, written=november)
    write(director, november, after=1, written=november, replaces_scheduled=True)
    held = {
        day: fees.policy_on(day).version for day in (date(2026, 11, 19), november, date(2027, 2, 1))
    }
    assert list(held.values()) == [0, 2, 2]


def test_a_later_version_leaves_the_scheduled_one_its_time(make):
    director = make.staff("director")
    write(director, date(2027, 1, 1), after=0, written=date(2026, 11, 1))
    write(director, date(2027, 3, 1), after=1, written=date(2026, 11, 2))
    assert [fees.policy_on(date(2027, month, 1)).version for month in (1, 2, 3)] == [1, 1, 2]


def test_the_screen_says_what_holds_from_when(director, make):
    today, later = clock.today(), clock.today() + timedelta(days=30)
    assert not director.page("/staff/finance/policies").select_one("[name=replaces_scheduled]")
    director.submit(
        form(director), htmx=False, expect=303, valid_from=later.isoformat(), note="New year"
    )
    answer = director.submit(form(director), htmx=False, expect=409, note="At once")
    assert "would never begin" in answer.select_one("#policies [role=alert]").text
    again = answer.select_one("form[action$=policies]")
    director.submit(again, htmx=False, expect=303, replaces_scheduled="y")
    first, second = director.page("/staff/finance/policies").select("tbody tr")
    assert "In force" in first.th.text
    assert "Replaced by no. 2" in second.th.text
    assert second.select_one("del")
    assert fees.policy_on(later).version == 2
    director.submit(
        form(director), htmx=False, expect=303, valid_from=later.isoformat(), note="Really"
    )
    middle = director.page("/staff/finance/policies").select("tbody tr")[1]
    assert "until" in middle.td.text
    assert fees.policy_on(today).version == 2
