"""Who lets a paper wait is reminded: by hand, many at once, or by the daily job; at most once a week."""

from datetime import date, datetime, time, timedelta

import pytest

from portal.audit.models import AuditEvent
from portal.contracts import service
from portal.contracts.models import Contract, ContractReminder
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from tests.support.make_contracts import send, submitted
from tests.support.threads import at_once

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday():
    with clock.set_to(noon(MONDAY)):
        yield


def noon(day):
    return datetime.combine(day, time(12), tzinfo=clock.SCHOOL_ZONE)


@pytest.fixture
def draft(make):
    """A file that has missed the signed form and the agreement since a fortnight."""
    pupil = make.person("Camille Moreau", locale="fr")
    facts = {"starts_on": date(2026, 12, 1), "ends_on": date(2027, 11, 30)}
    return make.contract(
        enrolment=make.enrolment(pupil), declared_at=noon(MONDAY - timedelta(days=14)), **facts
    )


@pytest.fixture
def staff(client, make):
    return client.sign_in(make.staff("registrar", name="Nadia Benali"))


def job_on(day):
    with clock.set_to(noon(day)):
        return service.remind_due()


def test_the_daily_job_reminds_once_a_week_on_working_days(draft, post_box):
    days = [MONDAY + timedelta(days=n) for n in range(15)]
    sent = [day for day in days for _ in range(2) if job_on(day)]
    assert sent == [MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)]
    assert len(post_box) == 2 * 3
    weeks = [row.week for row in ContractReminder.select().order_by(ContractReminder.id)]
    assert weeks == ["2026-W48", "2026-W49", "2026-W50"]


@pytest.mark.parametrize("day", [date(2026, 11, 29), date(2026, 12, 25)])
def test_nobody_is_reminded_on_a_sunday_or_a_holiday(draft, day):
    assert job_on(day) == 0
    with clock.set_to(noon(day)), pytest.raises(NotPossible, match="working days"):
        service.remind(draft.id, by=None)


def test_each_reads_in_their_language_what_is_missing(draft, post_box):
    service.remind_due()
    mails = {mail["To"]: mail.get_content() for mail in post_box}
    assert set(mails) == {draft.enrolment.student.person.email, draft.contact.email}
    assert "Contrat signé" in mails[draft.enrolment.student.person.email]
    assert draft.contact.locale == "en"
    assert "Signed contract" in mails[draft.contact.email]
    assert all(f"/contracts/{draft.id}" in text for text in mails.values())


def test_a_new_file_and_one_that_just_moved_are_left_in_peace(make, app):
    make.contract()
    moved = make.contract(declared_at=noon(MONDAY - timedelta(days=30)))
    send(app, moved)
    service.send_back(
        moved.id,
        reason="Sign it",
        version=Contract.find(moved.id).version,
        key="one click, sixteen",
        by=make.staff("registrar").id,
    )
    assert service.remind_due() == 0
    assert job_on(MONDAY + timedelta(days=8)) == 2


def test_a_whole_file_is_not_asked_for_anything(make, app):
    whole = submitted(make, app, declared_at=noon(MONDAY - timedelta(days=30)))
    with clock.set_to(noon(MONDAY + timedelta(days=15))):
        assert service.remind_due() == 0
        with pytest.raises(NotPossible, match="Nothing is missing"):
            service.remind(whole.id, by=None)


def test_a_pause_holds_until_its_last_day(draft):
    service.pause_reminders(draft.id, until=MONDAY + timedelta(days=2), by=draft.contact_id)
    assert [job_on(MONDAY + timedelta(days=n)) for n in range(4)] == [0, 0, 0, 1]
    with pytest.raises(NotPossible, match="passed"):
        service.pause_reminders(draft.id, until=MONDAY - timedelta(days=1), by=draft.contact_id)


def test_staff_remind_by_hand_and_see_who_did_it(staff, draft, post_box):
    page = staff.page(f"/staff/contracts/{draft.id}/review")
    assert "No reminder has been sent yet." in page.text
    form = page.select_one("form[action$='/remind']")
    page = staff.submit(form, htmx=True)
    assert "by Nadia Benali" in page.text
    page = staff.submit(form, htmx=True, expect=409)
    assert "at most one a week" in page.select_one("#file [role=alert]").text
    assert len(post_box) == 2
    assert AuditEvent.select().where(AuditEvent.tag == "contract:reminded").count() == 1


def test_staff_pause_the_reminders_of_a_file(staff, draft):
    form = staff.page(f"/staff/contracts/{draft.id}/review").select_one("#pause")
    answer = staff.submit(form, htmx=True, expect=422, until="2026-02-31")
    assert answer.select_one("#pause .err")
    page = staff.submit(form, htmx=True, until="2026-12-01")
    assert "Paused until 1 December 2026" in page.text.replace("\xa0", " ")
    staff.submit(page.select_one("#pause"), htmx=True, until="")
    assert Contract.find(draft.id).reminders_paused_until is None


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_several_are_reminded_together_each_with_its_own_result(staff, draft, make, htmx, post_box):
    other = make.contract()
    service.remind(other.id, by=None)
    post_box.clear()
    form = staff.page("/staff/contracts?state=missing").select_one("#bulk")
    page = staff.submit(form, htmx=htmx, pick=[str(draft.id), str(other.id), "999", "x"])
    said = [" ".join(one.text.split()) for one in page.select(".list li .tag")]
    assert said == ["Reminded", "Not sent"]
    assert len(post_box) == 2
    assert staff.submit(form, htmx=htmx, expect=422).select_one("#contracts [role=alert]")


def test_two_at_once_send_one_reminder(draft, post_box):
    def remind():  # a thread has a clock of its own
        with clock.set_to(noon(MONDAY)):
            service.remind(draft.id, by=None)

    outcomes = at_once(*[remind] * 4)
    assert outcomes.count(None) == 1
    assert ContractReminder.select().count() == 1
    assert len(post_box) == 2


def test_finance_reminds_nobody(client, make, draft):
    visitor = client.sign_in(make.staff("finance"))
    for path in (f"{draft.id}/remind", f"{draft.id}/pause", "remind"):
        assert visitor.raw.post(f"/staff/contracts/{path}").status_code in (400, 403)
    assert ContractReminder.select().count() == 0
