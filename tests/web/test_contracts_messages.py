"""Student, company and school write to each other on a contract, once per click."""

import pytest

from portal.audit.models import AuditEvent
from portal.contracts import service
from portal.contracts.models import ContractMessage
from portal.kernel.errors import NotPossible, TooMany
from tests.support.threads import at_once

KEY = "0123456789abcdef"


@pytest.fixture
def contract(make):
    return make.contract(make.enrolment(make.person("Camille Moreau")))


@pytest.fixture
def student(client, contract):
    return client.sign_in(contract.enrolment.student.person)


def write(browser, contract, text, *, htmx=True, expect=200):
    form = browser.page(f"/contracts/{contract.id}").select_one("#messages form")
    return browser.submit(form, htmx=htmx, expect=expect, text=text)


def test_each_reads_what_the_others_wrote_and_gets_it_by_mail(
    make, student, new_client, contract, post_box
):
    registrar = make.staff("registrar", name="Nora Registrar")
    section = write(student, contract, "When is it signed?\nI start soon.")
    assert "When is it signed?" in section.text
    told = {mail["To"]: mail for mail in post_box}
    assert set(told) == {contract.contact.email, registrar.email}
    assert "When is it signed?" in told[registrar.email].get_content()
    assert "/door/" in told[contract.contact.email].get_content()

    post_box.clear()
    staff = new_client().sign_in(registrar)
    write(staff, contract, "On Monday.")
    assert {mail["To"] for mail in post_box} == {
        contract.contact.email,
        contract.enrolment.student.person.email,
    }
    company = new_client().sign_in(contract.contact)
    thread = company.page(f"/contracts/{contract.id}").select_one("#messages")
    assert [p.text for p in thread.select("li .lines")] == [
        "When is it signed?\nI start soon.",
        "On Monday.",
    ]
    assert "Nora Registrar, school" in thread.text


def test_it_works_without_javascript(student, contract):
    where = write(student, contract, "Hello", htmx=False, expect=303)
    assert where == f"/contracts/{contract.id}#messages"
    assert "Hello" in student.page(where).select_one("#messages").text


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2001], ids=["empty", "blank", "long"])
def test_too_little_and_too_much_is_said_and_kept(student, contract, text, post_box):
    section = write(student, contract, text, expect=422)
    assert section.select_one("textarea").text.strip() == text.strip()
    page = write(student, contract, text, htmx=False, expect=422)
    assert page.select_one("#messages .err")
    assert ContractMessage.select().count() == 0
    assert post_box == []


def test_two_thousand_characters_are_not_too_many(student, contract):
    write(student, contract, "é" * 2000)
    assert len(ContractMessage.get().text) == 2000


def test_a_double_click_is_one_message_and_one_mail(student, contract, post_box):
    form = student.page(f"/contracts/{contract.id}").select_one("#messages form")
    for htmx, expect in [(True, 200), (True, 200), (False, 303)]:
        student.submit(form, htmx=htmx, expect=expect, text="Hello")
    assert ContractMessage.select().count() == 1
    assert len(post_box) == 1
    assert AuditEvent.select().where(AuditEvent.tag == "contract:message").count() == 1


def test_the_same_click_from_many_windows_at_once_is_one_message(contract):
    by = contract.contact_id
    at_once(*[lambda: service.write(contract.id, text="Hello", key=KEY, by=by)] * 6)
    assert ContractMessage.select().count() == 1


def test_a_key_carries_no_other_words(student, contract):
    service.write(contract.id, text="Hello", key=KEY, by=contract.contact_id)
    with pytest.raises(NotPossible):
        service.write(contract.id, text="Other", key=KEY, by=contract.contact_id)


def test_nobody_floods_the_others(contract):
    for number in range(30):
        service.write(contract.id, text="Hi", key=f"{KEY}{number}", by=contract.contact_id)
    with pytest.raises(TooMany):
        service.write(contract.id, text="Hi", key=f"{KEY}30", by=contract.contact_id)
    assert ContractMessage.select().count() == 30


def test_what_is_written_is_text_and_never_markup(student, contract):
    write(student, contract, "<b onclick=x>hi</b> {{ 7*7 }} %(link)s")
    thread = student.page(f"/contracts/{contract.id}").select_one("#messages")
    assert thread.select_one("li .lines").text == "<b onclick=x>hi</b> {{ 7*7 }} %(link)s"
    assert not thread.select("li .lines b")


def test_outsiders_neither_read_nor_write_and_finance_only_reads(
    make, student, new_client, contract
):
    write(student, contract, "CANARY")
    others = {
        make.person("Another", "company"): 404,
        make.enrolment().student.person: 404,
        make.staff("finance"): 403,
    }
    for person, status in others.items():
        browser = new_client().sign_in(person)
        token = browser.page("/account").select_one("input[name=csrf_token]")["value"]
        answer = browser.raw.post(
            f"/contracts/{contract.id}/messages",
            data={"csrf_token": token, "text": "Hello", "key": KEY},
        )
        assert answer.status_code == status
        if status == 404:
            assert "CANARY" not in browser.raw.get(f"/contracts/{contract.id}").text
    assert ContractMessage.select().count() == 1
    finance = browser.page(f"/contracts/{contract.id}")
    assert "CANARY" in finance.text
    assert not finance.select("#messages form")
