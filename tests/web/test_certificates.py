import json
import re
import subprocess
from io import BytesIO
from shutil import which

import pikepdf
import pytest
from playhouse.test_utils import assert_query_count

from portal.audit.models import AuditEvent
from portal.certificates import pdf, service
from portal.certificates.models import Certificate
from portal.certificates.rules import ALPHABET, Facts
from portal.infra.worker import WorkFailed
from portal.programme.models import Student
from tests.support.threads import at_once


@pytest.fixture
def student(make):
    return make.enrolment().student.person


@pytest.fixture
def signed_in(client, student):
    return client.sign_in(student)


@pytest.fixture
def issue(app, student):
    mine = student.student_file.get().enrolments.get()

    def issue(enrolment=None, *, language="fr", key="a" * 32, by=None):
        enrolment = enrolment or mine
        return service.issue(
            enrolment.id,
            language=language,
            key=key,
            by=(by or enrolment.student.person).id,
            storage=app.extensions["storage"],
        )

    return issue


def ask(browser, *, expect=204, htmx=True, **changes):
    form = browser.page("/certificates").select_one("form[action='/certificates']")
    return browser.submit(form, htmx=htmx, expect=expect, **changes)


def text_of(data: bytes) -> str:
    if not which("pdftotext"):
        pytest.skip("LOUD: pdftotext (poppler-utils) is not installed")
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().replace("\xa0", " ").split())


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_a_student_makes_a_certificate_and_downloads_it(signed_in, htmx):
    ask(signed_in, htmx=htmx, expect=204 if htmx else 303, language="fr")
    link = signed_in.page("/certificates").select_one("a[href$='.pdf']")
    first, second = (signed_in.raw.get(link["href"]) for _ in range(2))
    assert first.data == second.data
    assert first.data.startswith(b"%PDF-")
    assert first.headers["Content-Type"] == "application/pdf"
    assert first.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in first.headers["Content-Security-Policy"]


def test_a_double_click_makes_one_certificate(signed_in):
    form = signed_in.page("/certificates").select_one("form[action='/certificates']")
    signed_in.submit(form, htmx=True, expect=204, language="fr")
    signed_in.submit(form, htmx=True, expect=204, language="fr")
    assert Certificate.select().count() == 1
    assert AuditEvent.select().where(AuditEvent.tag == "certificate:issued").count() == 1


def test_asking_again_on_the_same_day_gives_the_paper_there_is(issue):
    assert issue(key="1" * 32).id == issue(key="2" * 32).id
    assert issue(key="3" * 32, language="en").id != issue(key="4" * 32).id


def test_a_changed_name_gives_a_new_paper(issue, make):
    before = issue(key="1" * 32)
    Student.update(family_name="Lovelace").execute()
    assert issue(key="2" * 32).id != before.id


def test_numbers_are_unbroken_when_many_ask_at_once(issue, make):
    enrolments = [make.enrolment(make.person(f"Ada {n}")) for n in range(8)]
    people = [enrolment.student.person for enrolment in enrolments]
    at_once(
        *(
            lambda n=n: issue(enrolments[n], key=f"{n:032d}", by=people[n])
            for n in range(len(enrolments))
        )
    )
    numbers = sorted(int(row.number[-6:]) for row in Certificate.select())
    assert numbers == list(range(1, 9))
    assert len({row.code for row in Certificate.select()}) == 8


def test_a_code_can_be_read_aloud():
    assert not set("IO01") & set(ALPHABET)
    assert len(ALPHABET) == 32


def test_too_many_in_a_day_are_refused(issue, make):
    for n in range(10):
        Student.update(family_name=f"Byron {n}").execute()
        issue(key=f"{n:032d}")
    Student.update(family_name="Once More").execute()
    with pytest.raises(Exception, match="Ten certificates a day"):
        issue(key="9" * 32)


def test_a_printer_that_dies_loses_nothing(app, issue, signed_in, monkeypatch):
    """The number is given, the paper is not printed: the next request prints the same facts."""
    with monkeypatch.context() as broken:
        broken.setattr(pdf, "page", lambda *_: (_ for _ in ()).throw(WorkFailed("killed")))
        with pytest.raises(WorkFailed):
            issue()
    [row] = Certificate.select()
    assert row.document is None

    answer = signed_in.raw.get(f"/certificates/{row.number}.pdf")

    assert answer.status_code == 200
    assert Certificate.get().document
    assert row.number in text_of(answer.data)


