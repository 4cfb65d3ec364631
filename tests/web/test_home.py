from datetime import date, timedelta
from io import BytesIO

import pytest
from playhouse.test_utils import assert_query_count

from portal import contracts
from portal.contracts.models import Contract
from portal.home.rules import CONTRACT_STEPS
from portal.kernel import clock, db
from portal.programme.models import Enrolment
from portal.refunds.models import Refund
from tests.support import databases, make_contracts, make_fees, make_refunds
from tests.support.client import StrictClient
from tests.support.make import Make


@pytest.fixture
def enrolment(make):
    return make.enrolment(make.person("Camille Moreau"))


@pytest.fixture
def home(client, enrolment):
    """The student's home, fresh."""
    client.sign_in(enrolment.student.person)
    return lambda: client.page("/")


def words(element):
    return " ".join(element.get_text(" ").replace("\xa0", " ").split())


def test_each_role_has_its_own_home(client, new_client, make):
    assert client.raw.get("/").headers["Location"].startswith("/sign-in")
    for person, place in (
        (make.staff("finance"), "/staff"),
        (make.person(role="company"), "/company"),
    ):
        answer = new_client().sign_in(person).raw.get("/")
        assert (answer.status_code, answer.headers["Location"]) == (302, place)


def test_the_student_is_greeted_by_name_in_any_script(home, make, new_client):
    assert words(home().h1).endswith(", Camille")
    for name in ("大江 健三郎", "محمد الأمين", "O’Brien", "<b>Bold</b> Name"):
        person = make.enrolment(make.person(name)).student.person
        page = new_client().sign_in(person).page("/")
        assert words(page.h1).endswith(name.split()[0])
        assert not page.h1.select("b")


def test_the_next_class_leads_to_its_week(home, make):
    soon = clock.now() + timedelta(days=9)
    make.lesson("Called off", at=soon - timedelta(hours=5), status="cancelled")
    make.lesson("Not my language", at=soon - timedelta(hours=4), group=make.group(name="Russian"))
    make.lesson("Over", at=clock.now() - timedelta(hours=9))
    make.lesson("Crisis governance", at=soon, room="Amphitheatre 1", lecturer="A. Berthier")

    sheet = home().select_one(".sheet.lead")

    assert "Crisis governance" in sheet.text
    assert "Amphitheatre 1. A. Berthier" in words(sheet)
    year, week, _ = clock.school_time(soon).isocalendar()
    assert sheet.select_one("a")["href"] == f"/timetable/{year}-W{week:02}"


def test_a_class_that_has_begun_is_still_the_next_one(home, make):
    make.lesson("Running", at=clock.now() - timedelta(hours=1))
    make.lesson("After", at=clock.now() + timedelta(hours=4))
    sheet = home().select_one(".sheet.lead")
    assert "Running" in sheet.text
    assert sheet.select_one("header .fine").text == "now"


def test_a_class_soon_is_said_in_minutes_and_where_it_was(home, make):
    soon = clock.now() + timedelta(minutes=40)
    make.lesson(at=soon, status="moved", room="B204", was_room="A110")
    sheet = home().select_one(".sheet.lead")
    assert sheet.select_one("header .fine").text in ("in 40 minutes", "in 39 minutes")
    assert "Room changed was A110" in words(sheet)


def test_an_earlier_enrolment_does_not_hide_the_next_class(home, make, enrolment):
    make.enrolment(enrolment.student.person, make.cohort(name="Old", starts_on=date(2025, 10, 1)))
    make.lesson("This year", at=clock.now() + timedelta(days=1))
    assert "This year" in home().select_one(".sheet.lead").text


def test_nothing_at_all_is_said_in_words(home):
    page = home()
    assert "No class is planned" in page.text
    assert "Your fees are not set yet" in page.text
    assert "Nothing to do for now." in page.text
    assert "Declare the contract" in words(page)


def test_what_is_late_says_since_when_and_is_the_first_thing_to_do(home, make, enrolment):
    due = clock.today() - timedelta(days=9)
    make_fees.plan(make, enrolment, deposit_due_on=due, first_due_on=clock.today() + timedelta(90))
    page = home()
    assert "Late payment" in page.text
    assert page.select_one(".figure + p").text.startswith("was due")
    assert words(page.select_one(".list li")).startswith("Pay what is late €1,500.00 was due")
    assert [tag.text for tag in page.select(".tag.bad")] == ["9 days late", "9 days late"]


