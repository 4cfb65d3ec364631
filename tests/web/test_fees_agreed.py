"""A plan made by hand, and a line put off: what was paid stays paid, and all who pay hear of it."""

from datetime import date
from uuid import uuid4

import pytest

from portal import fees
from portal.fees import queries, service
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from tests.support import make_fees


@pytest.fixture(autouse=True)
def on_1_october(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 10, 1))


@pytest.fixture
def enrolment(make):
    """Who paid the deposit and, ahead, the instalments of November and December."""
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 4_250_00)
    return enrolment


def paid(enrolment):
    lines = fees.lines_of(enrolment.id, fees.position_of(enrolment.id).owes)
    return [(line.due_on, line.cents) for line in lines if line.state == "paid"]


def agree(make, enrolment, *lines):
    service.agree(
        enrolment.id,
        lines=lines,
        reason="Her father is ill",
        version=queries.plan_of(enrolment.id).version,
        key=uuid4().hex,
        by=make.staff("finance").id,
    )


def test_no_agreed_line_takes_the_money_of_lines_that_were_paid_ahead(make, enrolment):
    before = paid(enrolment)
    with pytest.raises(NotPossible, match="is paid already"):
        agree(make, enrolment, (date(2026, 12, 4), 5_500_00))

    agree(make, enrolment, (date(2026, 12, 5), 2_000_00), (date(2027, 3, 5), 3_500_00))
    assert paid(enrolment) == before
    assert before[-1] == (date(2026, 12, 5), 1_375_00)


def test_a_day_before_what_is_paid_is_refused_with_that_day(finance, enrolment):
    form = finance.page(f"/staff/fees/{enrolment.id}/plan").select_one("form[action$=plan]")
    fields = {"lines-0-due_on": "2026-10-20", "lines-0-amount": "5500", "reason": "x"}
    fields |= {f"lines-{n}-{what}": "" for n in range(1, 4) for what in ("due_on", "amount")}
    answer = finance.submit(form, htmx=True, expect=409, **fields)
    assert "5\N{NO-BREAK SPACE}December" in answer.text


def test_parents_read_what_is_due_when_and_not_the_reason(make, enrolment, post_box):
    parent = fees.add_payer(
        enrolment.id, kind=fees.PayerKind.PARENT, name="Mum", email="mum@example.org"
    )
    fees.add_payer(enrolment.id, kind=fees.PayerKind.COMPANY, name="F", email="firm@example.org")
    agree(make, enrolment, (date(2027, 1, 5), 2_000_00), (date(2027, 3, 5), 3_500_00))
    line = next(x for x in fees.lines_of(enrolment.id, 5_500_00) if x.open)
    service.postpone(
        enrolment.id,
        line.id,
        to=date(2027, 6, 1),
        reason="Her father is ill",
        version=queries.plan_of(enrolment.id).version,
        key=uuid4().hex,
        by=make.staff("finance").id,
    )

    agreed, put_off = (one.get_content() for one in post_box if one["To"] == "mum@example.org")
    assert "5\N{NO-BREAK SPACE}January 2027, €2,000.00" in agreed
    assert "5\N{NO-BREAK SPACE}March 2027, €3,500.00" in agreed
    assert "2027" in put_off
    for text in (agreed, put_off):
        assert parent.reference in text
        assert enrolment.student.person.name in text
        assert "ill" not in text.replace("will", "")
    assert not [one for one in post_box if one["To"] == "firm@example.org"]
    mine = [one for one in post_box if one["To"] == enrolment.student.person.email]
    assert sum("Her father is ill" in one.get_content() for one in mine) == 2


@pytest.mark.parametrize(
    "name",
    [
        "lines-\N{SUPERSCRIPT TWO}-amount",
        "lines-１-amount",
        f"lines-{'9' * 5000}-amount",
        "lines--amount",
    ],
)
def test_a_field_counted_in_odd_figures_is_no_line(finance, enrolment, name):
    form = finance.page(f"/staff/fees/{enrolment.id}/plan").select_one("form[action$=plan]")
    answer = finance.submit(form, htmx=True, expect=422, **{name: "100", "reason": ""})
    assert answer.select("[name=lines-0-amount]")


def test_what_is_wrong_with_a_line_is_tied_to_its_field(finance, enrolment):
    form = finance.page(f"/staff/fees/{enrolment.id}/plan").select_one("form[action$=plan]")
    assert form.select_one("[data-focus]")["name"] == "lines-0-due_on"
    wrong = {"lines-0-amount": "x", "reason": "x"}
    box = finance.submit(form, htmx=True, expect=422, **wrong).select_one("[name=lines-0-amount]")
    said = box.find_parent(class_="field").select_one(f"#{box['aria-describedby']}")
    assert said.text.startswith("Error:")
