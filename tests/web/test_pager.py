"""Pages that go on: what a visitor writes into the address stays an argument of the address."""

from urllib.parse import parse_qs, urlsplit

import pytest

from portal.fees.queries import books
from tests.support import make_fees
from tests.support.make_payouts import approved, people, prepared


@pytest.mark.parametrize(
    "typed",
    [
        "_external=1&_scheme=javascript",
        "_anchor=x",
        "_method=POST",
        "endpoint=x",
        "values=3",
        "self=1",
    ],
)
def test_another_page_is_always_one_of_this_list(client, make, monkeypatch, typed):
    monkeypatch.setattr(books, "PAGE", 1)
    enrolment = make_fees.plan(make)
    for cents in (100_00, 200_00):
        make_fees.pay(make, enrolment, cents)
    client.sign_in(make.staff("finance"))
    page = client.page(f"/staff/finance/ledger?page=2&q=byron&{typed}")
    links = [
        a["href"]
        for a in page.select(".pager a, nav a")
        if "page=" in a["href"] or "byron" in a["href"]
    ]
    assert links
    for link in map(urlsplit, links):
        assert (link.scheme, link.netloc, link.path, link.fragment) == (
            "",
            "",
            "/staff/finance/ledger",
            "",
        )
        assert parse_qs(link.query)["q"] == ["byron"]


def test_the_number_of_what_is_shown_cannot_be_typed_twice(client, make):
    order = prepared(make, [approved(make)])
    page = client.sign_in(people(make).first).page(f"/staff/payouts/{order.id}?page=2&order_id=7")
    assert f"/staff/payouts/{order.id}?order_id=7" in {a["href"] for a in page.select("a")}