def test_what_is_due_next_is_said_with_its_date(home, make, enrolment):
    due = clock.today() + timedelta(days=5)
    make_fees.plan(make, enrolment, deposit_due_on=due, first_due_on=clock.today() + timedelta(90))
    page = home()
    assert "Next payment" in page.text
    assert "In 5 days" in page.text
    assert "€0.00 paid of €9,750.00." in words(page)


def test_all_settled_is_said(home, make, enrolment):
    make_fees.plan(make, enrolment)
    make_fees.pay(make, enrolment, 9_750_00)
    assert "All settled" in home().text


@pytest.mark.parametrize(
    ("state", "step", "says"),
    [
        ("draft", "Step 2 of 4", "Send the signed contract"),
        ("submitted", "Step 3 of 4", "You have nothing to do."),
        ("changes_requested", "Step 2 of 4", "Send a corrected contract"),
        ("signed", "Accepted", "Orsay Risk Advisory, since"),
    ],
)
def test_the_contract_says_how_far_it_is(home, make, enrolment, state, step, says):
    contract = make.contract(enrolment, state=state, decided_at=clock.now())
    page = home()
    assert step in page.text
    assert says in words(page)
    assert page.select(f"a[href='/contracts/{contract.id}']")


def test_a_cancelled_contract_is_no_contract(home, make, enrolment):
    make.contract(enrolment, state="cancelled")
    assert "Declare the contract" in words(home())


@pytest.mark.parametrize("state", CONTRACT_STEPS)
def test_home_and_contract_page_count_the_same_steps(app, make, enrolment, state):
    make_contracts.submitted(make, app, enrolment=enrolment)
    Contract.update(state=state, decided_at=clock.now()).execute()
    steps = contracts.steps(contracts.of_enrolment(enrolment.id)[0])
    current = next((n for n, one in enumerate(steps, 1) if one.current), len(steps))
    assert (current, len(steps)) == (CONTRACT_STEPS[state], 4)


def test_a_proposed_refund_is_followed_until_it_is_paid(home, make, enrolment):
    make_refunds.case(make, paid=1_500_00, funded=9_750_00, enrolment=enrolment)
    refund = Refund.get()
    assert "€1,500.00 is proposed. A second person" in words(home())

    boss = make.staff("director")
    Refund.update(state="approved", decided_by=boss, decided_at=clock.now()).execute()
    page = home()
    assert "Your refund is approved" in page.text
    assert page.select_one(f"a.lead[href='/refunds/{refund.id}']")

    Refund.update(state="paid", paid_by=boss, paid_at=clock.now()).execute()
    assert "€1,500.00 was paid on" in words(home())


def test_a_refused_refund_is_news(home, make, enrolment):
    make_refunds.case(make, paid=1_500_00, funded=9_750_00, enrolment=enrolment)
    boss = make.staff("director")
    Refund.update(
        state="refused", reason="Wrong", decided_by=boss, decided_at=clock.now()
    ).execute()
    assert "Your refund was refused" in home().text


def test_home_costs_the_same_for_a_full_year(home, make, enrolment):
    make_refunds.case(make, paid=1_500_00, funded=9_750_00, enrolment=enrolment)
    for n in range(30):
        make.lesson(f"Course {n}", at=clock.now() + timedelta(days=n + 1))
    home()
    with assert_query_count(8):  # who am I; enrolment, class, money (3), contract, refund
        home()


def test_somebody_who_is_not_enrolled_has_a_home_too(client, new_client, make, enrolment):
    assert "not enrolled" in client.sign_in(make.person("Nobody Yet")).page("/").text
    Enrolment.update(withdrawn_on=clock.today()).execute()
    page = new_client().sign_in(enrolment.student.person).page("/")
    assert "not enrolled" in page.text


def test_home_is_french_for_who_reads_french(client, make):
    person = make.enrolment(make.person("Ada Byron", locale="fr")).student.person
    page = client.sign_in(person).page("/")
    assert page.html["lang"] == "fr"
    assert (
        words(page.select_one(".sentence")).split()[0]
        in "lundi mardi mercredi jeudi vendredi samedi dimanche"
    )


def test_the_registrar_sees_contracts_to_check_and_since_when(client, app, make):
    contract = make_contracts.submitted(make, app)
    Contract.update(submitted_at=clock.midnight(date(2026, 11, 2))).where(
        Contract.id == contract.id
    ).execute()
    client.sign_in(make.staff("registrar"))
    with assert_query_count(2):  # who am I, contracts
        page = client.page("/staff")
    assert words(page.select_one(".list li")).startswith(
        "1 contract to check The oldest waits since Monday 2 November 2026."
    )
    assert page.select_one(".list a")["href"] == "/staff/contracts"
    assert "refund" not in page.select_one("main").text


