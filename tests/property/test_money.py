"""Arithmetic of cents: nothing is lost, nothing is made, whatever the figures are."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from portal.fees.rules import (
    Line,
    LineKind,
    LineState,
    PlanKind,
    Price,
    creditor_reference,
    plan_lines,
    respread,
    stand,
)
from portal.kernel.money import percentage, split_evenly, split_in_proportion

cents = st.integers(0, 10**9)
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(total=cents, parts=st.integers(1, 60))
def test_an_even_split_loses_no_cent_and_favours_the_first(total, parts):
    shares = split_evenly(total, parts)

    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


@given(total=cents, weights=st.lists(cents, min_size=1, max_size=12).filter(any))
def test_a_split_in_proportion_is_never_a_cent_off(total, weights):
    shares = split_in_proportion(total, weights)

    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)


@given(weights=st.lists(cents, min_size=1, max_size=12).filter(any), part=st.integers(0, 100))
def test_nobody_gets_more_back_than_they_paid(weights, part):
    total = sum(weights) * part // 100

    shares = split_in_proportion(total, weights)

    assert all(share <= weight for share, weight in zip(shares, weights, strict=True))


@given(amount=cents, rate=st.integers(0, 10_000))
def test_a_percentage_is_within_half_a_cent(amount, rate):
    assert abs(percentage(amount, rate) * 10_000 - amount * rate) <= 5_000


@st.composite
def prices(draw):
    tuition = draw(st.integers(1, 10**8))
    first = draw(days.filter(lambda day: day.day <= 28))
    return Price(
        tuition=tuition,
        deposit=draw(st.integers(0, tuition)),
        deposit_due_on=first - timedelta(days=draw(st.integers(0, 90))),
        instalments=draw(st.integers(1, 24)),
        first_due_on=first,
        day_of_month=draw(st.integers(1, 28)),
        discount_basis_points=draw(st.integers(0, 10_000)),
        discount_base=draw(st.sampled_from(["tuition", "balance"])),
    )


@given(price=prices(), kind=st.sampled_from(list(PlanKind)))
def test_the_lines_of_a_plan_sum_to_its_price(price, kind):
    lines = plan_lines(price, kind)

    assert sum(line.cents for line in lines) == price.of(kind)
    assert all(line.cents > 0 for line in lines)
    months = [line.due_on for line in lines if line.kind == LineKind.INSTALMENT]
    assert len(set(months)) == len(months)
    assert months == sorted(months)


@given(owed=cents, left=st.lists(days, max_size=8), today=days)
def test_what_is_spread_anew_is_what_is_owed(owed, left, today):
    lines = respread(owed, left, today)

    assert sum(line.cents for line in lines) == owed
    assert all(line.due_on >= today for line in lines)


@st.composite
def plans(draw):
    """Lines, some cancelled, with an owed balance their living part can hold; negative for a credit."""
    lines = [
        Line(
            id=n,
            position=n,
            kind=LineKind.INSTALMENT,
            due_on=draw(days),
            cents=draw(st.integers(1, 10**6)),
            cancelled_on=draw(st.one_of(st.none(), days)),
        )
        for n in range(draw(st.integers(1, 9)))
    ]
    asked = sum(line.cents for line in lines if not line.cancelled)
    return lines, draw(st.integers(-(10**6), asked)), draw(days)


@given(plans())
def test_lines_ask_for_exactly_what_is_owed_and_settle_oldest_first(plan):
    lines, owes, today = plan

    standing = stand(lines, owes, today)

    assert sum(line.rest for line in standing) == max(0, owes)
    living = [line for line in standing if not line.cancelled]
    unpaid = [line for line in living if line.rest]
    assert all(line.rest == line.cents for line in unpaid[1:])
    assert living[len(living) - len(unpaid) :] == unpaid
    for line in living:
        assert (line.state == LineState.OVERDUE) == bool(line.rest and line.due_on < today)
        assert (line.state == LineState.PAID) == (not line.rest)


@given(year=st.integers(2000, 2100), enrolment=st.integers(1, 999_999), ordinal=st.integers(1, 99))
def test_every_reference_has_right_check_digits(year, enrolment, ordinal):
    reference = creditor_reference(year, enrolment, ordinal)

    assert iso11649.is_valid(reference)
    assert len(reference) <= 25
    mistyped = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    assert not iso11649.is_valid(mistyped)
