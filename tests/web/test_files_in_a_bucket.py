"""The portal with its papers in an object store: the same journeys, and what happens when the store is away."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from portal.contracts.models import ContractDocument
from portal.uploads.models import Upload
from tests.support import databases, stores
from tests.support.make_contracts import pdf, plain, submitted


@pytest.fixture(scope="module")
def object_store(tmp_path_factory):
    with stores.serving("gateway", tmp_path_factory.mktemp("gateway")) as server:
        yield server


@pytest.fixture
def settings(tmp_path, prepared, object_store):
    """One database is enough: what differs here is the place of files."""
    usual = databases.installation("sqlite", tmp_path, prepared)
    return replace(usual, storage_url=object_store.url())


@pytest.fixture
def contract(make):
    return make.contract(contact=make.person("Jean Delcourt", "company"))


@pytest.fixture
def company(client, contract):
    return client.sign_in(contract.contact)


def upload(browser, contract, data, *, expect=204):
    form = browser.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    return browser.submit(form, htmx=True, expect=expect, document=(BytesIO(data), "c.pdf"))


def test_a_paper_is_sent_seen_and_saved_whole_and_in_part(app, company, contract):
    upload(company, contract, pdf())
    paper = ContractDocument.get()
    assert company.raw.get(f"/documents/{paper.id}").data == pdf()
    part = company.raw.get(f"/documents/{paper.id}", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, pdf()[5:10])
    preview = company.raw.get(f"/contracts/{contract.id}/documents/{paper.id}/preview.png")
    assert preview.data.startswith(b"\x89PNG")
    assert not app.extensions["settings"].folder.exists()


def test_a_whole_file_is_taken_away(app, client, make, contract):
    submitted(make, app, contact=contract.contact, text="another")
    client.sign_in(make.staff("registrar"))
    contract_id = ContractDocument.select().first().contract_id
    answer = client.raw.get(f"/staff/contracts/{contract_id}/file.zip")
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.read("cerfa-1.pdf") == pdf("another")


def test_while_the_store_is_away_nothing_is_kept_and_the_next_try_works(app, company, contract):
    storage = app.extensions["storage"]
    here = storage.store
    storage.store = stores.away()
    answer = upload(company, contract, pdf(), expect=503)
    assert "Nothing was changed" in answer.text
    assert [one.state for one in Upload.select()] == ["dropped"]
    assert ContractDocument.select().count() == 0
    company.page(f"/contracts/{contract.id}")

    storage.store = here
    upload(company, contract, pdf())
    name = ContractDocument.get().name
    assert plain(storage, name) == pdf()

    storage.store = stores.away()
    company.page(f"/documents/{ContractDocument.get().id}", expect=503)
    company.page(f"/contracts/{contract.id}")