def test_finance_sees_refunds_with_their_sum(client, make):
    make_refunds.refund(make, cents=1_500_00)
    client.sign_in(make.staff("finance"))
    with assert_query_count(4):  # who am I, refunds, lines of the bank, orders
        page = client.page("/staff")
    assert words(page.select_one(".list li")).startswith("1 refund to approve €1,500.00 in all.")


def test_who_is_late_is_counted_after_the_page_and_listed_without_a_script(client, make):
    client.sign_in(make.staff("finance"))
    link = client.page("/staff").select_one("#home-late a[hx-trigger=load]")
    assert "No student is late." in client.fragment(link["href"]).text

    make_fees.plan(make, make.enrolment(make.person("Late Payer")))
    with assert_query_count(2):
        line = client.fragment(link["href"]).select_one("li#home-late")
    assert "1 student is late" in line.text
    assert line.a["href"] == "/staff/finance/dues"
    assert client.raw.get(link["href"]).headers["Location"] == "/staff/finance/dues"


def test_refunds_to_pay_are_a_line_of_their_own(client, make):
    make_refunds.refund(make, cents=1_500_00)
    Refund.update(
        state="approved", decided_by=make.staff("director"), decided_at=clock.now()
    ).execute()
    page = client.sign_in(make.staff("finance")).page("/staff")
    assert "1 refund to pay" in page.text
    assert page.select_one(".list a")["href"] == "/staff/refunds?state=to-pay"


def test_the_director_sees_everything_at_once(client, app, make):
    make_contracts.submitted(make, app)
    make_refunds.refund(make, cents=1_500_00)
    client.sign_in(make.staff("director"))
    with assert_query_count(5):
        page = client.page("/staff")
    assert len(page.select(".list li")) == 3


@pytest.mark.parametrize("permission", ["registrar", "finance", "director", "administrator"])
def test_staff_with_nothing_to_do_read_so(client, make, permission):
    page = client.sign_in(make.staff(permission)).page("/staff")
    assert "Nothing waits for you" in page.text or "Nothing to approve" in page.text


def test_what_is_not_ones_business_is_not_counted(client, app, make):
    make_contracts.submitted(make, app)
    make_refunds.refund(make, cents=1_500_00)
    page = client.sign_in(make.staff("administrator")).page("/staff")
    assert "Nothing waits for you" in page.text
    client.fragment("/staff/late", expect=403)


def test_more_lists_the_whole_navigation_of_each_role(client, new_client, make):
    student = client.sign_in(make.person()).page("/more")
    rail = {link["href"] for link in student.select(".rail li:not(.more) a")}
    assert rail < {link["href"] for link in student.select("main a")}
    for person, place in (
        (make.staff("registrar"), "/staff/contracts"),
        (make.person(role="company"), "/company"),
    ):
        assert new_client().sign_in(person).page("/more").select(f"main a[href='{place}']")


def test_the_bar_of_a_phone_has_five_places(client, make):
    page = client.sign_in(make.person()).page("/more")
    assert len(page.select(".rail li:not(.extra)")) == 5


def test_health_says_that_all_is_well_and_nothing_else(app):
    answer = app.test_client().get("/health")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ok", "database": "ok"}


@pytest.fixture
def without_database(app, settings, tmp_path):
    """The browser of somebody signed in, and a database that is away."""
    with db.database.connection_context():
        browser = StrictClient(app).sign_in(Make().person(locale="en"))
    databases.close()
    db.connect(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    yield browser
    db.connect(settings.database_url)


def test_health_says_when_the_database_is_away(without_database):
    answer = without_database.raw.get("/health")
    assert answer.status_code == 503
    assert answer.get_json() == {"status": "unavailable", "database": "away"}


def test_a_page_in_our_look_says_when_the_database_is_away(without_database):
    page = without_database.page("/timetable", expect=503)
    assert page.select_one("main [role=alert]")
    without_database.fragment("/timetable", expect=503)


def test_style_sheets_come_without_asking_the_database(app):
    with db.database.connection_context():
        browser = StrictClient(app).sign_in(Make().person())
    with browser.raw.get("/static/css/base.css") as answer:
        assert answer.status_code == 200
        assert BytesIO(answer.data).read(2) == b"/*"
