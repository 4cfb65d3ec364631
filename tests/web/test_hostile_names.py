"""Every name a hostile sender has thought of, through the real upload form; one database is enough."""

import json

import pytest

from portal.contracts import inspection
from portal.contracts.models import ContractDocument
from tests.support import databases
from tests.support.make_contracts import pdf, post_file

pytestmark = pytest.mark.slow

AT_ONCE = 50


@pytest.fixture
def settings(tmp_path, prepared):
    return databases.installation("sqlite", tmp_path, prepared)


@pytest.fixture
def contact(make, monkeypatch):
    monkeypatch.setattr(inspection, "inspect", lambda _document: [])  # the names matter here
    return make.person("Jean Delcourt", "company")


@pytest.fixture
def company(client, contact):
    return client.sign_in(contact)


@pytest.fixture
def new_contract(company, contact, make):
    """A contract of theirs, and the form for a paper that nobody has to read."""

    def new_contract():
        contract = make.contract(contact=contact)
        page = company.page(f"/contracts/{contract.id}")
        return contract, page.select_one("input[value=training_agreement]").find_parent("form")

    return new_contract


def hostile_names(shared):
    strings = shared / "data/hostile/strings"
    names = json.loads((strings / "filenames.json").read_text())
    for path in sorted(strings.glob("payloads-all-the-things/*_traversal.txt")):
        names += [f"{line}.pdf" for line in path.read_text(errors="replace").splitlines()]
    return names


def around(root):
    return {path for path in root.rglob("*") if "storage" not in path.relative_to(root).parts[:1]}


def test_any_file_name_is_shown_as_text_and_never_sent_back(
    app, company, new_contract, shared, tmp_path
):
    names, before = hostile_names(shared), around(tmp_path)
    assert len(names) >= 951
    for start in range(0, len(names), AT_ONCE):
        contract, form = new_contract()
        for number, name in enumerate(names[start : start + AT_ONCE]):
            answer = post_file(company, form, pdf(f"{start} {number}"), name=name)
            taken = name.strip().lower().endswith(".pdf")
            assert answer.status_code in ((204, 422) if taken else (422,)), (name, answer.text[:99])
        check_page(company, contract)

    papers = list(ContractDocument.select())
    assert len(papers) > 900
    for paper in papers:
        answer = company.raw.get(f"/documents/{paper.id}")
        assert answer.headers.getlist("Content-Disposition") == [
            f'attachment; filename="contract-{paper.contract_id}-training-agreement'
            f'-version-{paper.number}.pdf"'
        ]
        assert len(answer.data) == paper.size
    root = app.extensions["settings"].folder
    assert {path.parent.parent for path in root.rglob("*") if path.is_file()} == {root}
    assert sorted(app.extensions["storage"].store.names()) == sorted(one.name for one in papers)
    assert around(tmp_path) == before


def check_page(company, contract):
    papers = ContractDocument.select().where(ContractDocument.contract == contract.id)
    page = company.page(f"/contracts/{contract.id}")
    shown = [bdi.text for bdi in page.select(".list bdi")]
    assert shown == [paper.sent_as for paper in papers.order_by(ContractDocument.number.desc())]
    assert not page.select(".list script, .list img, .list b")
