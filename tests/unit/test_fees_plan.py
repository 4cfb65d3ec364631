"""The school's own figures, and how the lines of a plan stand."""

from datetime import date

import pytest

from portal.fees.rules import (
    Line,
    LineKind,
    LineState,
    PlanKind,
    Price,
    Transfer,
    comparison,
    creditor_reference,
    grouped,
    line_steps,
    missing_from,
    plan_lines,
    respread,
    stand,
    to_pay,
)

PRICE = Price(
    tuition=9_750_00,
    deposit=1_500_00,
    deposit_due_on=date(2026, 9, 1),
    instalments=6,
    first_due_on=date(2026, 11, 5),
    day_of_month=5,
    discount_basis_points=500,
    discount_base="tuition",
)


def price(**changes):
    return Price(**vars(PRICE) | changes)


def test_a_deposit_and_six_equal_instalments():
    lines = plan_lines(PRICE, PlanKind.INSTALMENTS)

    assert [(line.due_on, line.cents) for line in lines] == [
        (date(2026, 9, 1), 1_500_00),
        (date(2026, 11, 5), 1_375_00),
        (date(2026, 12, 5), 1_375_00),
        (date(2027, 1, 5), 1_375_00),
        (date(2027, 2, 5), 1_375_00),
        (date(2027, 3, 5), 1_375_00),
        (date(2027, 4, 5), 1_375_00),
    ]


def test_paying_at_once_saves_five_per_cent():
    lines = plan_lines(PRICE, PlanKind.FULL)

    assert PRICE.reduction == 487_50
    assert PRICE.of(PlanKind.FULL) == 9_262_50
    assert [(line.kind, line.cents) for line in lines] == [
        ("deposit", 1_500_00),
        ("balance", 7_762_50),
    ]


def test_the_reduction_of_the_balance_alone():
    assert price(discount_base="balance").reduction == 412_50


def test_odd_cents_go_to_the_first_instalments():
    lines = plan_lines(price(tuition=6_500_00), PlanKind.INSTALMENTS)

    assert [line.cents for line in lines[1:]] == [833_34, 833_34, 833_33, 833_33, 833_33, 833_33]


def test_both_plans_side_by_side_add_up_to_the_cent():
    for one in (PRICE, price(tuition=6_500_00), price(instalments=1), price(deposit=0)):
        deposit, *instalments, balance, whole = comparison(one)
        parts = sum(row.instalments * row.times for row in instalments)
        assert deposit.instalments + parts == whole.instalments == one.tuition
        assert deposit.full + balance.full == whole.full == one.of(PlanKind.FULL)
    rows = [(row.times, row.instalments) for row in comparison(price(tuition=6_500_00))[1:3]]
    assert rows == [(2, 833_34), (4, 833_33)]


def test_a_year_without_a_deposit_has_no_line_of_zero():
    assert len(plan_lines(price(deposit=0), PlanKind.INSTALMENTS)) == 6


def test_a_deposit_of_the_whole_price_leaves_nothing_to_reduce():
    whole = price(deposit=9_750_00)

    assert [line.cents for line in plan_lines(whole, PlanKind.FULL)] == [9_750_00]


def lines(*amounts, first=(2026, 9, 5)):
    year, month, day = first
    return [
        Line(n, n, LineKind.INSTALMENT, date(year + (month + n - 1) // 12, (month + n - 1) % 12 + 1, day), cents)
        for n, cents in enumerate(amounts)
    ]  # fmt: skip


def states(plan, owes, today):
    return [line.state for line in stand(plan, owes, today)]


@pytest.mark.parametrize(
    ("owes", "today", "expected"),
    [
        (300, date(2026, 9, 1), ["due", "to_come", "to_come"]),
        (300, date(2026, 9, 5), ["due", "to_come", "to_come"]),
        (300, date(2026, 9, 6), ["overdue", "due", "to_come"]),
        (200, date(2026, 9, 6), ["paid", "due", "to_come"]),
        (150, date(2026, 9, 6), ["paid", "part_paid", "to_come"]),
        (150, date(2026, 10, 6), ["paid", "overdue", "due"]),
        (0, date(2027, 1, 1), ["paid", "paid", "paid"]),
        (-50, date(2027, 1, 1), ["paid", "paid", "paid"]),
    ],
)
def test_states_of_lines(owes, today, expected):
    assert states(lines(100, 100, 100), owes, today) == expected


def test_a_late_line_counts_its_days_and_what_is_left_of_it():
    standing = stand(lines(100, 100), 150, date(2026, 9, 14))

    assert (standing[0].state, standing[0].days, standing[0].rest) == (LineState.OVERDUE, 9, 50)


def test_a_cancelled_line_asks_for_nothing():
    cancelled = Line(
        1, 1, LineKind.INSTALMENT, date(2026, 9, 5), 100, cancelled_on=date(2026, 9, 1)
    )

    line = stand([cancelled], 0, date(2026, 10, 1))[0]

    assert (line.state, line.rest, line.open) == (LineState.CANCELLED, 0, False)


def test_what_to_pay_now_is_all_that_is_late_else_the_next_line():
    plan = lines(100, 100, 100)

    late = to_pay(stand(plan, 250, date(2026, 10, 6)))
    soon = to_pay(stand(plan, 250, date(2026, 9, 3)))

    assert (late.cents, late.late, late.days, late.due_on) == (150, True, 31, date(2026, 9, 5))
    assert (soon.cents, soon.late, soon.days) == (50, False, 2)
    assert to_pay(stand(plan, 0, date(2026, 10, 6))) is None


def test_what_no_line_asks_for_is_noticed():
    assert missing_from(lines(100, 100), 250) == 50
    assert missing_from(lines(100, 100), 200) == 0
    assert missing_from(lines(100), -10) == 0


def test_fewer_cents_than_dates_leave_no_line_of_zero():
    days = [date(2027, month, 5) for month in (1, 2, 3)]

    assert [line.cents for line in respread(2, days, date(2026, 12, 1))] == [1, 1]


def test_the_calculation_of_a_part_paid_instalment():
    line = stand(lines(1_375_00), 1_000_00, date(2026, 9, 1))[0]

    steps = line_steps(line, PRICE, 0, [line])

    assert [step.cents for step in steps] == [
        9_750_00,
        -1_500_00,
        8_250_00,
        1_375_00,
        -375_00,
        1_000_00,
    ]


def test_a_reference_is_an_iso_11649_number():
    reference = creditor_reference(2026, 147, 1)

    assert reference == "RF02202600014701"
    assert grouped(reference) == "RF02\xa02026\xa00001\xa04701"


def test_the_qr_code_is_drawn_once_for_one_transfer():
    facts = ("ILERI", "FR7630006000011234567890189", "AGRIFRPP", creditor_reference(2026, 1, 1))

    first, again = Transfer(*facts, 1_375_00).code, Transfer(*facts, 1_375_00).code

    assert first is again
    assert first.size > 30
    assert first.path.startswith("M4 4.5h7")
    assert Transfer(*facts, 1_375_01).code != first


def test_the_longest_name_of_a_school_has_a_code():
    facts = ("FR7630006000011234567890189", "", creditor_reference(2026, 1, 1))

    assert Transfer("École " * 30, *facts, 1).code.size > 30
