"""A school of very many cohorts: lists offer those that people look for, and know every one that is asked for."""

from datetime import date

import pytest

from portal import programme
from portal.programme import Cohort
from portal.programme.queries import MOST_CHOICES


@pytest.fixture
def many(make):
    """Two cohorts a year since long ago, one more than a list offers; the newest first."""
    return [cohort_of(make, number) for number in reversed(range(MOST_CHOICES + 1))]


def cohort_of(make, number):
    year = 2000 + number // 2
    days = {"starts_on": date(year, 9, 1), "ends_on": date(year + 1, 8, 31)}
    return make.cohort(name=f"Class {number:03}", year=f"{year}-{year + 1}", **days)


def offered(asked=None):
    return {one.value: one.ids for one in programme.cohort_choices(asked, "en")}


def test_a_list_offers_no_more_than_anybody_reads_years_and_new_cohorts_first(many):
    shown = list(offered())
    assert len(shown) == MOST_CHOICES
    assert many[1].year in shown
    assert str(many[0].id) in shown
    assert str(many[-1].id) not in shown


def test_what_is_offered_holds_all_its_cohorts_once_it_is_asked_for(many):
    everything = f"p{many[0].programme_id}"
    assert offered(everything)[everything] == {one.id for one in many}
    year = many[1].year
    assert offered(year)[year] == {one.id for one in many if one.year == year}
    newest = str(many[0].id)
    assert offered(newest)[newest] == {many[0].id}


def test_an_old_cohort_is_offered_to_whom_asks_for_it(many):
    oldest = str(many[-1].id)
    shown = offered(oldest)
    assert shown[oldest] == {many[-1].id}
    assert len(shown) == MOST_CHOICES + 1
    assert "2999-3000" not in offered("2999-3000")


def test_a_school_of_some_cohorts_is_offered_them_all_whatever_is_asked_for(make):
    cohorts = [make.cohort(name=f"ISI {number}") for number in range(4)]
    assert offered() == offered(str(cohorts[0].id)) == offered("nothing")
    assert Cohort.select().count() == 4
    assert {str(one.id) for one in cohorts} <= set(offered())
