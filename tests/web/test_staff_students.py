from datetime import date

import pytest
from playhouse.test_utils import assert_query_count

from portal.certificates.models import Certificate
from portal.home import queries
from portal.home.queries import Filters
from portal.kernel import clock
from portal.kernel.db import database
from portal.programme import Scheme, change_scheme
from portal.programme.models import Enrolment, Student
from tests.support import make_contracts, make_fees, make_home, make_refunds


@pytest.fixture
def registrar(client, make):
    return client.sign_in(make.staff("registrar"))


@pytest.fixture
def director(new_client, make):
    return new_client().sign_in(make.staff("director"))


def names(page):
    return [link.text for link in page.select("tbody th a")]


def words(element):
    return " ".join(element.get_text(" ").replace("\xa0", " ").split())


@pytest.mark.parametrize(
    "typed",
    [
        "Lefevre",
        "LEFÈVRE",
        "lefèvre",
        "lefe\u0300vre",
        "zoe lefevre",
        "Lefèvre  Zoé",
        "fevr",
        "0002",
    ],
)
def test_a_name_is_found_without_accents_and_case(registrar, make, typed):
    make_home.students(make, "Ada Byron", "Zoé Lefèvre", "Élodie Çelik")
    answer = registrar.raw.get("/staff/students", query_string={"q": typed})
    assert "Lefèvre, Zoé" in answer.text
    assert "Byron" not in answer.text


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Łukasz Ślązak", "lukasz slazak"),
        ("Søren Ærø", "soren aero"),
        ("健三郎 大江", "大江"),
        ("محمد الأمين", "الأمين"),
        ("Seán O’Brien", "o'brien"),
        ("Ştefan Ionescu", "stefan"),
        ("Ada 100%_sure", "100%_s"),
    ],
)
def test_names_of_any_script_are_found(registrar, make, name, typed):
    make_home.students(make, "Ada Byron", name)
    page = registrar.raw.get("/staff/students", query_string={"q": typed}).text
    assert name.split()[1] in page
    assert "Byron" not in page


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", "x" * 5000])
def test_odd_searches_find_nobody_and_break_nothing(registrar, make, typed):
    make_home.students(make, "Ada Byron")
    answer = registrar.raw.get("/staff/students", query_string={"q": typed})
    assert answer.status_code == 200
    assert "Byron" not in answer.text


def test_control_characters_in_a_search_do_not_count(registrar, make):
    make_home.students(make, "Ada Byron", "Zoé Lefèvre")
    answer = registrar.raw.get("/staff/students", query_string={"q": "by\x00ron\x07"})
    assert "Byron" in answer.text
    assert "Lefèvre" not in answer.text


def test_a_search_without_result_offers_a_way_back(registrar, make):
    make_home.students(make, "Ada Byron")
    page = registrar.page("/staff/students?q=Moraeu")
    assert "No student matches “Moraeu”" in page.text
    assert page.select_one(".empty a")["href"] == "/staff/students"
    assert page.select_one("#q")["value"] == "Moraeu"


def test_a_new_name_is_found_at_once(registrar, make):
    student = make.enrolment(make.person("Ada Byron")).student
    student.family_name = "Löwenherz"
    student.save()
    assert names(registrar.page("/staff/students?q=lowenherz")) == ["Löwenherz, Ada"]


def test_students_stand_in_the_order_of_their_names_whatever_the_accents(registrar, make):
    make_home.students(make, "A Zola", "A Éluard", "A eco", "Béa Çelik", "A Celik")
    expected = ["Celik, A", "Çelik, Béa", "eco, A", "Éluard, A", "Zola, A"]
    assert names(registrar.page("/staff/students")) == expected


def test_pages_of_fifty_lead_forward_and_back_without_losing_anybody(registrar, make):
    make_home.crowd(make, 103)
    first = registrar.page("/staff/students")
    assert not first.select(".pager a[href*=before]")
    second = registrar.fragment(first.select_one(".pager a[href*=after]")["href"])
    third = registrar.page(second.select_one(".pager a[href*=after]")["href"])
    assert not third.select(".pager a[href*=after]")

    everybody = names(first) + names(second) + names(third)
    assert everybody == [f"Crowd {n:04d}, Ada" for n in range(103)]

    back = registrar.page(third.select_one(".pager a[href*=before]")["href"])
    assert names(back) == names(second)
    again = registrar.page(back.select_one(".pager a[href*=before]")["href"])
    assert names(again) == names(first)
    assert "Crowd" not in back.select_one(".pager").decode()


