from datetime import datetime, timedelta

import pytest

from portal.home.rules import NEWS, Nearness, Task, greeting, minutes_until, nearness, tasks
from portal.kernel.clock import SCHOOL_ZONE

NOW = datetime(2027, 1, 14, 8, 20, tzinfo=SCHOOL_ZONE)
QUIET = {
    "late": False,
    "contract_state": "",
    "refund_state": "",
    "refund_moved_at": None,
    "now": NOW,
}


@pytest.mark.parametrize(
    ("hour", "words"),
    [(0, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening")],
)
def test_the_greeting_follows_the_clock_at_school(hour, words):
    assert words in greeting(hour)


@pytest.mark.parametrize(
    ("away", "near"),
    [
        (timedelta(minutes=-5), Nearness.NOW),
        (timedelta(0), Nearness.NOW),
        (timedelta(minutes=60), Nearness.WITHIN_THE_HOUR),
        (timedelta(minutes=61), Nearness.TODAY),
        (timedelta(hours=15, minutes=39), Nearness.TODAY),
        (timedelta(hours=15, minutes=40), Nearness.TOMORROW),
        (timedelta(days=2), Nearness.LATER),
    ],
)
def test_how_far_away_a_class_is(away, near):
    assert nearness(NOW + away, NOW) is near


def test_tomorrow_is_tomorrow_on_the_night_the_clocks_change():
    evening = datetime(2026, 10, 24, 20, tzinfo=SCHOOL_ZONE)
    assert nearness(datetime(2026, 10, 25, 9, tzinfo=SCHOOL_ZONE), evening) is Nearness.TOMORROW


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (60, 1), (61, 2), (2400, 40)])
def test_minutes_are_rounded_up(seconds, minutes):
    assert minutes_until(NOW + timedelta(seconds=seconds), NOW) == minutes


def test_nothing_to_do_is_an_empty_list():
    assert tasks(**QUIET) == []


def test_what_to_do_comes_before_what_is_new():
    found = tasks(
        **QUIET
        | {
            "late": True,
            "contract_state": "changes_requested",
            "refund_state": "paid",
            "refund_moved_at": NOW,
        }
    )
    assert found == [Task.PAYMENT_LATE, Task.CONTRACT_RETURNED, Task.REFUND_PAID]


@pytest.mark.parametrize(("ago", "shown"), [(NEWS - timedelta(seconds=1), True), (NEWS, False)])
def test_news_grow_old(ago, shown):
    found = tasks(**QUIET | {"refund_state": "approved", "refund_moved_at": NOW - ago})
    assert bool(found) is shown


def test_a_question_about_a_refund_stays_until_it_is_answered():
    asked = {"refund_state": "info_needed", "refund_moved_at": NOW - 3 * NEWS}
    assert tasks(**QUIET | asked) == [Task.REFUND_NEEDS_INFORMATION]


@pytest.mark.parametrize("state", ["submitted", "signed"])
def test_a_contract_that_waits_for_others_asks_nothing(state):
    assert tasks(**QUIET | {"contract_state": state}) == []
