"""The work-study calendar: who sees which days, the company's private feed, what staff declare."""

from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
from icalendar import Calendar as Feed
from playhouse.test_utils import assert_query_count

from portal.audit.models import AuditEvent
from portal.contracts.models import Contract, ContractContact
from portal.identity.models import Person
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import translate
from portal.rhythm import of_contract, queries, service
from portal.rhythm.models import RhythmLink, RhythmPeriod
from portal.rhythm.rules import Period, Place
from tests.support.client import HTMX
from tests.support.threads import at_once

KEY = "one click, sixteen"


@pytest.fixture
def registrar(make):
    return make.staff("registrar", name="Grace Hopper")


@pytest.fixture
def staff(registrar, new_client):
    return new_client().sign_in(registrar)


@pytest.fixture
def contract(make):
    """A running contract of a student with lessons on two Thursdays and a Friday of November."""
    for day in (5, 6, 12):
        make.lesson(at=datetime(2026, 11, day, 8, tzinfo=UTC))
    decided = datetime(2026, 10, 20, tzinfo=UTC)
    facts = {"funded_cents": 9_750_00, "decided_at": decided, "ends_on": date(2026, 11, 30)}
    return make.contract(state="active", **facts)


@pytest.fixture
def student(contract, new_client):
    return new_client().sign_in(contract.enrolment.student.person)


@pytest.fixture
def company(contract, new_client):
    return new_client().sign_in(contract.contact)


def home(contract):
    return f"/contracts/{contract.id}/rhythm"


def figures(page):
    return [one.text for one in page.select(".figures dd")]


def link_made_by(browser, contract):
    """The path of a new private link, as the page shows it."""
    page = browser.page(home(contract))
    form = page.select_one("#rhythm-link form")
    answer = browser.submit(form, htmx=True)
    address = answer.select_one("#rhythm-address")["value"]
    return address[address.index("/calendars/") :]


def events(answer):
    found = Feed.from_ical(answer.data).walk("VEVENT")
    return {str(event["uid"]): (event["dtstart"].dt, str(event["summary"])) for event in found}


def typed(form, **changes):
    facts = {
        "first_on": "2026-11-16",
        "last_on": "2026-11-20",
        "place": "school",
        "note": "Revision",
    }
    return {"form": form, **facts, **changes}


def declare(browser, cohort, *, htmx=True, expect=204, **changes):
    form = browser.page(f"/staff/rhythm/{cohort.id}").select_one("#rhythm-period")
    return browser.submit(htmx=htmx, expect=expect, **typed(form, **changes))


def test_the_student_reads_the_year_with_its_days_counted(student, contract):
    page = student.page("/rhythm")
    assert figures(page)[0] == "3"
    assert figures(page)[2].replace("\xa0", " ") == "10 h 30"
    november = page.select(".month")[1]
    assert "3 school days, 17 company days" in november.header.text
    assert [li.contents[0] for li in november.select(".school")] == ["5", "6", "12"]
    assert page.select_one(f'a[href="{home(contract)}"]')


def test_every_day_says_in_words_what_it_is(student, contract):
    november = student.page("/rhythm").select(".month")[1]
    said = {
        li.contents[0]: li.select_one(".vh").text.strip() for li in november.select("li:not(.h)")
    }
    assert said["5"] == "school"
    assert said["4"] == "company"
    assert said["7"] == "weekend"
    assert said["11"] == "Armistice Day"
    assert len(said) == 30


def test_a_contracts_days_run_from_its_first_to_its_last(student, company, staff, contract):
    for browser in (student, company, staff):
        assert figures(browser.page(home(contract)))[:2] == ["3", "17"]


def test_cancelled_lessons_and_those_of_other_groups_are_no_school_days(make, student, contract):
    other = make.group(name="Chinese")
    make.lesson(at=datetime(2026, 11, 16, 8, tzinfo=UTC), group=other)
    make.lesson(at=datetime(2026, 11, 17, 8, tzinfo=UTC), status="cancelled")
    own = make.group(contract.enrolment, name="German")
    make.lesson(at=datetime(2026, 11, 18, 8, tzinfo=UTC), group=own)
    assert figures(student.page(home(contract)))[:2] == ["4", "16"]


def test_a_late_lesson_belongs_to_its_day_in_paris(make, contract, student):
    make.lesson(at=datetime(2026, 11, 17, 23, 30, tzinfo=UTC))
    made = of_contract(Contract.find(contract.id))
    assert date(2026, 11, 18) in [day.date for day in made.days if day.kind.value == "school"]