def test_a_killed_printer_is_replaced(issue):
    issue(key="1" * 32)
    pdf._printer._child.kill()
    pdf._printer._child.wait()
    assert issue(key="2" * 32, language="en").sha256


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_paper_says_what_it_must_on_one_tagged_page(app, issue, make, language):
    enrolment = make.enrolment(make.person("Zoë Łukasiewicz-Ştefănescu"))
    paper = issue(enrolment, language=language)
    with app.extensions["storage"].open(paper.document) as file:
        data = file.read()
    with pikepdf.open(BytesIO(data)) as document:
        assert len(document.pages) == 1
        assert str(document.Root.Lang) == language
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
    said = text_of(data)
    for fact in (
        "Zoë Łukasiewicz-Ştefănescu",
        paper.number,
        enrolment.student.number,
        "Hélène Marchand",
    ):
        assert fact in said
    title = {"fr": "Certificat de scolarité", "en": "Certificate of enrolment"}[language]
    assert title in said
    assert f"/verify/{paper.code}" in said.replace(" ", "")


def test_names_in_any_script_come_out_right(issue, make, app, shared):
    names = json.loads((shared / "data/names/names.json").read_text())
    entries = names["names"] if isinstance(names, dict) else names
    groups = {}
    for entry in entries:
        groups.setdefault(entry["group"], entry)
    for n, entry in enumerate(groups.values()):
        name = entry.get("name") or " ".join(
            filter(None, (entry.get("given"), entry.get("family")))
        )
        facts = Facts(**EMPTY | {"name": name, "number": f"C-{n}"})
        said = text_of(pdf.make(facts))
        letters = [sign for sign in name if sign.isalpha()]
        missing = [sign for sign in letters if sign not in said and sign.upper() not in said]
        assert len(missing) <= len(letters) * 0.5, (entry["group"], name, missing)
        assert ".notdef" not in said


EMPTY = dict.fromkeys(Facts.__dataclass_fields__, "") | {
    "language": "fr",
    "starts_on": "2026-10-01",
    "ends_on": "2027-09-30",
    "issued_on": "2026-11-23",
    "code": "7K4MQ2XD93HT",
    "verify_url": "https://portal.example/verify/7K4MQ2XD93HT",
    "scheme": "Apprenticeship",
}


def test_nothing_in_a_name_makes_the_printer_fetch_or_fall(shared):
    lines = (
        (shared / "data/hostile/strings/fuzzdb/HTML5sec_Injections.txt").read_text().splitlines()
    )
    lines += (
        (shared / "data/hostile/strings/payloads-all-the-things/ssti.fuzz").read_text().splitlines()
    )
    name = " ".join(lines)[:4000]
    page = pdf.page(
        Facts(**EMPTY | {"name": name, "programme": "<img src=http://127.0.0.1:9/x>"}), ""
    )
    assert "<img src=http" not in page
    assert pdf.make(Facts(**EMPTY | {"name": lines[0], "programme": lines[-1]})).startswith(
        b"%PDF-"
    )


def test_the_printer_refuses_every_address():
    from portal.certificates.printing import Sealed

    for url in ("https://evil.example/x", "file:///etc/passwd", "data:text/html,x", "ftp://a/b"):
        with pytest.raises(ValueError, match="may not load"):
            Sealed().fetch(url)


def test_a_foreign_certificate_does_not_exist(issue, new_client, make):
    paper = issue()
    stranger = new_client().sign_in(make.enrolment(make.person("Bob")).student.person)
    stranger.page(f"/certificates/{paper.number}.pdf", expect=404)
    clerk = new_client().sign_in(make.staff("finance"))
    clerk.page(f"/certificates/{paper.number}.pdf", expect=404)
    registrar = new_client().sign_in(make.staff("registrar"))
    assert registrar.raw.get(f"/certificates/{paper.number}.pdf").data.startswith(b"%PDF-")


def test_the_page_costs_the_same_for_any_number_of_papers(signed_in, issue):
    issue(key="1" * 32)
    issue(key="2" * 32, language="en")
    with assert_query_count(3):  # who am I, the enrolment, the papers
        signed_in.page("/certificates")


def test_a_missing_language_is_said_in_place(signed_in):
    answer = ask(signed_in, expect=422, language="xx")
    assert answer.select_one("#language-error")


