from datetime import datetime, timedelta

import pytest

from portal.kernel.clock import SCHOOL_ZONE
from portal.timetable.rules import LessonKind, LessonStatus, Slot, Week


def slot(starts, ends, **rest):
    at = datetime(2026, 10, 1, tzinfo=SCHOOL_ZONE)
    facts = {
        "id": 1,
        "title_fr": "Conformité",
        "title_en": "Compliance",
        "group_fr": "",
        "group_en": "",
        "kind": LessonKind.CLASS,
        "status": LessonStatus.PLANNED,
        "starts": at + timedelta(hours=starts),
        "ends": at + timedelta(hours=ends),
        "room": "B204",
        "remote_url": "",
        "lecturer": "",
        "was_room": "",
        "was_starts": None,
        "places": None,
    }
    return Slot(**facts | rest)


@pytest.mark.parametrize(
    ("starts", "ends", "place"),
    [
        (9, 12.5, "t0900 n7"),
        (8.5, 17.5, "t0830 n18"),
        (9.25, 10, "t0900 n2"),
        (9.25, 9.5, "t0900 n1"),
        (7, 10, "t0830 n3"),
        (6, 7, "t0830 n1"),
        (18, 20, "t1800 n4"),
        (21, 23.5, "t2100 n2"),
        (22.5, 23.5, "t2130 n1"),
        (0, 24, "t0830 n18"),
    ],
)
def test_each_lesson_has_a_place_on_the_grid(starts, ends, place):
    assert slot(starts, ends).place_in_grid == place


@pytest.mark.parametrize(
    ("starts", "ends", "late"), [(9, 17.5, False), (9, 18, True), (20, 26, True)]
)
def test_evening_classes_ask_for_a_longer_day(starts, ends, late):
    assert slot(starts, ends).in_the_evening is late


def test_times_are_said_as_they_are_even_when_the_grid_rounds_them():
    assert (slot(9.25, 22.75).begins_at, slot(9.25, 22.75).finishes_at) == ("09:15", "22:45")


def test_another_room_is_not_another_time():
    moved = {"status": LessonStatus.MOVED, "was_room": "A110"}
    assert slot(9, 10, **moved).elsewhere
    assert not slot(
        9, 10, was_starts=datetime(2026, 9, 30, 9, tzinfo=SCHOOL_ZONE), **moved
    ).elsewhere
    assert not slot(9, 10).elsewhere


@pytest.mark.parametrize("text", ["2026-W01", "2026-W53", "2000-W01", "2099-W53"])
def test_a_week_is_written_the_way_it_is_read(text):
    assert str(Week.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["2025-W53", "1999-W52", "2100-W01", "2026-W1", "2026-W00", " 2026-W01", "2026-W01\n", ""],
)
def test_other_spellings_and_years_name_no_week(text):
    with pytest.raises(ValueError, match="week"):
        Week.parse(text)
