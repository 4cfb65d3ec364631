"""A bank file whose virus check is late is kept aside and read once the check has answered."""

from io import BytesIO

import pytest

from portal import fees
from portal.bank import service
from portal.bank.models import BankFile, BankLine
from portal.infra import virus
from portal.infra.files import storage
from portal.uploads import service as uploads
from tests.support import make_bank, make_fees
from tests.support.make_bank import booking, message, statement
from tests.support.make_contracts import stored
from tests.unit.test_uploads import VIRUS


@pytest.fixture(autouse=True)
def no_virus_check(make, scanner, monkeypatch):
    monkeypatch.setattr(virus, "PATIENCE", 0.5)
    make_bank.school(make)
    scanner.behave("dead")


@pytest.fixture
def payer(make):
    enrolment = make_fees.plan(make, make.enrolment(make.person("Camille Moreau")))
    return fees.student_payer(enrolment.id)


def send(browser, data):
    form = browser.page("/staff/bank/files").select_one("form[enctype]")
    browser.submit(form, htmx=True, expect=204, file=(BytesIO(data), "statement.xml"))
    return BankFile.get()


def told(payer):
    line = booking("1500.00", reference="B1", text=payer.reference)
    return message(statement(line)).encode()


def test_it_is_said_so_and_nothing_is_read(finance, payer):
    file = send(finance, told(payer))
    page = finance.page(f"/staff/bank/files/{file.id}")
    assert "It waits for its virus check" in page.select_one("#bank-file [role=status]").text
    assert "Virus check awaited" in finance.page("/staff/bank/files").select_one("tbody").text
    service.read_waiting(storage())
    service.read_file(file.id, storage())
    assert (BankFile.get().state, BankLine.select().count()) == ("waiting", 0)


def test_once_it_is_clean_it_is_read_by_itself(finance, payer, scanner):
    file = send(finance, told(payer))
    scanner.behave("well")
    uploads.rescan(storage())
    assert (BankFile.get().state, BankFile.get().new_lines) == ("done", 1)
    assert fees.position_of(payer.enrolment_id).received == 1_500_00
    assert "1 new line" in finance.page(f"/staff/bank/files/{file.id}").text


def test_an_infected_one_is_refused_and_gone_and_its_sender_learns_why(
    app, finance, payer, scanner, post_box
):
    file = send(finance, told(payer).replace(b"</Document>", b"<!-- " + VIRUS + b" --></Document>"))
    scanner.behave("well")
    uploads.rescan(storage())
    assert (BankFile.get().state, BankLine.select().count()) == ("refused", 0)
    assert stored(app) == []
    [mail] = post_box
    assert "The virus check has found something" in mail.get_content()
    assert "statement.xml" in mail.get_content()
    page = finance.page(f"/staff/bank/files/{file.id}")
    assert "The virus check has found something" in page.select_one("#bank-file [role=alert]").text


def test_a_file_that_is_gone_is_refused_and_not_tried_for_ever(finance, payer, scanner):
    file = send(finance, told(payer))
    storage().discard(file.stored)
    scanner.behave("well")
    uploads.rescan(storage())
    assert BankFile.get().state == "refused"
    page = finance.page(f"/staff/bank/files/{file.id}")
    assert "Send it again" in page.select_one("#bank-file [role=alert]").text
