"""A contract's form is read, held against the record and shown; photographs become one paper."""

import json
from datetime import date
from hashlib import sha256
from io import BytesIO

import pikepdf
import pytest
from PIL import Image
from playhouse.test_utils import assert_query_count

from portal import uploads
from portal.audit.models import AuditEvent
from portal.contracts import queries, service
from portal.contracts.models import Company, Contract, ContractDocument, ContractReading
from portal.contracts.rules import DocumentKind
from portal.kernel.db import database
from portal.programme.models import Programme, School
from portal.uploads.models import Upload
from tests.support.make_contracts import pdf, post_files, stored

NIR = "203043523812348"


@pytest.fixture
def contract(make):
    return make.contract(make.enrolment(make.person("Camille Moreau")))


@pytest.fixture
def company(client, contract):
    return client.sign_in(contract.contact)


def deliver(app, contract, data, kind=DocumentKind.CERFA):
    """Send `data` in; the row of the paper it became."""
    service.receive(
        contract.id,
        document=BytesIO(data),
        sent_as="contract.pdf",
        storage=app.extensions["storage"],
        by=contract.contact_id,
        kind=kind,
        inspect=uploads.trust,
    )
    return ContractDocument.select().order_by(ContractDocument.id.desc()).get()


def form(shared, name="01-normal"):
    return (shared / f"data/cerfa/filled/{name}.pdf").read_bytes()


def photo(colour="red", size=(300, 400), kind="JPEG"):
    Image.new("RGB", size, colour).save(data := BytesIO(), kind)
    return data.getvalue()


def address(document):
    return f"/contracts/{document.contract_id}/documents/{document.id}/preview.png"


# --- reading -------------------------------------------------------------------------------------


def test_a_form_is_read_when_it_comes_and_held_against_the_record(app, contract, shared):
    assert queries.reading_of(contract) is None
    assert queries.differences_of(contract) == []
    deliver(app, contract, form(shared))
    with assert_query_count(1):
        reading = queries.reading_of(contract)
    assert reading.text("employer.siret") == "33414954900027"
    contract = queries.review(contract.id)
    with assert_query_count(2):
        differences = queries.differences_of(contract)
    found = {line.field: (line.form, line.record) for line in differences}
    assert found["student_family_name"] == ("Delaunay", "Moreau")
    assert found["company_siret"] == ("33414954900027", contract.company.siret)


def test_a_form_that_says_what_the_record_says_has_no_difference(app, contract, shared, make):
    enrolment = contract.enrolment
    enrolment.student.family_name, enrolment.student.given_names = "DELAUNAY", "Margaux"
    enrolment.student.born_on = date(2003, 4, 17)
    enrolment.student.save()
    company = Company.id == contract.company_id
    Company.update(name="Valmorin Conseil", siret="33414954900027").where(company).execute()
    School.update(siret="99999000500012").execute()
    Programme.update(rncp="RNCP39867").execute()
    facts = {
        "starts_on": date(2026, 10, 1),
        "ends_on": date(2027, 9, 30),
        "tutor_name": "Hugues Ferrand",
    }
    Contract.update(**facts).where(Contract.id == contract.id).execute()
    deliver(app, contract, form(shared))
    assert queries.differences_of(queries.review(contract.id)) == []


def test_the_newest_version_counts(app, contract, shared):
    deliver(app, contract, form(shared))
    deliver(app, contract, form(shared, "10-scanned"))
    assert queries.reading_of(contract).problem == "scan"
    assert queries.differences_of(contract) == []


def test_only_the_contract_form_is_read(app, contract, shared):
    deliver(app, contract, form(shared), DocumentKind.TRAINING_AGREEMENT)
    assert ContractReading.select().count() == 0


def test_a_form_whose_reading_was_lost_is_read_later(app, contract, shared):
    document = deliver(app, contract, form(shared))
    ContractReading.delete().execute()
    assert service.read_forms() == 1
    assert service.read_forms() == 0
    service.read_form(document.id)
    service.read_form(4711)
    assert ContractReading.select().count() == 1


