"""The team's sample statements through the upload form of the school, and what must come of each."""

import json
from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest

from portal import fees
from portal.bank.models import Allocation, BankFile, BankLine
from portal.fees.models import Payer, Payment
from portal.payouts.models import Transfer
from portal.refunds.models import Refund
from tests.conftest import SHARED
from tests.support import make_bank, make_fees, make_payouts
from tests.support.make_bank import cents, samples

FIRST = {"13-same-statement-again": "01-exact-reference", "14b-overlap": "14a-overlap"}


@pytest.fixture
def bank(client, make):
    """A finance officer of a school with the account of the samples."""
    make_bank.school(make)
    return client.sign_in(make.staff("finance", name="Grace Hopper"))


@pytest.fixture
def items(shared, make, bank):
    """Every open item as an enrolment of its own that asks for just this; ids of payers by item."""
    told = json.loads((shared / "data/bank/open-items.json").read_text())
    people, found = {}, {}
    for item in told["items"]:
        if item["item"][-1] in "3456":
            continue
        name = item["student_name"]
        person = people.setdefault(item["student"], make.person(name))
        due = date.fromisoformat(item["due"])
        enrolment = make.enrolment(person, make.cohort(name=item["item"]))
        make_fees.plan(
            make,
            enrolment,
            tuition_cents=cents(item["amount"]),
            deposit_cents=0,
            instalments=1,
            first_due_on=due,
        )
        payer = fees.student_payer(enrolment.id)
        Payer.update(reference=item["reference"]).where(Payer.id == payer.id).execute()
        found[item["item"]] = {payer.id}
        for other in item["known_payers"]:
            if other != name:
                parent = fees.add_payer(enrolment.id, kind=fees.PayerKind.PARENT, name=other)
                found[item["item"]].add(parent.id)
    return found


def send(browser, data: bytes, name="statement.xml") -> BankFile:
    form = browser.page("/staff/bank/files").select_one("form[enctype]")
    fields = {
        "csrf_token": form.select_one("[name=csrf_token]")["value"],
        "key": uuid4().hex,
        "file": (BytesIO(data), name),
    }
    answer = browser.raw.post("/staff/bank/files", data=fields)
    assert answer.status_code == 303, answer.text[:500]
    browser.page(answer.headers["Location"])
    return BankFile.select().order_by(BankFile.id.desc()).get()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", samples(SHARED))
def test_every_sample_ends_as_its_sidecar_says(shared, bank, items, make, name):
    folder = shared / "data/bank/statements"
    told = json.loads((folder / f"{name}.json").read_text())
    sent = sent_before(make, items) if name[:2] in ("10", "11", "12") else {}
    if name in FIRST:
        send(bank, (folder / f"{FIRST[name]}.xml").read_bytes())
    before = {line.id for line in BankLine.select()}
    file = send(bank, (folder / f"{name}.xml").read_bytes())

    if told["outcome"] == "refuse":
        assert (file.state, file.stored) == ("refused", None)
        assert file.problem
        assert BankLine.select().count() == Payment.select().count() == 0
        return
    assert file.state == "done"
    assert (told["outcome"] == "import_with_warning") == (file.doubts != "[]")
    if told["outcome"] == "nothing_new":
        assert file.new_lines == 0
    lines = [line for line in BankLine.select().order_by(BankLine.id) if line.id not in before]
    wanted = told["matches"]
    if name == "09-batch":
        wanted = [wanted[0] | {"to": [part]} for part in wanted[0]["to"]]
    assert len(lines) == len(wanted)
    for line, match in zip(lines, wanted, strict=True):
        check(line, match, items, sent)
    for tab in ("to-sort", "matched", "ignored"):
        page = bank.page(f"/staff/bank?state={tab}")
        assert not page.select("script:not([src])")


def check(line, match, items, sent):
    states = {"certain": "matched", "suggest": "suggested", "manual": "open"}
    assert line.state == states[match["how"]], (line.why, line.readings)
    if "refund" in match:
        refund = sent[match["refund"]]
        expected = "paid" if match["becomes"] == "executed" else "returned"
        assert Refund.find(refund.id).state == expected
    elif "reopens" in match and match["how"] == "certain":
        assert Payment.find(line.reversed_payment_id).reversed_at is not None
    elif match["how"] == "certain":
        booked = list(Allocation.select().where(Allocation.line == line))
        wanted = {part["item"]: cents(part["amount"]) for part in match["to"]}
        assert len(booked) == len(wanted)
        for part, (item, amount) in zip(booked, sorted(wanted.items()), strict=True):
            assert part.payer_id in items[item]
            assert part.amount_cents == amount + cents(match["left_over"])
    elif match.get("to"):
        best = json.loads(line.readings)[0]
        assert next(payer for payer, _ in best["parts"]) in items[match["to"][0]["item"]]
    assert (
        match["how"] == "certain" or not Allocation.select().where(Allocation.line == line).exists()
    )


def sent_before(make, items) -> dict:
    """The refunds and the direct debit that the samples answer to."""
    refunds = {
        "R1": make_payouts.approved(make, cents=2_875_00, number="REFUND-2026-0001"),
        "R2": make_payouts.approved(make, cents=1_500_00, number="REFUND-2026-0002"),
    }
    make_payouts.released(make, refunds.values())
    assert Transfer.select().count() == 2
    payer = Payer.find(min(items["S06-1"]))
    fees.record_payment(
        enrolment_id=payer.enrolment_id,
        payer_id=payer.id,
        amount=1_375_00,
        received_on=date(2026, 11, 5),
        means="debit",
        key=uuid4().hex,
        end_to_end="DD-2026-11-S06",
        by=make.staff("finance", name="Clerk").id,
    )
    return refunds