def test_filters_narrow_the_list_and_stay_filled_in(registrar, make):
    other = make.cohort(name="ISI 2025-2026", starts_on=date(2025, 10, 1))
    make_home.students(make, "Now One")
    make_home.students(make, "Then One", cohort=other)
    apprentice = make_home.students(make, "Now Two")[0]
    change_scheme(apprentice.id, Scheme.APPRENTICESHIP, by=apprentice.student.person_id)

    page = registrar.page(f"/staff/students?cohort={other.id}")
    assert names(page) == ["One, Then"]
    assert page.select_one("#cohort option[selected]").text == "ISI 2025-2026"
    assert names(registrar.page("/staff/students?scheme=apprenticeship")) == ["Two, Now"]
    assert names(registrar.page(f"/staff/students?scheme=apprenticeship&cohort={other.id}")) == []


@pytest.mark.parametrize(
    "odd", ["cohort=x", "cohort=-1", "scheme=none", "after=9999999999999", "before=²", "late=yes"]
)
def test_a_nonsense_filter_is_no_filter(registrar, make, odd):
    make_home.students(make, "Ada Byron")
    assert names(registrar.page(f"/staff/students?{odd}")) == ["Byron, Ada"]


def test_a_student_of_two_years_stands_once_under_the_latest(registrar, make):
    person = make.person("Ada Byron")
    make.enrolment(person, make.cohort(name="Old", starts_on=date(2025, 10, 1)))
    make.enrolment(person)
    page = registrar.page("/staff/students")
    assert names(page) == ["Byron, Ada"]
    assert "ISI 2026-2027" in page.select_one("tbody").text


def test_the_form_works_with_and_without_a_script(registrar, make):
    make_home.students(make, "Ada Byron", "Zoé Lefèvre")
    page = registrar.page("/staff/students?q=zoe").select_one("#home-students")
    fragment = registrar.fragment("/staff/students?q=zoe").select_one("#home-students")
    assert fragment.decode() == page.decode()
    assert "1 student found" in fragment.text


def test_who_is_late_can_be_listed_by_those_who_count_money(director, registrar, make):
    late, paid = make_home.students(make, "Late One", "Paid One")
    make_fees.plan(make, late)
    make_fees.plan(make, paid)
    make_fees.pay(make, paid, 9_750_00)
    assert names(director.page("/staff/students?late=1")) == ["One, Late"]
    assert len(names(registrar.page("/staff/students?late=1"))) == 2


def test_columns_follow_the_permissions(new_client, app, make):
    enrolment = make_fees.plan(make, make_home.students(make, "Ada Byron")[0])
    make_contracts.submitted(make, app, enrolment=enrolment)
    seen = {}
    for permission in ("administrator", "registrar", "finance", "director"):
        page = new_client().sign_in(make.staff(permission)).page("/staff/students")
        seen[permission] = ("Being checked" in page.text, "€9,750.00" in page.text)
    assert seen == {
        "administrator": (False, False),
        "registrar": (True, False),
        "finance": (True, True),
        "director": (True, True),
    }


def test_a_page_costs_five_queries_for_any_number_of_students(director, make):
    make_home.crowd(make, 60)
    for enrolment in Enrolment.select().limit(5):
        make.contract(enrolment)
    with assert_query_count(5):  # who am I, students, cohorts, contract states, money
        assert len(names(director.page("/staff/students"))) == 50


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)  # PostgreSQL plans by statistics
def test_a_page_is_read_from_an_index_and_never_sorted(make):
    after = make_home.crowd(make, 3)[1].id
    rows = queries.register._lines(Filters(after=after)).order_by(Student.folded).limit(51)
    sql, values = rows.sql()
    plan = str(database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall())
    assert "student_folded" in plan
    assert "TEMP B-TREE" not in plan


def test_an_empty_register_says_so(registrar):
    assert "No student yet" in registrar.page("/staff/students").text


