from datetime import UTC, datetime, timedelta

import pytest
from playhouse.test_utils import assert_query_count

from portal.kernel import clock
from portal.programme.models import Enrolment
from portal.timetable.rules import Week


@pytest.fixture
def student(make):
    return make.enrolment().student.person


@pytest.fixture
def signed_in(client, student):
    return client.sign_in(student)


def test_the_fragment_is_a_cut_from_the_page(signed_in, make):
    make.lesson("Economic security")
    page = signed_in.page("/timetable/2026-W40").select_one("#timetable-week")
    fragment = signed_in.fragment("/timetable/2026-W40").select_one("#timetable-week")
    assert "Economic security" in page.text
    assert fragment.decode() == page.decode()


def test_a_week_costs_one_query_for_any_number_of_lessons(signed_in, make):
    for n in range(12):
        make.lesson(f"Course {n}", at=datetime(2026, 10, 1, 6, tzinfo=UTC) + timedelta(hours=n))
    with assert_query_count(2):  # who am I, the week
        signed_in.page("/timetable/2026-W40")


@pytest.mark.parametrize(
    ("week", "at"),
    [
        ("2026-W40", datetime(2026, 10, 1, 7, tzinfo=UTC)),
        ("2026-W44", datetime(2026, 10, 29, 8, tzinfo=UTC)),
        ("2027-W12", datetime(2027, 3, 25, 8, tzinfo=UTC)),
        ("2027-W13", datetime(2027, 4, 1, 7, tzinfo=UTC)),
    ],
    ids=["summer", "after 25 October", "before 28 March", "after 28 March"],
)
def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change(signed_in, make, week, at):
    make.lesson(at=at)
    lesson = signed_in.page(f"/timetable/{week}").select_one(".lesson")
    assert "09:00–12:30" in " ".join(lesson.select_one(".at").text.split())
    assert {"t0900", "n7"} <= set(lesson["class"])


def test_only_the_own_language_groups_are_shown(signed_in, student, make):
    mine = Enrolment.get()
    make.group(mine, name="German")
    make.lesson("German", group=make.group(name="German"))
    make.lesson("Russian", group=make.group(name="Russian"))

    titles = [h3.text for h3 in signed_in.page("/timetable/2026-W40").select(".lesson h3")]

    assert titles == ["German"]


def test_other_cohorts_are_not_shown(signed_in, make):
    make.lesson("Secret", cohort=make.cohort(name="ISI 2025-2026"))
    assert "Secret" not in signed_in.page("/timetable/2026-W40").text


def test_a_change_says_what_it_was(signed_in, make):
    make.lesson(status="moved", room="B204", was_room="A110")
    page = signed_in.page("/timetable/2026-W40")
    assert "Room B204 (was A110)" in page.select_one(".lesson.moved").text
    assert "1 change this week" in page.select_one("#timetable-week .note").text


def test_a_cancelled_class_stays_visible_and_struck_out(signed_in, make):
    make.lesson(status="cancelled")
    assert "Cancelled" in signed_in.page("/timetable/2026-W40").select_one(".lesson.off").text


def test_today_is_marked_in_words(signed_in, make):
    make.lesson(at=clock.midnight(clock.today()) + timedelta(hours=9))
    today = signed_in.page("/timetable").select_one(".day.today")
    assert today["aria-current"] == "date"
    assert "today" in today.h2.text


def test_a_saturday_or_evening_class_does_not_vanish(signed_in, make):
    make.lesson("On Saturday", at=datetime(2026, 10, 3, 7, tzinfo=UTC))
    make.lesson("In the evening", at=datetime(2026, 10, 1, 17, tzinfo=UTC))
    page = signed_in.page("/timetable/2026-W40")
    assert [h3.text for h3 in page.select(".lesson h3")] == ["In the evening", "On Saturday"]
    assert "19:00" in page.select_one(".lesson .at").text
    assert {"t1900", "n6"} <= set(page.select_one(".lesson")["class"])
    assert {"late", "d6"} <= set(page.select_one(".week")["class"])


def test_a_class_on_an_unusual_day_gets_as_much_room_as_the_others(signed_in, make):
    make.lesson(at=datetime(2026, 10, 1, 7, tzinfo=UTC))
    assert signed_in.page("/timetable/2026-W40").select_one(".week")["class"] == ["week"]
    make.lesson(at=datetime(2026, 9, 28, 7, tzinfo=UTC))
    assert "intensive" in signed_in.page("/timetable/2026-W40").select_one(".week")["class"]


def test_two_classes_at_once_are_both_there(signed_in, make):
    make.lesson("One")
    make.lesson("Other")
    page = signed_in.page("/timetable/2026-W40")
    assert [h3.text for h3 in page.select(".lesson h3")] == ["One", "Other"]


def test_a_move_says_when_it_was(signed_in, make):
    moved_from = datetime(2026, 9, 30, 8, tzinfo=UTC)
    make.lesson("Lobbying", status="moved", was_starts_at=moved_from)
    page = signed_in.page("/timetable/2026-W40")
    assert "was 30 Sep 2026 at 10:00" in page.select_one(".lesson").text.replace("\xa0", " ")
    assert "Lobbying was moved to Thursday at 09:00." in page.select_one(".note.warn").text