def test_an_amendment_may_be_one(app, contract, shared):
    deliver(app, contract, form(shared, "15-amendment"))
    assert "is_amendment" in queries.reading_of(contract).remarks
    contract.amends_id = contract.id
    assert "is_amendment" not in queries.reading_of(contract).remarks


def test_neither_the_number_nor_health_reaches_database_or_log(
    app, contract, shared, caplog, capfd, client, make
):
    with pikepdf.open(BytesIO(form(shared, "12-nir-present"))) as document:
        for box in document.pages[0].Annots:
            if (
                str(box.get("/T")) == "Zone de texte 8_45"
            ):  # a number where the form does not ask for one
                box.V = pikepdf.String(f"Directrice {NIR}")
            if str(box.get("/T")) == "Case #C3#A0 cocher 5_3":
                box.V = box.AS = pikepdf.Name.Yes
        document.save(data := BytesIO())
    deliver(app, contract, data.getvalue())
    client.sign_in(make.staff("registrar")).page(f"/staff/contracts/{contract.id}/review")

    everything = ""
    for table in database.get_tables():
        everything += repr(database.execute_sql(f'SELECT * FROM "{table}"').fetchall())
    said = "".join(capfd.readouterr()) + caplog.text
    assert NIR not in everything + said
    for word in ("handicap", "disabled_worker", "boe_extension", "youth_equivalence", "RQTH"):
        assert word not in everything + said
    assert "nir_present" in ContractReading.get().remarks
    assert set(json.loads(ContractReading.get().facts)) >= {
        "employer.siret",
        "apprentice.birth_date",
    }


def test_staff_see_form_and_record_side_by_side(app, contract, shared, client, make):
    deliver(app, contract, form(shared, "18-impossible-date"))
    page = client.sign_in(make.staff("registrar")).page(f"/staff/contracts/{contract.id}/review")
    rows = {
        row.th.text: [cell.text for cell in row.select("td")]
        for row in page.select("section[aria-labelledby=cross-check] tbody tr")
    }
    assert rows["Family name"] == ["Delaunay", "Moreau"]
    assert rows["SIRET"][0] == "334\xa0149\xa0549\xa000027"
    assert rows["First day"][0] == "2026-09-31"
    assert "no day of the calendar" in page.select_one("section[aria-labelledby=cross-check]").text
    assert page.select_one("img.page-picture")["src"].endswith("/preview.png")


def test_staff_read_that_a_scan_is_typed_by_hand(app, contract, shared, client, make):
    deliver(app, contract, form(shared, "10-scanned"))
    page = client.sign_in(make.staff("registrar")).page(f"/staff/contracts/{contract.id}/review")
    assert "This paper is a picture" in page.select_one("section[aria-labelledby=cross-check]").text


# --- the picture ---------------------------------------------------------------------------------


def test_student_company_and_staff_see_the_first_page(app, contract, new_client, make, shared):
    document = deliver(app, contract, form(shared, "12-nir-present"))
    for person in (contract.contact, contract.enrolment.student.person, make.staff("registrar")):
        answer = new_client().sign_in(person).raw.get(address(document))
        assert answer.status_code == 200
        assert answer.mimetype == "image/png"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert Image.open(BytesIO(answer.data)).width <= 900
    assert AuditEvent.select().where(AuditEvent.tag == "contract:read").count() == 1


def test_nobody_else_sees_it(app, contract, new_client, make):
    document = deliver(app, contract, pdf())
    other = make.contract(
        make.enrolment(make.person("Zoé Petit")), contact=make.person("Eva Klein", "company")
    )
    for person in (
        other.contact,
        other.enrolment.student.person,
        make.staff("finance", email="f@ileri.example"),
    ):
        answer = new_client().sign_in(person).raw.get(address(document))
        expected = 200 if person.role == "staff" else 404
        assert answer.status_code in (expected, 403, 404)
    assert new_client().raw.get(address(document)).location.startswith("/sign-in")
    theirs = f"/contracts/{other.id}/documents/{document.id}/preview.png"
    assert new_client().sign_in(other.contact).raw.get(theirs).status_code == 404
    assert new_client().sign_in(contract.contact).raw.get(theirs).status_code == 404


