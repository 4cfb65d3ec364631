"""The server dies two hundred times in approvals, imports and orders: nothing acknowledged is lost, nothing is
doubled, no file is half imported."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from portal import fees
from portal.bank import service as bank
from portal.bank.models import Allocation, BankFile, BankLine
from portal.fees import proof
from portal.fees.models import LedgerTransaction, Payment
from portal.infra.files import storage
from portal.payouts.models import PaymentOrder, Transfer
from portal.programme.models import School
from portal.refunds.models import Refund
from tests.support import make_bank, make_fees, make_refunds
from tests.support.make_payouts import IBANS

KILLS, REFUNDS, FILES, LINES = 100, 60, 12, 8
ROOT = Path(__file__).parents[2]
#: Forks a worker for every line it reads and says its number; a worker says what is on disk, then dies or ends.
NURSERY = """
import os, random, sys
from datetime import timedelta
from uuid import uuid4
from portal.bank import service as bank, tasks
from portal.bank.models import BankFile
from portal.infra import files, jobs, mail
from portal.infra.files import LocalStorage
from portal.kernel import clock, db, vault
from portal.kernel.errors import Refusal
from portal.notifications import tasks
from portal.payouts import service as payouts
from portal.payouts.models import PaymentOrder
from portal.refunds import service as refunds
from portal.refunds.models import Refund
from pathlib import Path

url, place, first, second = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])

def work():
    db.connect(url); vault.configure(["test"]); mail.connect(lambda message: None)
    jobs.connect("immediate:", secret="x"); files.connect(LocalStorage(place))
    with db.database.connection_context():
        say("ready")
        while True:
            random.choice([approve, order, release, read])()

def say(text):
    os.write(1, (text + chr(10)).encode())

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

def order():
    ready = some(Refund.select(Refund.id).where(Refund.state == "approved"))[:3]
    if ready:
        try:
            made = payouts.prepare(ready, execution_on=clock.today() + timedelta(days=1), key=uuid4().hex, by=first)
        except Refusal:
            return
        say(f"ordered {made.id}")

def release():
    for key in some(PaymentOrder.select(PaymentOrder.id).where(PaymentOrder.state == "prepared"))[:1]:
        try:
            payouts.release(key, version=1, key=uuid4().hex, by=second)
        except Refusal:
            continue
        say(f"released {key}")

def read():
    for key in some(BankFile.select(BankFile.id).where(BankFile.state.in_(["waiting", "reading"])))[:1]:
        BankFile.update(state="waiting", claimed_at=None).where((BankFile.id == key) & (BankFile.state == "reading")).execute()
        bank.read_file(key, files.storage())
        if BankFile.find(key).state == "done":
            say(f"read {key}")

for _ in sys.stdin:
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    say(f"child {child}")
    os.waitpid(child, 0)
    say("dead")
"""


@pytest.fixture
def office(make):
    """Refunds to approve and to pay, and statements to read."""
    registrar = make.staff("registrar", name="Rosa Registrar")
    for n in range(REFUNDS):
        refund = make_refunds.refund(make, cents=1_500_00 + n, by=registrar)
        payer = fees.student_payer(refund.enrolment_id)
        fees.learn_account(payer.id, iban=IBANS[1], holder="Ada")
    make.school()
    School.update(iban=make_bank.IBAN).execute()
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
def test_a_hundred_kills_lose_and_double_nothing(office, settings):
    said = run_and_kill(settings, *office)
    assert len(said["approved"]) > 5, "the workers had time to do something"
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


def run_and_kill(settings, first, second) -> dict[str, set[int]]:
    chance, patience = random.Random(11), 0.08
    said: dict[str, set[int]] = {
        "approved": set(),
        "ordered": set(),
        "released": set(),
        "read": set(),
    }
    facts = [settings.database_url, str(settings.storage), str(first.id), str(second.id)]
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, *facts],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as nursery:
        for _ in range(KILLS):
            nursery.stdin.write("go\n")
            nursery.stdin.flush()
            child, before = 0, sum(map(len, said.values()))
            for line in nursery.stdout:
                word, *number = line.split()
                if word == "child":
                    child = int(number[0])
                elif word == "dead":
                    break
                elif word in said:
                    said[word].add(int(number[0]))
                if word == "ready" or (word == "child" and chance.random() < 0.05):
                    time.sleep(chance.uniform(0.001, patience))
                    with suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
            # A slow machine needs longer before there is something to kill.
            busy = sum(map(len, said.values())) > before
            patience = max(0.08, patience / 1.5) if busy else min(5, patience * 1.5)
        nursery.stdin.close()
    return said
