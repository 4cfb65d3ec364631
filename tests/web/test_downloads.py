"""A paper is saved whole, in part, or from where the line broke; and never by somebody else."""

import random
from functools import partial

import pytest

from portal.contracts.models import ContractDocument
from tests.support.make_contracts import pdf, submitted

#: Several pieces of what lies on the disk.
TEXT = random.Random(7).randbytes(150_000).hex()


@pytest.fixture
def paper(make, app):
    submitted(make, app, text=TEXT)
    return ContractDocument.select().order_by(ContractDocument.number, ContractDocument.id).get()


@pytest.fixture
def ask(client, paper):
    """Ask for the paper as its contact, with further headers."""
    client.sign_in(paper.contract.contact)
    return lambda **headers: client.raw.get(
        f"/documents/{paper.id}", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def test_a_whole_paper_says_that_parts_may_be_asked_for(ask, paper):
    answer = ask()
    assert answer.data == pdf(TEXT)
    assert (answer.status_code, answer.content_length) == (200, len(pdf(TEXT)))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"] == f'"{paper.sha256}"'


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("0-0", 0, 1),
        ("0-99", 0, 100),
        ("70000-70099", 70_000, 70_100),
        ("65535-65536", 65_535, 65_537),
        ("200000-", 200_000, None),
        ("-500", -500, None),
        ("-99999999", 0, None),
        ("100-99999999", 100, None),
    ],
)
def test_a_part_is_just_that_part_in_the_same_cage(ask, wanted, start, stop):
    whole = pdf(TEXT)
    answer = ask(Range=f"bytes={wanted}")
    assert answer.status_code == 206
    assert answer.data == whole[start:stop]
    first = start % len(whole)
    last = first + len(answer.data) - 1
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert answer.content_length == len(answer.data)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("wanted", ["bytes=99999999-", f"bytes={10**30}-{10**31}"])
def test_a_part_behind_the_end_is_refused_with_the_size(ask, wanted):
    answer = ask(Range=wanted)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(pdf(TEXT))}"
    assert answer.data == b""


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,5-6", "lines=1-2", "bytes=x-y", "bytes=5-2", "bytes", "bytes=--5", "\x00"]
)
def test_whatever_else_is_asked_for_gets_the_whole_paper(ask, wanted):
    answer = ask(Range=wanted)
    assert (answer.status_code, answer.data) == (200, pdf(TEXT))


def test_the_rest_is_only_given_of_the_same_bytes(ask, paper):
    rest = partial(ask, Range="bytes=100-")
    assert rest(If_Range=f'"{paper.sha256}"').status_code == 206
    assert rest(If_Range='"another"').status_code == 200
    assert rest(If_Range="Wed, 21 Oct 2015 07:28:00 GMT").status_code == 200


def test_a_stranger_gets_no_part_either(client, make, paper):
    client.sign_in(make.person("Somebody Else", "company"))
    answer = client.raw.get(f"/documents/{paper.id}", headers={"Range": "bytes=0-9"})
    assert answer.status_code == 404
