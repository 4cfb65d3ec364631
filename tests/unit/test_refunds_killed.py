"""The server dies in the middle of approvals: nothing acknowledged is lost, nothing is doubled or half done."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.audit.models import AuditEvent
from portal.fees.models import LedgerTransaction
from portal.refunds.models import Refund
from tests.support import make_refunds

KILLS = 12
ROOT = Path(__file__).parents[2]
#: Approves every waiting refund in a random order and says so, line by line, once it is on disk.
WORKER = """
import random, sys
from portal.infra import jobs, mail
from portal.kernel import db
from portal.kernel.errors import Refusal
from portal.notifications import tasks
from portal.refunds import service
from portal.refunds.models import Refund
from uuid import uuid4

db.connect(sys.argv[1]); mail.connect(lambda message: None); jobs.connect("immediate:", secret="x")
with db.database.connection_context():
    print("ready", flush=True)
    waiting = [r.id for r in Refund.select(Refund.id).where(Refund.state == "proposed")]
    random.shuffle(waiting)
    for refund_id in waiting:
        try:
            service.approve(refund_id, version=1, key=uuid4().hex, by=int(sys.argv[2]))
        except Refusal:
            continue
        print(refund_id, flush=True)
"""


@pytest.mark.slow
def test_a_dozen_kills_lose_and_double_nothing(make, settings):
    grace = make.staff("finance")
    registrar = make.staff("registrar")
    count = 160
    for _ in range(count):
        make_refunds.refund(make, cents=1_500_00, by=registrar)
    acknowledged: set[int] = set()
    chance = random.Random(7)

    for n in range(KILLS):
        seconds = chance.uniform(0.002, 0.05)
        acknowledged |= run_and_kill(settings.database_url, grace.id, seconds, after_one=n % 2 == 0)

    approved = {refund.id for refund in Refund.select().where(Refund.state == "approved")}
    posted = [
        int(row.source.split(":")[1])
        for row in LedgerTransaction.select().where(LedgerTransaction.source.startswith("refund:"))
    ]
    audited = [
        int(row.subject.split(":")[1])
        for row in AuditEvent.select().where(AuditEvent.tag == "refund:approved")
    ]
    assert acknowledged <= approved
    assert sorted(posted) == sorted(approved) == sorted(audited)
    assert len(approved) > 0


def run_and_kill(url: str, clerk: int, seconds: float, *, after_one: bool) -> set[int]:
    """Let a worker approve for a moment, kill it, and return what it had acknowledged.

    `after_one`: the moment begins with its first approval, which a slow machine may take long for.
    """
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, url, str(clerk)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    worker.stdout.readline()
    first = worker.stdout.readline() if after_one else b""
    time.sleep(seconds)
    worker.send_signal(signal.SIGKILL)
    said, _ = worker.communicate()
    whole_lines = (first + said).split(b"\n")[:-1]
    return {int(line) for line in whole_lines if line}
