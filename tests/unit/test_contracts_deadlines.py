"""By when what must have happened to a contract: working days for the one kind, calendar days for the other."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contracts.rules import (
    ContractKind,
    answer_deadline,
    transmission_deadline,
    within_trial,
)
from portal.contracts.rules.deadlines import practical_days
from portal.contracts.rules.working_days import is_working_day, public_holidays

APPRENTICE, PROFESSIONAL = ContractKind.APPRENTICESHIP, ContractKind.PROFESSIONALISATION
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("starts_on", "last"),
    [
        (date(2026, 10, 1), date(2026, 10, 7)),  # Thursday; the Sunday does not count, the Saturday does
        (date(2026, 10, 5), date(2026, 10, 10)),  # Monday to Saturday
        (date(2026, 10, 28), date(2026, 11, 3)),  # All Saints' Day is a Sunday
        (date(2026, 11, 9), date(2026, 11, 16)),  # Armistice Day on a Wednesday
        (date(2027, 4, 29), date(2027, 5, 7)),  # Labour Day is a Saturday, Ascension Day a Thursday
        (date(2027, 5, 5), date(2027, 5, 13)),  # Ascension Day, then Saturday 8 May
    ],
)  # fmt: skip
def test_an_apprentices_file_is_sent_within_five_working_days(starts_on, last):
    assert transmission_deadline(APPRENTICE, starts_on).on == last


def test_a_professionalisation_contract_is_sent_within_five_days_of_the_calendar():
    assert transmission_deadline(PROFESSIONAL, date(2026, 10, 28)).on == date(2026, 11, 2)


@given(DAYS)
def test_the_last_day_to_send_is_the_fifth_working_day_and_not_before_the_calendar_one(starts_on):
    last = transmission_deadline(APPRENTICE, starts_on).on
    after = [starts_on + timedelta(days=n) for n in range(1, (last - starts_on).days + 1)]
    assert sum(is_working_day(day) for day in after) == 5
    assert is_working_day(last)
    assert transmission_deadline(PROFESSIONAL, starts_on).on <= last


@given(DAYS, st.sampled_from(ContractKind))
def test_the_funder_has_twenty_days_from_the_complete_file(complete_on, kind):
    assert answer_deadline(kind, complete_on).on - complete_on == timedelta(days=20)


def test_what_silence_means_is_said_with_its_article():
    on = date(2026, 11, 2)
    assert "refusal" in answer_deadline(APPRENTICE, on).source
    assert "acceptance" in answer_deadline(PROFESSIONAL, on).source


def test_the_movable_feasts_are_known():
    assert {date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)} <= public_holidays(2027)
    assert len(public_holidays(2027)) == 11


def test_days_left_count_down_to_the_day_itself_and_change_their_tone():
    deadline = answer_deadline(APPRENTICE, date(2026, 11, 1))
    seen = [(deadline.days_left(day), deadline.tone(day)) for day in (
        date(2026, 11, 10), date(2026, 11, 18), date(2026, 11, 21), date(2026, 11, 22))]  # fmt: skip
    assert seen == [(11, "ok"), (3, "warn"), (0, "warn"), (-1, "bad")]


def test_either_side_may_leave_within_45_days_in_the_company():
    begins = date(2027, 1, 4)  # a Monday without a holiday near it
    assert practical_days(begins, begins) == 1
    assert practical_days(begins, date(2027, 3, 5)) == 45
    assert within_trial(begins, date(2027, 3, 5))
    assert not within_trial(begins, date(2027, 3, 8))


def test_days_at_school_and_holidays_are_no_practical_days():
    begins = date(2027, 1, 4)
    school = frozenset(date(2027, 1, 4) + timedelta(days=n) for n in range(5))
    assert practical_days(begins, date(2027, 1, 10), school) == 0
    assert within_trial(begins, date(2027, 3, 12), school)
    assert practical_days(date(2027, 5, 6), date(2027, 5, 9)) == 1  # Ascension Day and a weekend
