"""The whole collection of hostile documents, and every filled official form, through the real upload form.

One database is enough: what is tried here is the reading and the keeping of files.
"""

import json
import os
import resource
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from time import monotonic

import psutil
import pytest

from portal.contracts.models import Contract, ContractDocument
from tests.support import databases
from tests.support.client import StrictClient
from tests.support.make_contracts import post_file, stored

SECONDS = 5
MEGABYTES = 300


pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path, prepared):
    return databases.installation("sqlite", tmp_path, prepared)


@pytest.fixture
def company(client, make):
    contact = make.person("Jean Delcourt", "company")
    make.contract(contact=contact)
    return client.sign_in(contact)


@pytest.fixture
def attempt(company):
    """Send one file as a plain browser would; the answer and how long it took."""
    contract = Contract.get()
    form = company.page(f"/contracts/{contract.id}").select_one("form[enctype]")

    def attempt(data, name="contract.pdf"):
        started = monotonic()
        answer = post_file(company, form, data, name=name)
        return answer, monotonic() - started

    return attempt


def expectations(shared):
    hostile = shared / "data/hostile"
    for entry in json.loads((hostile / "pdf-manifest.json").read_text())["files"]:
        yield entry["path"], entry["expect"], (hostile / entry["path"]).read_bytes()
    for path in sorted((shared / "data/cerfa/filled").glob("*.pdf")):
        yield path.name, "accept", path.read_bytes()


def heaviest_child() -> float:
    """Megabytes of the largest child this process ever had; for an instant a child shares the parent's own."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def own_peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_every_hostile_document_is_answered_as_it_deserves(app, company, attempt, shared):
    process = psutil.Process()
    memory, others = process.memory_info().rss, set(process.children(recursive=True))
    heaviest_before, wrong = heaviest_child(), []
    for path, expect, data in expectations(shared):
        kept_before = set(stored(app))
        answer, seconds = attempt(data)
        accepted = answer.status_code == 204
        new = [kept for kept in stored(app) if kept not in kept_before]
        as_it_deserves = (
            answer.status_code in (204, 422)
            and expect in ("either", "accept" if accepted else "refuse")
            and new == ([data] if accepted else [])
            and (accepted or 'class="err"' in answer.text)
            and seconds < SECONDS
        )
        if not as_it_deserves:
            wrong.append((path, expect, answer.status_code, round(seconds, 1), len(new)))
    assert wrong == []
    assert process.memory_info().rss - memory < MEGABYTES * 1024 * 1024
    # The heaviest child, unless one of an earlier test was heavier still, or this process, long at work, is itself.
    assert heaviest_child() <= max(heaviest_before, own_peak(), MEGABYTES)
    assert process.pid == os.getpid()
    assert set(process.children(recursive=True)) <= others


def test_accepted_documents_come_back_byte_for_byte(app, company, attempt, shared):
    sent = {}
    for path, expect, data in expectations(shared):
        if expect == "accept":
            assert attempt(data, name="contrat.PDF")[0].status_code == 204, path
            sent[ContractDocument.select().order_by(ContractDocument.id.desc()).get().id] = data
    assert len(sent) > 20
    for document_id, data in sent.items():
        answer = company.raw.get(f"/documents/{document_id}")
        assert answer.data == data
        assert sha256(data).hexdigest() == ContractDocument.find(document_id).sha256


def test_while_bombs_are_read_everybody_else_is_answered(app, company, make, shared):
    """Six people send a bomb each at once, more than the machine reads at a time; the others look at pages."""
    bombs = sorted((shared / "data/hostile/pdf/bomb").glob("*.pdf"))
    contract = Contract.get()
    form = company.page(f"/contracts/{contract.id}").select_one("form[enctype]")
    answers = []

    def send(bomb):
        browser = StrictClient(app)
        browser.raw._cookies = company.raw._cookies.copy()
        return post_file(browser, form, bomb.read_bytes()).status_code

    with ThreadPoolExecutor(8) as crowd:
        sent = [crowd.submit(send, bomb) for bomb in (bombs * 6)[:6]]
        while not all(one.done() for one in sent):
            started = monotonic()
            assert StrictClient(app).raw.get("/sign-in").status_code == 200
            answers.append(monotonic() - started)

    assert {one.result() for one in sent} == {422}
    assert len(answers) > 10
    assert max(answers) < 3
