"""The server dies two hundred times in approvals, imports and orders: nothing acknowledged is lost, nothing is
doubled, no file is half imported."""

from io import BytesIO
from uuid import uuid4

import pytest

from portal import fees
from portal.bank import service as bank
from portal.bank.models import Allocation, BankFile, BankLine
from portal.fees import proof
from portal.fees.models import LedgerTransaction, Payment
from portal.infra.files import storage
from portal.payouts.models import PaymentOrder, Transfer
from portal.refunds.models import Refund
from tests.support import make_bank, make_fees, make_refunds
from tests.support.make_payouts import IBANS
from tests.support.nursery import Deaths, raise_and_kill

REFUNDS, FILES, LINES = 80, 16, 8
DEATHS = Deaths(200, soon=(0.005, 0.08))
DEEDS = ("approved", "ordered", "released", "read")
#: Says what is on disk, line by line.
WORKERS = """
import random
from datetime import timedelta
from uuid import uuid4
from portal.bank import service as bank, tasks
from portal.bank.models import BankFile
from portal.infra import files, jobs, mail
from portal.infra.files import Storage
from portal.infra.local import LocalStorage
from portal.kernel import clock, db, vault
from portal.kernel.errors import Refusal
from portal.notifications import tasks
from portal.payouts import service as payouts
from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.writing import Debtor, Line, write
from portal.refunds import service as refunds
from portal.refunds.models import Refund
from pathlib import Path

url, place, first, second = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])

def work():
    db.connect(url); vault.configure(["test"]); mail.connect(lambda message: None)
    jobs.connect("immediate:", secret="x"); files.connect(Storage(LocalStorage(place), ["test"]))
    with db.database.connection_context():
        say("ready")
        while True:
            if not any(deed() for deed in random.sample(DEEDS, len(DEEDS))):
                say("idle 0")

def some(query):
    found = [one.id for one in query]
    random.shuffle(found)
    return found

def approve():
    for key in some(Refund.select(Refund.id).where(Refund.state == "proposed"))[:4]:
        try:
            refunds.approve(key, version=1, key=uuid4().hex, by=first)
        except Refusal:
            continue
        say(f"approved {key}")
        return True

def order():
    ordered = Transfer.select(Transfer.refund).where(Transfer.state != "withdrawn")
    ready = some(Refund.select(Refund.id).where((Refund.state == "approved") & Refund.id.not_in(ordered)))[:3]
    if ready:
        made = payouts.prepare(ready, execution_on=clock.today() + timedelta(days=1), key=uuid4().hex, by=first)
        say(f"ordered {made.id}")
        return True

def release():
    for key in some(PaymentOrder.select(PaymentOrder.id).where(PaymentOrder.state == "prepared"))[:1]:
        try:
            payouts.release(key, version=1, key=uuid4().hex, by=second)
        except Refusal:
            continue
        say(f"released {key}")
        return True

def read():
    for key in some(BankFile.select(BankFile.id).where(BankFile.state.in_(["waiting", "reading"])))[:1]:
        BankFile.update(state="waiting", claimed_at=None).where((BankFile.id == key) & (BankFile.state == "reading")).execute()
        bank.read_file(key, files.storage())
        if BankFile.find(key).state == "done":
            say(f"read {key}")
            return True

DEEDS = [approve, order, release, read]

# Schemas and registers are loaded once, here: a worker that only loads them dies before it does anything.
iban = "FR7630006000011234567890189"
write("W", Debtor("School", iban, ""), [Line("W", "Ada", iban, 1), Line("V", "Ada", sys.argv[5], 1)], clock.today())

"""


@pytest.fixture
def office(make):
    """Refunds to approve and to pay, and statements to read."""
    registrar = make.staff("registrar", name="Rosa Registrar")
    for n in range(REFUNDS):
        refund = make_refunds.refund(make, cents=1_500_00 + n, by=registrar)
        payer = fees.student_payer(refund.enrolment_id)
        make_fees.account(payer.id, iban=IBANS[1], holder="Ada")
    make_bank.school(make)
    owing = make_fees.plan(make, make.enrolment(make.person("Owes Much")))
    reference = fees.student_payer(owing.id).reference
    clerk = make.staff("finance", name="Grace Hopper")
    for n in range(FILES):
        lines = [(n * 100 + m + 1, f"P {m}", reference if m % 2 else f"x{n}") for m in range(LINES)]
        data = make_bank.told(*lines).replace(b"<AcctSvcrRef>B", f"<AcctSvcrRef>F{n}B".encode())
        BankFile.create(
            sent_as=f"{n}.xml",
            stored=storage().keep(BytesIO(data)).name,
            sha256="x",
            size=len(data),
            key=uuid4().hex,
            sent_by=clerk,
        )
    return clerk, make.staff("finance", name="Katherine Johnson")


@pytest.mark.slow
def test_two_hundred_kills_lose_and_double_nothing(office, settings):
    first, second = office
    facts = (settings.database_url, settings.storage, first.id, second.id, IBANS[1])
    heard = raise_and_kill(WORKERS, *facts, deaths=DEATHS)
    said = {word: set(map(int, heard[word])) for word in DEEDS}
    assert all(len(keys) >= 3 for keys in said.values()), f"the workers had time for all: {said}"
    check_refunds(said)
    check_orders(said)
    check_files(said)
    assert proof.verify().flaws == []
    finish(office[0])


def check_refunds(said):
    approved = {one.id for one in Refund.select().where(Refund.decided_at.is_null(False))}
    assert said["approved"] <= approved
    posted = [
        int(one.source.split(":")[1])
        for one in LedgerTransaction.select().where(LedgerTransaction.source.startswith("refund:"))
    ]
    assert sorted(posted) == sorted(approved)


def check_orders(said):
    orders = {one.id: one for one in PaymentOrder.select()}
    assert said["ordered"] <= set(orders)
    assert all(orders[key].state == "released" for key in said["released"])
    living = [one.refund_id for one in Transfer.select().where(Transfer.state != "withdrawn")]
    assert len(living) == len(set(living)), "a refund is in one order"
    for key, order in orders.items():
        lines = list(Transfer.select().where(Transfer.order == key))
        assert len(lines) == order.transfers
        assert sum(one.amount_cents for one in lines) == order.control_sum_cents
        states = {Refund.find(one.refund_id).state for one in lines}
        assert states == {"exported" if order.state == "released" else "approved"}


def check_files(said):
    for file in BankFile.select():
        there = BankLine.select().where(BankLine.file == file).count()
        assert there == (LINES if file.state == "done" else 0), "finished or absent"
    assert said["read"] <= {one.id for one in BankFile.select().where(BankFile.state == "done")}
    assert Payment.select().join(Allocation).count() == Allocation.select().count()


def finish(clerk):
    """Whoever comes after the last death finishes what was begun."""
    BankFile.update(claimed_at=None, state="waiting").where(BankFile.state == "reading").execute()
    bank.read_waiting(storage())
    assert BankFile.select().where(BankFile.state == "done").count() == FILES
    assert BankLine.select().count() == FILES * LINES
    assert clerk.id