def test_anybody_can_check_a_code_however_it_is_typed(client, issue):
    paper = issue(language="en")
    client.raw.set_cookie("language", "en")
    grouped = f" {paper.code[:4].lower()} - {paper.code[4:8]}-{paper.code[8:]}"
    answer = client.raw.get("/verify", query_string={"code": grouped})
    assert answer.location == f"/verify/{paper.code}"
    page = client.page(answer.location)
    assert page.h1.text == "This certificate is valid"
    assert "Ada Byron" in page.text


def test_the_check_shows_nothing_that_is_not_printed(client, issue):
    said = client.page(f"/verify/{issue().code}").text
    for secret in ("Lyon", "@example.org", "2003"):
        assert secret not in said


def test_an_unknown_code_is_said_plainly(client):
    page = client.page("/verify/ABCDEFGH2345", expect=404)
    assert "ABCD-EFGH-2345" in page.text


@pytest.mark.parametrize("code", ["x" * 300, "%00", "../../etc/passwd", "<script>", "'--", "é"])
def test_nonsense_is_an_unknown_code(client, code):
    assert client.raw.get(f"/verify/{code}").status_code in (404, 308)


def upload(client, url, data):
    form = client.page(url.split("#")[0]).select_one("form[enctype]")
    fields = {"csrf_token": form.select_one("[name=csrf_token]")["value"]}
    answer = client.raw.post(
        form["action"],
        data=fields | {"copy": (BytesIO(data), "copy.pdf")},
        content_type="multipart/form-data",
    )
    return answer.status_code, answer.text


def test_a_copy_is_compared_byte_for_byte(app, client, issue):
    paper = issue()
    with app.extensions["storage"].open(paper.document) as file:
        data = file.read()
    client.raw.set_cookie("language", "en")
    changed = data[:-20] + bytes([data[-20] ^ 1]) + data[-19:]
    assert "byte for byte" in upload(client, f"/verify/{paper.code}", data)[1]
    assert "not the one we issued" in upload(client, f"/verify/{paper.code}", changed)[1]
    assert "Ada Byron" in upload(client, "/verify", data)[1]
    status, said = upload(client, "/verify", changed)
    assert (status, "This file is not ours" in said) == (404, True)


def test_a_revoked_paper_says_why(client, issue, make):
    paper = issue()
    service.revoke(paper.id, reason="Issued by mistake.", by=make.staff("registrar").id)
    client.raw.set_cookie("language", "en")
    page = client.page(f"/verify/{paper.code}")
    assert "revoked" in page.h1.text
    assert "Issued by mistake." in page.select_one(".verdict").text


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_staff_revoke_in_the_row_with_a_reason(new_client, issue, make, htmx, post_box):
    paper = issue()
    registrar = new_client().sign_in(make.staff("registrar"))
    registrar.page("/staff/certificates")
    opened = registrar.page(f"/staff/certificates/{paper.id}/revoke")
    form = opened.select_one("form[action$=revoke]")
    registrar.submit(form, htmx=htmx, expect=422, reason=" ")
    registrar.submit(form, htmx=htmx, expect=200 if htmx else 303, reason="Wrong year.")
    assert (Certificate.get().status, Certificate.get().reason) == ("revoked", "Wrong year.")
    assert "revoked" in post_box[-1]["Subject"]


def test_a_replaced_paper_leads_to_the_new_one(client, new_client, issue, make):
    paper = issue()
    Student.update(family_name="Lovelace").execute()
    registrar = new_client().sign_in(make.staff("director"))
    form = registrar.page("/staff/certificates").select_one("form[action$=replace]")
    registrar.submit(form, htmx=True)
    registrar.submit(form, htmx=True)

    old, new = Certificate.select().order_by(Certificate.id)
    assert (old.status, old.replaced_by_id, new.status) == ("replaced", new.id, "valid")
    client.raw.set_cookie("language", "en")
    assert new.number in client.page(f"/verify/{paper.code}").select_one(".verdict").text
    assert re.search("Lovelace", client.page(f"/verify/{new.code}").text)


def test_the_schools_list_costs_one_query(new_client, issue, make):
    for n in range(3):
        issue(make.enrolment(make.person(f"Ada {n}")), key=f"{n:032d}")
    registrar = new_client().sign_in(make.staff("registrar"))
    with assert_query_count(2):
        page = registrar.page("/staff/certificates")
    assert len(page.select("tbody")) == 3
    assert len(registrar.page("/staff/certificates?q=ada+1").select("tbody")) == 1
