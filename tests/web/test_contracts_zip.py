"""Staff take a whole file away at once."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from portal.audit.models import AuditEvent
from portal.contracts.models import ContractDocument
from tests.support.make_contracts import pdf, send, submitted


@pytest.fixture
def contract(make, app):
    contract = submitted(make, app, text="first")
    send(app, contract, text="second")
    return contract


def test_the_archive_holds_every_version_byte_for_byte_under_safe_names(client, make, contract):
    ContractDocument.update(sent_as="../../evil\r\n.pdf").execute()
    client.sign_in(make.staff("registrar"))
    answer = client.raw.get(f"/staff/contracts/{contract.id}/file.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    disposition = f'attachment; filename="contract-{contract.id}.zip"'
    assert answer.headers["Content-Disposition"] == disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            "cerfa-1.pdf",
            "cerfa-2.pdf",
            "training-agreement-1.pdf",
        ]
        assert archive.read("cerfa-1.pdf") == pdf("first")
        assert archive.read("cerfa-2.pdf") == pdf("second")
    line = AuditEvent.get(AuditEvent.tag == "contract:read")
    assert (line.subject, line.detail) == (f"contract:{contract.id}", "whole file, 3 papers")


def test_a_paper_without_its_virus_check_stays_out(client, make, contract):
    ContractDocument.update(state="held").where(ContractDocument.number == 2).execute()
    client.sign_in(make.staff("director"))
    answer = client.raw.get(f"/staff/contracts/{contract.id}/file.zip")
    with ZipFile(BytesIO(answer.data)) as archive:
        assert "cerfa-2.pdf" not in archive.namelist()


@pytest.mark.parametrize("who", ["student", "company", "finance"])
def test_nobody_else_gets_it(client, make, contract, who):
    people = {
        "student": lambda: contract.enrolment.student.person,
        "company": lambda: contract.contact,
        "finance": lambda: make.staff("finance"),
    }
    client.sign_in(people[who]())
    assert client.raw.get(f"/staff/contracts/{contract.id}/file.zip").status_code == 403
    client.sign_in(make.staff("registrar"))
    assert client.raw.get("/staff/contracts/999/file.zip").status_code == 404
