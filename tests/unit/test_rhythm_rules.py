"""Which day is a school day, which a company day, and how many there are."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar as Feed

from portal.kernel.errors import NotPossible
from portal.rhythm import pdf, rules
from portal.rhythm.feed import feed
from portal.rhythm.rules import DayKind, Period, Place, Totals, calendar

PARIS = ZoneInfo("Europe/Paris")
#: Monday to Sunday, 9 to 15 November 2026; Wednesday 11 November is the Armistice.
MONDAY, SUNDAY = date(2026, 11, 9), date(2026, 11, 15)


def lesson(day, begins=9, hours=3):
    starts = datetime(2026, 11, day, begins, tzinfo=PARIS)
    return starts, starts + timedelta(hours=hours)


def week(*, periods=(), lessons=()):
    return calendar(MONDAY, SUNDAY, periods=list(periods), lessons=list(lessons))


def kinds(calendar):
    return "".join(day.kind.value[0] for day in calendar.days)


def at(place, first, last):
    return Period(date(2026, 11, first), date(2026, 11, last), place)


def test_days_with_lessons_are_school_days_and_the_others_company_days():
    assert kinds(week(lessons=[lesson(12), lesson(13)])) == "cchssww"


def test_weekends_and_holidays_are_neither_whatever_is_declared():
    assert kinds(week(periods=[at(Place.COMPANY, 9, 15)])) == "cchccww"
    assert kinds(week(periods=[at(Place.SCHOOL, 9, 15)])) == "sshssww"


def test_a_lesson_within_a_company_period_is_a_school_day_and_raises_a_doubt():
    found = week(periods=[at(Place.COMPANY, 9, 13)], lessons=[lesson(12)])
    assert kinds(found) == "cchscww"
    assert found.doubtful == [date(2026, 11, 12)]


def test_a_lesson_on_a_holiday_or_a_saturday_raises_a_doubt():
    found = week(lessons=[lesson(11), lesson(12), lesson(14)])
    assert kinds(found) == "cchscww"
    assert found.doubtful == [date(2026, 11, 11), date(2026, 11, 14)]


def test_days_and_hours_are_counted():
    found = week(
        periods=[at(Place.SCHOOL, 9, 9)], lessons=[lesson(12), lesson(12, 14, 4), lesson(13)]
    )
    assert found.totals == Totals(school_days=3, company_days=1, minutes=600)
    assert found.totals.hours == "10\u00a0h"
    assert Totals(1, 0, 90).hours == "1\u00a0h\u00a030"


def test_parallel_groups_count_once():
    both = [lesson(12, 14, 2), lesson(12, 14, 2), lesson(12, 15, 3), lesson(12, 9, 1)]
    assert rules.minutes_by_day(both) == {date(2026, 11, 12): 5 * 60}


def test_nothing_is_known_without_a_lesson_or_a_period():
    assert not week().known
    assert week(lessons=[lesson(12)]).known
    assert week(periods=[at(Place.COMPANY, 9, 9)]).known


def test_a_whole_year_counts_every_day_once():
    lessons = [
        (starts, starts + timedelta(hours=7))
        for starts in (
            datetime(2026, 10, 1, 9, tzinfo=PARIS) + timedelta(days=n) for n in range(212)
        )
        if starts.isoweekday() in (4, 5)
    ]
    year = calendar(date(2026, 10, 1), date(2027, 9, 30), periods=[], lessons=lessons)
    counted = [month.totals for month in year.months]
    assert len(year.days) == 365
    assert len(year.months) == 12
    assert sum(one.school_days for one in counted) == year.totals.school_days
    # 62 Thursdays and Fridays from October to April, less 25 December and 1 January
    assert year.totals.school_days == 60
    # 261 Mondays to Fridays, less the seven public holidays among them and the school days
    assert year.totals.company_days == 261 - 7 - 60


def test_months_are_whole_and_days_outside_count_for_nobody():
    found = calendar(date(2026, 11, 9), date(2026, 12, 2), periods=[], lessons=[lesson(12)])
    november, december = found.months
    assert [len(month.days) for month in (november, december)] == [30, 31]
    assert november.days[0].kind == december.days[-1].kind == DayKind.OUTSIDE
    assert november.totals.school_days == 1
    assert december.totals.company_days == 2


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 11, 3), date(2026, 11, 2)), (date(2026, 9, 30), SUNDAY)]
)
def test_a_period_has_its_days_in_order_within_the_year(first, last):
    year = {"starts_on": date(2026, 10, 1), "ends_on": date(2027, 9, 30)}
    with pytest.raises(NotPossible):
        rules.check_period(Period(first, last, Place.SCHOOL), **year)


def test_periods_do_not_overlap_and_may_touch():
    others = [at(Place.SCHOOL, 9, 13)]
    rules.check_free(at(Place.COMPANY, 14, 20), others)
    rules.check_free(at(Place.COMPANY, 2, 8), others)
    for first, last in ((13, 13), (2, 9), (1, 30), (10, 11)):
        with pytest.raises(NotPossible):
            rules.check_free(at(Place.COMPANY, first, last), others)


def test_school_days_are_said_in_few_words():
    found = calendar(
        date(2026, 11, 1),
        date(2026, 11, 30),
        periods=[at(Place.SCHOOL, 16, 20)],
        lessons=[lesson(5), lesson(6), lesson(12)],
    )
    assert pdf.in_words(found.days) == "5, 6, 12, 16–20"


def written(found, language="fr"):
    return feed(
        found,
        name="Léa, Durand; \r\nBEGIN:VEVENT",
        school="ILERI",
        identity="urn:x:1",
        since=datetime(2026, 9, 1, tzinfo=PARIS),
        language=language,
    )


def events(raw):
    return {str(event["uid"]): event for event in Feed.from_ical(raw).walk("VEVENT")}


def test_the_feed_holds_an_all_day_event_for_each_school_day_and_company_day():
    raw = written(week(lessons=[lesson(12)]))
    found = sorted(events(raw).values(), key=lambda event: event["dtstart"].dt)
    assert [event["dtstart"].dt.day for event in found] == [9, 10, 12, 13]
    for event in found:
        assert type(event["dtstart"].dt) is date
        assert event["dtend"].dt - event["dtstart"].dt == timedelta(days=1)
        assert event["transp"] == "TRANSPARENT"
    assert Feed.from_ical(raw)["x-wr-timezone"] == "Europe/Paris"
    assert max(map(len, raw.split(b"\r\n"))) <= 75


def test_a_day_keeps_its_number_when_it_moves_to_the_school():
    before, after = written(week(lessons=[lesson(12)])), written(week(lessons=[lesson(13)]))
    assert events(before).keys() == events(after).keys()
    assert before != after
    assert written(week(lessons=[lesson(12)])) == before


def test_holidays_are_named_in_the_readers_language():
    assert rules.holiday_name(date(2026, 11, 1), "fr") == "Toussaint"
    assert rules.holiday_name(date(2026, 11, 1), "en") == "All Saints’ Day"
    assert rules.holiday_name(date(2026, 11, 2)) == ""
