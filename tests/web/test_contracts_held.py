"""A paper whose virus check is late waits: nobody opens it, the school is not asked, and then it goes its way."""

from io import BytesIO

import pytest

from portal.contracts.models import Contract, ContractDocument
from portal.infra import virus
from portal.uploads import service as uploads
from tests.support.make_contracts import pdf, stored
from tests.unit.test_uploads import VIRUS


@pytest.fixture
def contract(make):
    return make.contract(make.enrolment(make.person("Camille Moreau")))


@pytest.fixture
def company(client, contract, scanner, monkeypatch):
    monkeypatch.setattr(virus, "PATIENCE", 0.5)
    scanner.behave("dead")
    return client.sign_in(contract.contact)


def send(browser, contract, data, expect=204):
    form = browser.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    return browser.submit(form, htmx=True, expect=expect, document=(BytesIO(data), "contract.pdf"))


def test_a_held_paper_is_said_so_and_opened_by_nobody(company, contract, make, new_client):
    send(company, contract, pdf())
    page = company.page(f"/contracts/{contract.id}")
    assert "It waits for its virus check" in page.select_one("[role=status].note").text
    assert [tag.text for tag in page.select(".list .tag")] == ["Virus check awaited"]
    assert not page.select("a[href^='/documents/']")
    assert Contract.find(contract.id).state == "draft"
    paper = ContractDocument.get()
    for browser in (company, new_client().sign_in(make.staff("registrar"))):
        browser.page(f"/documents/{paper.id}", expect=409)
        browser.page(f"/contracts/{contract.id}/documents/{paper.id}/preview.png", expect=409)


def test_once_it_is_clean_it_goes_to_the_school(app, company, contract, scanner, make, post_box):
    make.staff("registrar")
    send(company, contract, pdf())
    assert post_box == []
    scanner.behave("well")
    uploads.rescan(app.extensions["storage"])
    assert Contract.find(contract.id).state == "submitted"
    assert ContractDocument.get().state == "checking"
    assert len(post_box) == 2


def test_a_newer_version_does_not_wait_for_the_older_one(app, company, contract, scanner):
    send(company, contract, pdf("one"))
    scanner.behave("well")
    send(company, contract, pdf("two"))
    assert [p.state for p in ContractDocument.select().order_by(ContractDocument.number)] == [
        "held",
        "checking",
    ]
    uploads.rescan(app.extensions["storage"])
    assert [p.state for p in ContractDocument.select().order_by(ContractDocument.number)] == [
        "replaced",
        "checking",
    ]


def test_an_infected_one_is_gone_and_its_sender_learns_why(
    app, company, contract, scanner, post_box
):
    send(company, contract, pdf(VIRUS.decode()))
    scanner.behave("well")
    uploads.rescan(app.extensions["storage"])
    assert ContractDocument.select().count() == 0
    assert stored(app) == []
    mails = {mail["To"]: mail.get_content() for mail in post_box}
    assert "The virus check has found something" in mails[contract.contact.email]
    assert len(mails) == 2


def test_a_virus_found_at_once_is_a_refusal_in_place(app, company, contract, scanner):
    scanner.behave("well")
    answer = send(company, contract, pdf(VIRUS.decode()), expect=422)
    assert "The virus check has found something" in answer.select_one(".err").text
    assert stored(app) == []
