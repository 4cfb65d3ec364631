"""A commit whose answer got lost may be done all the same: what its row names is then still there."""

from io import BytesIO
from uuid import uuid4

import pytest
from peewee import OperationalError

from portal.bank import service as bank
from portal.bank.models import BankFile
from portal.certificates import service as certificates
from portal.certificates.models import Certificate
from portal.contracts import service as contracts
from portal.contracts.models import ContractDocument
from portal.infra.files import storage
from portal.kernel.db import database
from tests.support.make_contracts import pdf


@pytest.fixture
def lose_the_answer(monkeypatch):
    """From the moment it is called, the commit that `written` recognises says it failed."""

    def begin(written):
        commit = database.obj.commit

        def commit_and_lose():
            commit()
            if written():
                monkeypatch.setattr(database.obj, "commit", commit)
                raise OperationalError("connection lost")

        monkeypatch.setattr(database.obj, "commit", commit_and_lose)

    return begin


def names():
    return list(storage().store.names())


def send_statement(clerk):
    return bank.receive(
        BytesIO(b"<Document/>"), sent_as="x.xml", key=uuid4().hex, by=clerk.id, storage=storage()
    )


def test_a_bank_file_stays(app, make, lose_the_answer):
    lose_the_answer(BankFile.select().exists)
    with pytest.raises(OperationalError):
        send_statement(make.staff("finance"))
    assert names() == [BankFile.get().stored]


def test_a_paper_stays(app, make, lose_the_answer):
    contract = make.contract()
    lose_the_answer(ContractDocument.select().exists)
    with pytest.raises(OperationalError):
        contracts.receive(
            contract.id,
            document=BytesIO(pdf()),
            sent_as="contract.pdf",
            storage=storage(),
            by=contract.contact_id,
        )
    assert names() == [ContractDocument.get().name]


def test_a_certificate_stays(app, make, lose_the_answer):
    make.school()
    enrolment = make.enrolment()
    lose_the_answer(Certificate.select().where(Certificate.document.is_null(False)).exists)
    with pytest.raises(OperationalError):
        certificates.issue(
            enrolment.id,
            language="fr",
            key=uuid4().hex,
            storage=storage(),
            by=enrolment.student.person_id,
        )
    assert names() == [Certificate.get().document]