def test_nothing_is_promised_before_the_first_lesson(make, new_client):
    contract = make.contract()
    browser = new_client().sign_in(contract.enrolment.student.person)
    page = browser.page("/rhythm")
    assert "not known yet" in page.select_one(".empty").text
    assert not page.select(".month")


def test_the_calendar_is_linked_from_contract_and_company(student, company, contract):
    assert student.page(f"/contracts/{contract.id}").select_one(f'a[href="{home(contract)}"]')
    assert company.page("/company").select_one(f'a[href="{home(contract)}"]')


def test_nobody_else_sees_a_contracts_days(make, new_client, contract):
    foreign = make.contract(state="active", company=make.company("Foreign"))
    strangers = [
        foreign.contact,
        foreign.enrolment.student.person,
        make.staff("administrator", name="No reader"),
    ]
    for person in strangers:
        browser = new_client().sign_in(person)
        token = browser.page("/verify").select_one("meta[name=csrf-token]")["content"]
        assert browser.raw.get(home(contract)).status_code == 404
        assert browser.raw.get(f"{home(contract)}.pdf").status_code == 404
        for act in ("link", "link/revoke"):
            answer = browser.raw.post(f"{home(contract)}/{act}", data={"csrf_token": token})
            assert answer.status_code == 404, (person.name, act)
    assert not RhythmLink.select().exists()


def test_a_colleague_of_the_contact_sees_the_days(make, new_client, contract):
    colleague = make.person("Ines Colleague", "company")
    browser = new_client().sign_in(colleague)
    assert browser.raw.get(home(contract)).status_code == 404
    ContractContact.create(contract=contract, person=colleague)
    assert browser.page(home(contract))


def test_a_company_sees_nothing_once_the_contract_is_over(company, student, contract):
    Contract.update(state="terminated", ended_on=date(2026, 11, 8), end_reason="x").execute()
    assert company.raw.get(home(contract)).status_code == 404
    page = student.page(home(contract))
    assert figures(page)[:2] == ["2", "3"]
    assert not page.select("#rhythm-link form")


@pytest.mark.parametrize("who", ["student", "company", "staff"])
def test_student_company_and_staff_make_the_link_and_switch_it_off(who, request, client, contract):
    browser = request.getfixturevalue(who)
    path = link_made_by(browser, contract)
    answer = client.raw.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert len(events(answer)) == 20
    off = browser.page(home(contract)).select("#rhythm-link form")[1]
    assert browser.submit(off, htmx=True, expect=204) == home(contract)
    assert client.raw.get(path).status_code == 404
    tags = [event.tag for event in AuditEvent.select().order_by(AuditEvent.id)]
    assert [tag for tag in tags if "link" in tag] == ["rhythm:link-made", "rhythm:link-revoked"]


def test_finance_reads_the_days_and_shares_nothing(make, new_client, contract):
    browser = new_client().sign_in(make.staff("finance", name="Fin Ance"))
    page = browser.page(home(contract))
    assert not page.select("#rhythm-link form")
    token = page.select_one("meta[name=csrf-token]")["content"]
    answer = browser.raw.post(f"{home(contract)}/link", data={"csrf_token": token})
    assert answer.status_code == 403


def test_the_link_is_shown_once_and_kept_as_a_fingerprint(company, contract):
    path = link_made_by(company, contract)
    secret = path.removeprefix("/calendars/").removesuffix(".ics")
    assert len(secret) >= 32
    assert secret not in str(company.page(home(contract)))
    assert secret not in str(list(RhythmLink.select().dicts()))
    assert secret not in str(list(AuditEvent.select().dicts()))


def test_without_javascript_the_link_is_shown_too(company, client, contract):
    form = company.page(home(contract)).select_one("#rhythm-link form")
    page = company.submit(form, htmx=False)
    assert page.select_one("#rhythm-address")["value"].endswith(".ics")
    assert page.select(".month")


def test_a_new_link_switches_the_old_one_off(company, student, client, contract):
    old = link_made_by(company, contract)
    new = link_made_by(student, contract)
    assert client.raw.get(old).status_code == 404
    assert client.raw.get(new).status_code == 200


def test_two_at_once_leave_one_living_link(app, contract):
    at_once(*[lambda: service.renew_link(contract, by=contract.contact_id)] * 6)
    assert RhythmLink.select().count() == 6
    assert RhythmLink.select().where(RhythmLink.revoked_at.is_null()).count() == 1


