"""The states of one paper: received, being checked, accepted, perhaps only for a time, and asked for again."""

from datetime import timedelta

import pytest

from portal.audit.models import AuditEvent
from portal.contracts import queries, service
from portal.contracts.models import Contract, ContractDocument
from portal.kernel import clock
from tests.support.make_contracts import send, submitted


@pytest.fixture
def contract(make, app):
    return submitted(make, app)


@pytest.fixture
def staff(client, make):
    return client.sign_in(make.staff("registrar"))


def agreement():
    papers = ContractDocument.select().where(ContractDocument.kind == "training_agreement")
    return papers.order_by(ContractDocument.number.desc()).get()


def accept(staff, contract, *, expect=200, **facts):
    page = staff.page(f"/staff/contracts/{contract.id}/review")
    form = page.select_one(f"form[action$='/papers/{agreement().id}/accept']")
    return staff.submit(form, htmx=True, expect=expect, **facts)


def pass_days(monkeypatch, days):
    now = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: now)


def test_a_paper_is_received_until_the_school_is_asked_to_check_the_file(app, make):
    contract = make.contract()
    send(app, contract, kind="training_agreement")
    assert agreement().state == "received"
    send(app, contract)
    assert Contract.find(contract.id).state == "submitted"
    assert {paper.state for paper in ContractDocument.select()} == {"checking"}


def test_the_company_reads_that_it_is_being_checked(client, contract):
    page = client.sign_in(contract.contact).page(f"/contracts/{contract.id}")
    assert [tag.text for tag in page.select(".list .tag")] == ["Being checked"] * 2


def test_a_paper_may_be_accepted_for_a_time(staff, contract):
    day = clock.today() + timedelta(days=30)
    page = accept(staff, contract, expires_on=day.isoformat())
    assert agreement().state == "accepted"
    assert agreement().expires_on == day
    assert "Valid until" in page.text
    assert service.expire_papers() == 0


@pytest.mark.parametrize("day", ["2026-02-31", "tomorrow", "2020-01-01", "-1"])
def test_a_day_that_is_none_or_has_passed_is_said(staff, contract, day):
    expect = 409 if day == "2020-01-01" else 422
    page = accept(staff, contract, expires_on=day, expect=expect)
    assert page.select("[role=alert]")
    assert agreement().state == "checking"


def test_the_day_after_it_is_asked_for_again(app, client, staff, contract, post_box, monkeypatch):
    last = clock.today() + timedelta(days=30)
    accept(staff, contract, expires_on=last.isoformat())
    pass_days(monkeypatch, 30)
    assert service.expire_papers() == 0
    pass_days(monkeypatch, 1)
    post_box.clear()

    assert (service.expire_papers(), service.expire_papers()) == (1, 0)

    assert agreement().state == "expired"
    assert {mail["To"] for mail in post_box} == {
        contract.contact.email,
        contract.enrolment.student.person.email,
    }
    assert "is no longer valid" in post_box[0].get_content()
    assert AuditEvent.select().where(AuditEvent.tag == "contract:paper-expired").count() == 1
    assert queries.blocking(Contract.find(contract.id))
    monkeypatch.undo()  # whoever signs in does so today
    page = client.sign_in(contract.contact).page(f"/contracts/{contract.id}")
    assert "Expired" in [tag.text for tag in page.select(".tag")]
    assert page.select_one("form[enctype] input[value=training_agreement]")

    send(app, contract, text="valid now", kind="training_agreement")
    assert (agreement().state, agreement().number) == ("checking", 2)
    assert not queries.blocking(Contract.find(contract.id))


def test_a_contract_that_is_over_is_asked_for_nothing(contract, staff, monkeypatch, post_box):
    accept(staff, contract, expires_on=clock.today().isoformat())
    Contract.update(state="terminated").execute()
    pass_days(monkeypatch, 2)
    assert service.expire_papers() == 0
    assert agreement().state == "accepted"