def test_a_page_that_cannot_be_drawn_is_said_so_once(app, company, contract, shared):
    from portal.contracts.service import reading

    document = deliver(app, contract, b"%PDF-1.7 nothing")
    reading._picture.cache_clear()
    for _ in range(3):
        answer = company.raw.get(address(document))
        assert answer.status_code == 409
        assert "cannot be shown as a picture" in answer.text
    assert reading._picture.cache_info().misses == 1


# --- photographs ---------------------------------------------------------------------------------


def upload(browser, contract, files, *, expect=204):
    form = browser.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    assert form.select_one("input[type=file]").has_attr("multiple")
    sent = [(BytesIO(data), name) for data, name in files]
    return browser.submit(form, htmx=True, expect=expect, document=sent)


def test_photographs_of_pages_become_one_paper(app, company, contract):
    upload(
        company, contract, [(photo("red"), "IMG_1.JPG"), (photo("blue", kind="PNG"), "IMG_2.PNG")]
    )
    [document] = ContractDocument.select()
    assert document.sent_as == "IMG_1.JPG (+1)"
    [kept] = stored(app)
    with pikepdf.open(BytesIO(kept)) as paper:
        assert len(paper.pages) == 2
    assert company.raw.get(f"/documents/{document.id}").data == kept
    assert company.raw.get(address(document)).status_code == 200
    assert queries.reading_of(contract).problem == "scan"


def test_the_pages_of_a_telephone_come_in_at_once_though_they_weigh_more_than_a_pdf_may(
    app, company, contract
):
    noise = Image.effect_noise((2400, 3200), 90).convert("RGB")
    noise.save(data := BytesIO(), "JPEG", quality=95)
    pages = [(f"IMG_{n}.JPG", data.getvalue()) for n in range(3)]
    assert 11 < sum(len(page) for _, page in pages) / 1024 / 1024 < 60
    form = company.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    assert post_files(company, form, pages).status_code == 204
    [kept] = stored(app)
    with pikepdf.open(BytesIO(kept)) as paper:
        assert len(paper.pages) == 3


def test_the_same_photographs_again_are_the_same_version(app, company, contract):
    for _ in range(2):
        upload(company, contract, [(photo(), "IMG_1.JPG")])
    assert [row.number for row in ContractDocument.select()] == [1]
    assert ContractDocument.get().sent_as == "IMG_1.JPG"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([(photo(), "1.jpg"), (pdf(), "c.pdf")], "Send one PDF alone, or photographs without a PDF."),
        ([(pdf("a"), "a.pdf"), (pdf("b"), "b.pdf")], "Send one PDF alone, or photographs without a PDF."),
        ([(photo(), "1.jpg"), (photo()[:200], "2.jpg")], "Photograph 2 is damaged or far too large. Take it again."),
        ([(photo(size=(9, 9)), "1.jpg")] * 21, "Choose 1 to 20 photographs."),
        ([(b"GIF89a", "1.gif")], "This file is not a PDF. Save or print the contract as PDF."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_photographs_is_said_and_nothing_is_kept(
    app, company, contract, files, reason
):
    answer = upload(company, contract, files, expect=422)
    assert reason in answer.select_one(".err").text
    assert stored(app) == []


def test_photographs_that_cannot_become_a_paper_leave_their_fingerprints_and_the_reason(
    app, company, contract
):
    good, torn = photo(), photo()[:200]
    upload(company, contract, [(good, "1.jpg"), (torn, "2.jpg")], expect=422)
    trail = list(Upload.select().order_by(Upload.id))
    assert [(one.state, one.sha256) for one in trail] == [
        ("refused", sha256(good).hexdigest()),
        ("refused", sha256(torn).hexdigest()),
    ]
    assert all("is damaged or far too large" in one.reason for one in trail)
    lines = AuditEvent.select().where(AuditEvent.tag == "upload:refused")
    assert ["Photograph 2 is damaged" in line.detail for line in lines] == [True, True]
