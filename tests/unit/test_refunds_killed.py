"""The server dies in the middle of approvals: nothing acknowledged is lost, nothing is doubled or half done."""

import pytest

from portal.audit.models import AuditEvent
from portal.fees.models import LedgerTransaction
from portal.refunds.models import Refund
from tests.support import make_refunds
from tests.support.nursery import Deaths, raise_and_kill

DEATHS = Deaths(12, soon=(0.002, 0.05))
#: Approves every waiting refund in a random order and says so, line by line, once it is on disk.
WORKERS = """
import random
from portal.infra import jobs, mail
from portal.kernel import db
from portal.kernel.errors import Refusal
from portal.notifications import tasks
from portal.refunds import service
from portal.refunds.models import Refund
from uuid import uuid4

def work():
    db.connect(sys.argv[1]); mail.connect(lambda message: None); jobs.connect("immediate:", secret="x")
    with db.database.connection_context():
        say("ready")
        waiting = [r.id for r in Refund.select(Refund.id).where(Refund.state == "proposed")]
        random.shuffle(waiting)
        for refund_id in waiting:
            try:
                service.approve(refund_id, version=1, key=uuid4().hex, by=int(sys.argv[2]))
            except Refusal:
                continue
            say(f"approved {refund_id}")
"""


@pytest.mark.slow
def test_a_dozen_kills_lose_and_double_nothing(make, settings):
    grace = make.staff("finance")
    registrar = make.staff("registrar")
    count = 160
    for _ in range(count):
        make_refunds.refund(make, cents=1_500_00, by=registrar)

    said = raise_and_kill(WORKERS, settings.database_url, grace.id, deaths=DEATHS)

    approved = {refund.id for refund in Refund.select().where(Refund.state == "approved")}
    posted = [
        int(row.source.split(":")[1])
        for row in LedgerTransaction.select().where(LedgerTransaction.source.startswith("refund:"))
    ]
    audited = [
        int(row.subject.split(":")[1])
        for row in AuditEvent.select().where(AuditEvent.tag == "refund:approved")
    ]
    assert set(map(int, said["approved"])) <= approved
    assert sorted(posted) == sorted(approved) == sorted(audited)
    assert len(approved) > 0