def test_a_lesson_without_a_room_offers_its_link_unless_it_is_cancelled(signed_in, make):
    make.lesson(room="", remote_url="https://meet.example/a")
    make.lesson(room="", remote_url="https://meet.example/b", status="cancelled")
    links = signed_in.page("/timetable/2026-W40").select(".lesson a")
    assert [link["href"] for link in links] == ["https://meet.example/a"]


@pytest.mark.parametrize(
    ("scheme", "word"), [("initial", "No class"), ("apprenticeship", "Company")]
)
def test_days_without_class_are_spent_in_the_company_in_work_study(signed_in, make, scheme, word):
    Enrolment.update(scheme=scheme).execute()
    make.lesson()
    assert signed_in.page("/timetable/2026-W40").select_one(".day.company > p").text == word


def test_names_are_text_and_never_markup(signed_in, make):
    make.lesson("<img src=x>", lecturer="<b>Ōe 大江 健三郎</b>", room="<i>1</i>")
    lesson = signed_in.page("/timetable/2026-W40").select_one(".lesson")
    assert not lesson.select("img, b, i")
    assert "<b>Ōe 大江 健三郎</b>" in lesson.text


def test_weeks_are_turned_by_links_that_also_work_without_a_script(signed_in):
    page = signed_in.page("/timetable/2026-W53")
    before, after = page.select_one("[rel=prev]"), page.select_one("[rel=next]")
    assert before["href"].endswith("/timetable/2026-W52")
    assert after["href"].endswith("/timetable/2027-W01")
    assert after["hx-push-url"] == "true"
    assert after["hx-target"] == "#timetable-week"


def test_only_students_have_a_timetable(client, new_client, make):
    client.page("/timetable", expect=303)
    new_client().sign_in(make.staff("registrar")).page("/timetable", expect=403)
    new_client().sign_in(make.person(role="company")).page("/seminars", expect=403)


def test_an_empty_week_is_said_in_words(signed_in):
    page = signed_in.page("/timetable/2026-W52")
    assert "No class this week" in page.select_one(".empty").text


def test_french_students_read_french(client, make):
    person = make.enrolment(make.person("Ada", locale="fr")).student.person
    make.lesson(status="cancelled")
    page = client.sign_in(person).page("/timetable/2026-W40")
    assert page.html["lang"] == "fr"
    assert "28 septembre" in page.h1.text.replace("\xa0", " ")
    assert "2 octobre 2026" in page.h1.text.replace("\xa0", " ")
    assert "Jeudi" in page.text


@pytest.mark.parametrize(
    "week",
    [
        "2026-W60",
        "2026-W54",
        "2026-W00",
        "2026-W5",
        "2026-36",
        "2026-w40",
        "nonsense",
        "0001-W01",
        "9999-W52",
        "-2026-W40",
        "２０２６-W40",
        "2026-W40%00",
    ],
)
def test_a_week_that_does_not_exist_is_a_404(signed_in, week):
    signed_in.page(f"/timetable/{week}", expect=404)


def test_the_calendar_ends_without_a_fall(signed_in):
    assert not signed_in.page("/timetable/2000-W01").select("[rel=prev]")
    assert not signed_in.page("/timetable/2099-W53").select("[rel=next]")


def test_a_history_restore_gets_the_whole_page(signed_in):
    answer = signed_in.raw.get(
        "/timetable/2026-W40",
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    )
    assert "<html" in answer.text


def test_somebody_who_is_not_enrolled_sees_an_empty_week(client, make):
    assert client.sign_in(make.person()).page("/timetable/2026-W40").select_one(".empty")


@pytest.mark.parametrize("year", range(2020, 2032))
def test_weeks_follow_each_other_without_a_gap(year):
    week = Week.containing(datetime(year, 12, 20, tzinfo=UTC).date())
    for _ in range(4):
        assert week.later.monday - week.monday == timedelta(days=7)
        assert Week.parse(str(week)) == week
        assert week.later.earlier == week
        week = week.later


def test_seminars_to_come_stand_before_past_ones(signed_in, make):
    make.lesson("Past one", at=clock.now() - timedelta(days=3), kind="seminar")
    make.lesson("Coming one", at=clock.now() + timedelta(days=3), kind="conference", places=30)
    make.lesson("Plain class", at=clock.now() + timedelta(days=3))
    with assert_query_count(2):
        page = signed_in.page("/seminars")
    assert [h3.text for h3 in page.select("main h3")] == ["Coming one", "Past one"]
    assert "30 places" in page.text


def test_no_seminar_yet_is_said_in_words(signed_in):
    page = signed_in.page("/seminars")
    assert "No seminar is planned yet" in page.select_one(".empty").text


def test_seminars_of_another_cohort_or_of_another_group_are_not_shown(signed_in, make):
    soon = clock.now() + timedelta(days=3)
    make.lesson("Elsewhere", at=soon, kind="seminar", cohort=make.cohort(name="ISI 2025-2026"))
    make.lesson("Not my language", at=soon, kind="seminar", group=make.group(name="Russian"))
    assert not signed_in.page("/seminars").select("main h3")


def test_a_cancelled_seminar_says_so(signed_in, make):
    make.lesson("Crisis", at=clock.now() + timedelta(days=3), kind="seminar", status="cancelled")
    assert "Cancelled" in signed_in.page("/seminars").select_one(".list .tag").text
