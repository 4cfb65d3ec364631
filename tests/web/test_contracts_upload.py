"""A student or a company sends the signed contract in, and gets it back as it was."""

from errno import ENOSPC
from io import BytesIO

import pytest
from playhouse.test_utils import assert_query_count

from portal.audit.models import AuditEvent
from portal.contracts.models import Contract, ContractDocument
from tests.support.client import HTMX
from tests.support.make_contracts import pdf, post_file, send, stored, submitted


@pytest.fixture
def student(make):
    return make.person("Camille Moreau")


@pytest.fixture
def contract(make, student):
    return make.contract(make.enrolment(student))


@pytest.fixture
def company(client, contract):
    return client.sign_in(contract.contact)


def upload(browser, contract, data, *, htmx=True, expect=204, name="contract.pdf"):
    form = browser.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    return browser.submit(form, htmx=htmx, expect=expect, document=(BytesIO(data), name))


def test_a_company_sends_a_contract_and_the_same_bytes_come_back(app, company, contract):
    assert upload(company, contract, pdf()) == f"/contracts/{contract.id}"

    page = company.page(f"/contracts/{contract.id}")
    assert "Received: Signed contract, version 1." in page.select_one("[role=status].note").text
    answer = company.raw.get(page.select_one("a[href^='/documents/']")["href"])
    assert answer.data == pdf()
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="contract-{contract.id}-version-1.pdf"'
    )
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert Contract.find(contract.id).state == "submitted"
    assert stored(app) == [pdf()]


def test_sending_works_without_javascript(company, contract):
    assert upload(company, contract, pdf(), htmx=False, expect=303) == f"/contracts/{contract.id}"


def test_the_student_may_send_it_too_and_the_others_get_a_mail(
    client, contract, student, make, post_box
):
    registrar = make.staff("registrar")
    upload(client.sign_in(student), contract, pdf())
    told = {mail["To"]: mail["Subject"] for mail in post_box}
    assert told == dict.fromkeys(
        [contract.contact.email, registrar.email], "Contract of Camille Moreau: a version was sent"
    )


def test_the_same_document_again_is_the_same_version(app, company, contract):
    upload(company, contract, pdf())
    upload(company, contract, pdf())
    assert ContractDocument.select().count() == 1
    assert stored(app) == [pdf()]


def test_a_new_document_is_a_new_version_and_the_old_one_is_kept(app, company, contract):
    upload(company, contract, pdf("one"))
    upload(company, contract, pdf("two"))
    papers = ContractDocument.select().order_by(ContractDocument.number)
    assert [(p.number, p.state) for p in papers] == [(1, "replaced"), (2, "checking")]
    assert sorted(stored(app)) == sorted([pdf("one"), pdf("two")])
    page = company.page(f"/contracts/{contract.id}")
    assert [tag.text for tag in page.select(".list .tag")] == ["Being checked", "Replaced"]


def test_a_version_that_was_replaced_is_not_taken_again(app, company, contract):
    upload(company, contract, pdf("one"))
    upload(company, contract, pdf("two"))
    answer = upload(company, contract, pdf("one"), expect=409)
    assert "which version 2 replaced" in answer.select_one("[role=alert]").text
    assert len(stored(app)) == 2