def test_an_invented_link_opens_nothing(client, contract):
    assert client.raw.get("/calendars/x.ics").status_code == 404
    assert client.raw.get(f"/calendars/{'A' * 32}.ics").status_code == 404


def test_the_feed_says_when_nothing_is_new(make, company, client, contract):
    path = link_made_by(company, contract)
    first = client.raw.get(path)
    etag = first.headers["ETag"]
    again = client.raw.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    make.lesson(at=datetime(2026, 11, 18, 8, tzinfo=UTC))
    changed = client.raw.get(path, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert events(changed).keys() == events(first).keys()
    [uid] = [one for one, (day, _) in events(first).items() if day == date(2026, 11, 18)]
    assert events(first)[uid][1] == "Ada Byron: in the company"
    assert events(changed)[uid][1] == "Ada Byron: at school"


def test_the_feed_speaks_the_language_of_the_companys_contact(company, client, contract):
    path = link_made_by(company, contract)
    assert "in the company" in client.raw.get(path).get_data(as_text=True)
    Person.update(locale="fr").where(Person.id == contract.contact_id).execute()
    said = translate("%(name)s: in the company", "fr", name="Ada Byron")
    assert said in {summary for _, summary in events(client.raw.get(path)).values()}


def test_a_link_outlives_an_amendment_and_dies_with_the_contract(make, company, client, contract):
    path = link_made_by(company, contract)
    facts = {
        "enrolment": contract.enrolment,
        "company": contract.company,
        "contact": contract.contact,
        "ends_on": date(2026, 12, 4),
    }
    amendment = make.contract(state="submitted", amends=contract, **facts)
    assert len(events(client.raw.get(path))) == 20
    Contract.update(state="superseded").where(Contract.id == contract.id).execute()
    Contract.update(state="active").where(Contract.id == amendment.id).execute()
    assert len(events(client.raw.get(path))) == 24
    Contract.update(state="cancelled").where(Contract.id == amendment.id).execute()
    assert client.raw.get(path).status_code == 404


def test_a_link_opens_one_students_days_only(make, company, client, contract):
    other = make.enrolment(make.person("Other Pupil"))
    make.contract(
        state="active", enrolment=other, company=contract.company, contact=contract.contact
    )
    path = link_made_by(company, contract)
    text = client.raw.get(path).get_data(as_text=True)
    assert "Ada Byron" in text
    assert "Other Pupil" not in text


@pytest.mark.parametrize("who", ["student", "company", "staff"])
def test_the_days_are_saved_as_a_tagged_pdf(who, request, contract):
    answer = request.getfixturevalue(who).raw.get(f"{home(contract)}.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert text_of(answer.data).count("Ada Byron") == 1


def test_the_cohorts_year_is_a_paper_for_student_and_staff(student, staff, contract):
    cohort = contract.enrolment.cohort
    for browser, address in ((student, "/rhythm.pdf"), (staff, f"/staff/rhythm/{cohort.id}.pdf")):
        text = text_of(browser.raw.get(address).data)
        assert "Ada Byron" not in text
        assert "5, 6, 12" in text


def test_staff_declare_days_and_everybody_sees_them(staff, student, contract, registrar):
    cohort = contract.enrolment.cohort
    assert declare(staff, cohort) == f"/staff/rhythm/{cohort.id}"
    assert figures(student.page(home(contract)))[:2] == ["8", "12"]
    assert "Revision" in student.page("/rhythm").text
    event = AuditEvent.get(AuditEvent.tag == "rhythm:period-added")
    assert (event.subject, event.actor_id) == (f"cohort:{cohort.id}", registrar.id)
    assert "2026-11-16 – 2026-11-20: school, Revision" in event.detail


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"first_on": ""}, "Enter the first day."),
        ({"last_on": "2026-02-31"}, "This day does not exist."),
        ({"last_on": "2026-11-15"}, "The last day is before the first day."),
        ({"last_on": "2027-12-01"}, "outside the cohort’s year"),
        ({"place": "moon"}, "valid choice"),
        ({"note": "x" * 121}, "longer than 120"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_wrong_is_said_and_what_was_typed_stays(staff, contract, changes, says, htmx):
    cohort = contract.enrolment.cohort
    answer = declare(staff, cohort, htmx=htmx, expect=422, **changes)
    assert says in answer.select_one(".errors").text
    for name, value in ({"first_on": "2026-11-16", "note": "Revision"} | changes).items():
        if name not in ("place",):
            assert answer.select_one(f"#rhythm-period [name={name}]").get("value", "") == value
    assert not RhythmPeriod.select().exists()


def test_overlapping_days_are_refused(staff, contract):
    cohort = contract.enrolment.cohort
    declare(staff, cohort)
    answer = declare(
        staff, cohort, expect=422, first_on="2026-11-20", last_on="2026-11-24", place="company"
    )
    assert "Another period holds some of these days" in answer.select_one(".errors").text
    assert answer.select_one("[name=last_on]")["value"] == "2026-11-24"
    assert RhythmPeriod.select().count() == 1


def test_a_double_click_declares_once(staff, contract):
    cohort = contract.enrolment.cohort
    form = staff.page(f"/staff/rhythm/{cohort.id}").select_one("#rhythm-period")
    for _ in range(2):
        staff.submit(htmx=True, expect=204, **typed(form))
    assert RhythmPeriod.select().count() == 1
    assert AuditEvent.select().where(AuditEvent.tag == "rhythm:period-added").count() == 1


def test_overlapping_days_declared_at_once_are_kept_once(app, contract, registrar):
    cohort = contract.enrolment.cohort

    def act(number):
        days = Period(date(2026, 11, 16), date(2026, 11, 16 + number), Place.SCHOOL)
        service.declare(cohort.id, days, key=f"{KEY} {number}", by=registrar.id)

    outcomes = at_once(*[lambda n=n: act(n) for n in range(6)])
    assert sum(isinstance(one, NotPossible) for one in outcomes) == 5
    assert RhythmPeriod.select().count() == 1


def test_staff_change_a_period_and_take_it_back(staff, contract):
    cohort = contract.enrolment.cohort
    declare(staff, cohort)
    row = RhythmPeriod.get()
    page = staff.page(f"/staff/rhythm/periods/{row.id}")
    form = page.select_one("#rhythm-period")
    assert form.select_one("[name=first_on]")["value"] == "2026-11-16"
    staff.submit(form, htmx=True, expect=204, last_on="2026-11-18", place="company")
    changed = RhythmPeriod.get()
    assert (changed.last_on, changed.place, changed.version) == (date(2026, 11, 18), "company", 2)

    stale = staff.submit(form, htmx=True, expect=409, last_on="2026-11-19")
    assert "Somebody else has changed" in stale.select_one(".errors").text
    assert RhythmPeriod.get().last_on == date(2026, 11, 18)

    off = staff.page(f"/staff/rhythm/{cohort.id}").select_one("#rhythm-periods table form")
    staff.submit(off, htmx=True, expect=204)
    assert not RhythmPeriod.select().exists()
    tags = {event.tag for event in AuditEvent.select()}
    assert {"rhythm:period-changed", "rhythm:period-removed"} <= tags


def test_a_changed_period_is_not_taken_back_unseen(staff, contract):
    cohort = contract.enrolment.cohort
    declare(staff, cohort)
    off = staff.page(f"/staff/rhythm/{cohort.id}").select_one("#rhythm-periods table form")
    RhythmPeriod.update(version=2).execute()
    answer = staff.submit(off, htmx=True, expect=409)
    assert "Somebody else has changed" in answer.select_one("[role=alert]").text
    assert RhythmPeriod.select().count() == 1


def test_staff_are_told_of_lessons_on_free_days(make, staff, contract):
    make.lesson(at=datetime(2026, 11, 11, 8, tzinfo=UTC))
    note = staff.page(f"/staff/rhythm/{contract.enrolment.cohort_id}").select_one(".note.warn")
    assert "11 November 2026" in note.text.replace("\xa0", " ")


def test_reading_the_feed_writes_nothing(company, client, contract):
    path = link_made_by(company, contract)
    before = list(RhythmLink.select().dicts())
    client.raw.get(path, headers=HTMX)
    assert list(RhythmLink.select().dicts()) == before


@pytest.mark.parametrize("weeks", [1, 20])
def test_a_year_is_read_in_two_queries_however_long(make, contract, weeks):
    for week in range(weeks):
        make.lesson(at=datetime(2026, 12, 3, 8, tzinfo=UTC) + timedelta(weeks=week))
    whole = queries.cohort(contract.enrolment.cohort_id)
    with assert_query_count(2):
        queries.of_cohort(whole)
    with assert_query_count(2):
        of_contract(contract)


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(text.split())
