"""The demo's year follows the clock, and looks alive on every day of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.demo.calendar import Year

any_day = st.dates(date(2024, 1, 1), date(2040, 12, 31))


@given(any_day)
def test_there_are_lessons_within_a_week_and_a_half_on_either_side(today):
    year = Year.around(today)
    ahead = [day for day in year.school_days if day >= today]
    assert ahead[0] - today <= timedelta(days=8)
    assert year.starts_on <= today


@given(any_day)
def test_four_instalments_are_still_to_come_and_none_is_older_than_two_months(today):
    dues = Year.around(today).due_dates
    past = [due for due in dues if due <= today]
    assert len(dues) == 6
    assert len(past) <= 2
    assert len(past) == 2 or dues[0].month == 11 or today < dues[1]


@given(any_day)
def test_the_year_has_two_weeks_of_seminars_from_monday(today):
    mondays = Year.around(today).intensive_mondays
    assert [monday.weekday() for monday in mondays] == [0, 0]


@pytest.mark.parametrize(
    "today",
    [date(2026, 10, 1), date(2026, 11, 23), date(2027, 1, 4), date(2027, 2, 10), date(2027, 4, 20)],
)
def test_from_october_to_april_it_is_the_schools_own_year(today):
    year = Year.around(today)
    assert (year.starts_on, year.ends_on, year.name) == (
        date(2026, 10, 1),
        date(2027, 9, 30),
        "2026-2027",
    )
    assert year.school_days[-1] == date(2027, 4, 30)
    assert year.intensive_mondays == [date(2026, 10, 12), date(2027, 1, 11)]
    usual = {day.weekday() for day in year.school_days if not year.is_intensive(day)}
    assert usual == {3, 4}


@pytest.mark.parametrize("today", [date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 4)])
def test_until_the_third_instalment_they_are_due_from_november_to_april(today):
    dues = Year.around(today).due_dates
    assert (dues[0], dues[-1]) == (date(2026, 11, 5), date(2027, 4, 5))


def test_public_holidays_are_free():
    days = Year.around(date(2026, 12, 1)).school_days
    assert date(2026, 12, 25) not in days  # a Friday
    assert date(2027, 1, 1) not in days  # a Friday
    assert date(2026, 12, 18) in days


def test_in_summer_the_year_is_moved_so_that_it_goes_on():
    year = Year.around(date(2027, 7, 14))
    assert year.starts_on == date(2027, 5, 1)
    assert date(2027, 7, 15) in year.school_days
    assert year.name == "2026-2027"