def test_students_and_companies_may_not_read_the_register(client, new_client, make):
    for person in (make.person(), make.person(role="company")):
        browser = new_client().sign_in(person)
        browser.page("/staff/students", expect=403)
        browser.page("/staff/students/1", expect=403)
    client.page("/staff/students/1", expect=303)


@pytest.fixture
def full(app, make):
    """A student with everything: groups, a plan, an accepted contract, a refund, a certificate."""
    enrolment = make.enrolment(make.person("Camille Moreau"))
    make.group(enrolment, name="Russian")
    make_refunds.case(make, paid=1_500_00, funded=9_750_00, enrolment=enrolment)
    Certificate.create(
        number="CS-2026-000001",
        code="ABCD2345EFGH",
        enrolment=enrolment,
        language="fr",
        facts="{}",
        issued_by=enrolment.student.person,
        request_key="once",
    )
    return enrolment


def test_the_file_shows_one_student_whole(director, full):
    director.page("/staff/students")
    with assert_query_count(11):
        page = director.page(f"/staff/students/{full.student_id}")
    text = words(page.select_one("main"))
    assert page.h1.text == "Moreau, Camille"
    for fact in ("17 May 2003 in Lyon", "Russian", "Orsay Risk Advisory", "CS-2026-000001"):
        assert fact in text
    assert "€1,500.00 paid of €9,750.00." in text
    assert page.select("a[href^='/contracts/']")
    assert page.select("a[href^='/refunds/']")
    assert page.select("a[href='/verify/ABCD2345EFGH']")


def test_the_file_says_what_is_late(director, make):
    enrolment = make_fees.plan(make, make_home.students(make, "Late One")[0])
    page = director.page(f"/staff/students/{enrolment.student_id}")
    assert "days late" in page.select_one(".note.bad h2").text


def test_money_is_for_finance_and_the_director_and_papers_not_for_the_administrator(
    new_client, make, full
):
    url = f"/staff/students/{full.student_id}"
    seen = {}
    for permission in ("administrator", "registrar", "finance", "director"):
        page = new_client().sign_in(make.staff(permission)).page(url)
        heads = {h2.text for h2 in page.select("main h2")}
        seen[permission] = ("Fees" in heads, "Contracts" in heads, "Born" in page.text)
    assert seen == {
        "administrator": (False, False, False),
        "registrar": (False, True, True),
        "finance": (True, True, True),
        "director": (True, True, True),
    }


def test_each_year_has_its_own_view(director, make):
    person = make.person("Ada Byron")
    old = make.enrolment(person, make.cohort(name="Old", starts_on=date(2025, 10, 1)))
    new = make.enrolment(person)
    url = f"/staff/students/{new.student_id}"
    assert director.page(url).select_one(".tabs [aria-current]").text == "ISI 2026-2027"
    page = director.page(f"{url}?enrolment={old.id}")
    assert page.select_one(".tabs [aria-current]").text == "Old"


def test_the_enrolment_of_somebody_else_is_not_shown(director, make):
    mine, other = make_home.students(make, "Ada Byron", "Jane Somebody")
    page = director.page(f"/staff/students/{mine.student_id}?enrolment={other.id}")
    assert page.h1.text == "Byron, Ada"
    assert "Somebody" not in page.text


def test_a_student_without_enrolment_or_who_has_left_is_said(director, make):
    lone = Student.create(person=make.person(), number="X-1", given_names="", family_name="Lone")
    assert "Not enrolled" in director.page(f"/staff/students/{lone.id}").text
    assert "Not enrolled" in director.page("/staff/students").text
    gone = make.enrolment(make.person("Ada Gone"))
    Enrolment.update(withdrawn_on=clock.today()).where(Enrolment.id == gone.id).execute()
    assert "Has left the programme" in director.page(f"/staff/students/{gone.student_id}").text


def test_a_student_who_does_not_exist_is_a_404(director):
    director.page("/staff/students/999", expect=404)


def test_changing_the_scheme_is_written_down_once(make, director, full):
    for _ in range(2):
        change_scheme(full.id, Scheme.APPRENTICESHIP, by=make.staff("registrar").id)
    assert Enrolment.find(full.id).scheme == "apprenticeship"
    trail = database.execute_sql(
        "SELECT detail FROM audit_event WHERE tag = 'programme:scheme-changed'"
    ).fetchall()
    assert trail == [("initial → apprenticeship",)]