@pytest.mark.parametrize("state", ["signed", "cancelled"])
def test_a_closed_contract_takes_nothing(app, company, contract, state):
    form = company.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    Contract.update(state=state, funded_cents=100).where(Contract.id == contract.id).execute()
    answer = company.submit(form, htmx=True, expect=409, document=(BytesIO(pdf()), "c.pdf"))
    assert "It takes no new version." in answer.text
    page = company.submit(form, htmx=False, expect=409, document=(BytesIO(pdf()), "c.pdf"))
    assert page.select_one(".note.bad[role=alert]")
    assert not page.select(f"#upload-{contract.id}-cerfa")
    assert stored(app) == []


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "contract.pdf", "This file is empty. Choose it again."),
        (b"MZ\x90", "contract.pdf", "This file is not a PDF. Save or print the contract as PDF."),
        (b" %PDF-1.7", "contract.pdf", "This file is not a PDF. Save or print the contract as PDF."),
        (b"%PDF-1.7 nothing", "contract.pdf", "This PDF is damaged or cannot be checked in time. Print it to a new PDF and send that."),
        (pdf(), "contract.docx", "The name of a PDF file ends in .pdf. Rename the file and send it again."),
        (pdf(), "contract.pdf.html", "The name of a PDF file ends in .pdf. Rename the file and send it again."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_a_refused_file_says_why_and_leaves_nothing(
    app, company, contract, data, name, reason, htmx
):
    answer = upload(company, contract, data, name=name, htmx=htmx, expect=422)
    assert (
        answer.select_one(f"#document-{contract.id}-cerfa-error").text.strip() == f"Error: {reason}"
    )
    assert answer.select_one(f".errors a[href='#document-{contract.id}-cerfa']").text == reason
    assert answer.select_one(f"#document-{contract.id}-cerfa")["aria-invalid"] == "true"
    assert stored(app) == []
    assert Contract.find(contract.id).state == "draft"


def test_no_file_at_all_is_said_so(company, contract):
    form = company.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    answer = company.submit(form, htmx=True, expect=422)
    assert "Choose a PDF file or photographs first." in answer.select_one(".err").text


@pytest.mark.parametrize(("extra", "status"), [(0, 204), (1, 422)])
def test_ten_megabytes_are_the_limit_to_the_byte(app, company, contract, extra, status):
    data = pdf() + bytes(10 * 1024 * 1024 - len(pdf()) + extra)
    form = company.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    answer = post_file(company, form, data)
    assert answer.status_code == status, answer.text[:300]
    assert ("larger than 10 MB" in answer.text) == bool(extra)


def test_a_request_over_the_limit_is_a_413_for_the_banner(app, company, contract):
    form = company.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    token = form.select_one("[name=csrf_token]")["value"]
    answer = company.raw.post(
        form["action"],
        data={"csrf_token": token},
        headers=HTMX,
        environ_overrides={"CONTENT_LENGTH": str(62 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert answer.text == (
        "This file is too large. The limit is 10 MB, for photographs 60 MB together."
    )


def test_a_full_disk_is_a_507_page_and_leaves_nothing(app, company, contract, monkeypatch):
    form = company.page(f"/contracts/{contract.id}").select_one("form[enctype]")

    def full(_handle):
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    fields = {"document": (BytesIO(pdf()), "c.pdf")}
    page = company.submit(form, htmx=False, expect=507, **fields)
    assert "no room" in page.select_one("main").text
    fields = {"document": (BytesIO(pdf()), "c.pdf")}
    assert "no room" in company.submit(form, htmx=True, expect=507, **fields).text
    assert stored(app) == []
    company.page(f"/contracts/{contract.id}")


def test_who_of_the_staff_read_what_is_written_down(app, client, contract, make):
    send(app, contract)
    paper = ContractDocument.get()
    reader = make.staff("registrar")
    client.sign_in(reader)
    assert client.raw.get(f"/documents/{paper.id}").data == pdf()
    line = AuditEvent.get(AuditEvent.tag == "contract:read")
    assert (line.actor_id, line.subject) == (reader.id, f"contract:{contract.id}")
    assert line.detail == "version 1"


def test_nobody_else_sees_a_contract_or_its_papers(app, make, new_client):
    theirs = submitted(make, app, enrolment=make.enrolment(make.person("Someone Else")))
    paper = ContractDocument.get()
    other = make.contract(company=theirs.company)
    strangers = [
        *(other.enrolment.student.person, other.contact, make.person("Not Enrolled")),
        *(make.person("No Contract", "company"), make.staff("administrator")),
    ]
    for stranger in strangers:
        browser = new_client().sign_in(stranger)
        browser.page(f"/contracts/{theirs.id}", expect=404)
        browser.page(f"/documents/{paper.id}", expect=404)
    for stranger in strangers[:4]:
        browser = new_client().sign_in(stranger)
        lost = browser.page(f"/contracts/{theirs.id}", expect=404)
        token = lost.select_one("meta[name=csrf-token]")["content"]
        sent = {"csrf_token": token, "document": (BytesIO(pdf("mine")), "c.pdf")}
        answer = browser.raw.post(f"/contracts/{theirs.id}/documents", data=sent)
        assert answer.status_code == 404
    assert ContractDocument.select().count() == 2
    assert sorted(stored(app)) == sorted([pdf(), pdf("agreement page")])


@pytest.mark.parametrize("permission", ["registrar", "finance", "director"])
def test_staff_who_check_contracts_may_add_a_paper_the_others_only_read(
    app, client, make, permission
):
    contract = submitted(make, app)
    client.sign_in(make.staff(permission))
    page = client.page(f"/contracts/{contract.id}")
    assert bool(page.select("form[enctype]")) == (permission != "finance")
    token = page.select_one("meta[name=csrf-token]")["content"]
    sent = {"csrf_token": token, "document": (BytesIO(pdf("by staff")), "c.pdf")}
    answer = client.raw.post(f"/contracts/{contract.id}/documents", data=sent)
    assert answer.status_code == (403 if permission == "finance" else 303)
    assert bool(page.find("a", string="Check the file")) == (permission != "finance")


def test_a_contract_costs_a_fixed_number_of_queries(app, make, company, contract):
    send(app, contract, text="one")
    with assert_query_count(5):  # session, contract, papers, contacts, history
        company.page(f"/contracts/{contract.id}")
    for text in ("two", "three", "four"):
        send(app, contract, text=text)
    with assert_query_count(5):
        company.page(f"/contracts/{contract.id}")


def test_a_page_on_paper_that_is_not_there_is_missing(company):
    company.page("/documents/999", expect=404)
    company.page("/contracts/999", expect=404)
