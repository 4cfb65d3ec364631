"""The school's clock: Paris time at the edges, UTC everywhere else."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.kernel import clock
from portal.timetable.rules import Week


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 10, 24), 24), (date(2026, 10, 25), 25), (date(2027, 3, 28), 23)],
    ids=["a usual day", "25 October 2026", "28 March 2027"],
)
def test_a_day_lasts_as_long_as_the_clocks_say(day, hours):
    tomorrow = clock.midnight(day + timedelta(days=1))
    assert tomorrow - clock.midnight(day) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "utc"),
    [(date(2026, 10, 23), 7), (date(2026, 10, 26), 8), (date(2027, 3, 29), 7)],
)
def test_nine_at_school_is_seven_or_eight_in_utc(day, utc):
    instant = datetime(day.year, day.month, day.day, utc, tzinfo=UTC)
    assert clock.school_time(instant).hour == 9


def test_midnight_is_an_instant_of_the_evening_before():
    assert clock.midnight(date(2026, 7, 1)) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert clock.midnight(date(2026, 12, 1)) == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_the_weeks_of_both_changes_meet_without_gap_or_overlap():
    for written in ("2026-W43", "2026-W44", "2027-W12", "2027-W13"):
        week = Week.parse(written)
        assert week.span[1] == week.later.span[0]


def test_now_is_aware_and_today_is_the_day_at_school():
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.today() == clock.school_time(clock.now()).date()


def test_a_clock_that_runs_ahead_shows_the_day_that_comes():
    today = clock.today()
    clock.run_ahead(21)
    try:
        assert clock.today() - today == timedelta(days=21)
    finally:
        clock.run_ahead(0)
    assert clock.today() == today
