"""End to end with a bank on the other side: mock-bank reads our order and answers, settles, and tells it in a statement."""

import json
import re
import threading
from datetime import timedelta
from io import BytesIO
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from mockbank.server import Config, make_server

from portal import fees
from portal.bank import service as bank
from portal.bank.models import BankFile, BankLine
from portal.infra.files import storage
from portal.kernel import clock
from portal.payouts import queries, service
from portal.payouts.models import Transfer
from portal.refunds.models import Refund
from tests.support.make_payouts import approved, people, released

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


class Bank:
    """The other side, as a school would reach it."""

    def __init__(self, port: int):
        self.address = f"http://127.0.0.1:{port}"

    def ask(self, path: str, body: bytes | None = None, kind: str = "application/xml") -> bytes:
        request = Request(self.address + path, data=body, headers={"Content-Type": kind})
        try:
            with urlopen(request, timeout=20) as answer:
                return answer.read()
        except HTTPError as refused:
            with refused:
                return refused.read()

    def open_account(self, **facts) -> None:
        said = self.ask("/_mock/accounts", json.dumps(facts).encode(), "application/json")
        assert b'"iban"' in said, said

    def letters(self, kind: str) -> list[bytes]:
        """Messages of a kind that wait in the mailbox."""
        told = self.ask(f"/_mock/mailbox?type={kind}&raw").decode()
        return [part.encode() for part in re.split(r"(?=<\?xml )", told) if part.strip()]

    def days_go_by(self, days: int) -> None:
        self.ask(f"/_mock/advance?days={days}", b"")


@pytest.fixture
def counterparty(make):
    server = make_server(Config(port=0, quiet=True))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bank = Bank(server.server_port)
    school = make.school()
    bank.open_account(
        id="SCHOOL",
        name="ILERI",
        iban=school.iban,
        bic="MOCKFR2A",
        balance=50_000_00,
        currency="EUR",
    )
    yield bank
    server.shutdown()
    server.server_close()


def read_statement(data: bytes, clerk) -> BankFile:
    file = bank.receive(
        BytesIO(data), sent_as="camt.xml", key=uuid4().hex, by=clerk.id, storage=storage()
    )
    bank.read_file(file.id, storage())
    return BankFile.find(file.id)


def test_an_order_is_answered_settled_and_told(make, counterparty):
    closed = "DE89370400440532013000"
    counterparty.open_account(
        id="CLOSED",
        name="Ada",
        iban=closed,
        bic="MOCKDE2A",
        behaviour="closed-account",
        currency="EUR",
    )
    good = [approved(make, cents=1_500_00 + n) for n in range(2)]
    bad = approved(make, cents=2_000_00, iban=closed)
    order = released(make, [*good, bad])
    clerk = people(make).first

    counterparty.ask("/payments", queries.document_of(order.id)[1])
    answers = counterparty.letters("pain.002")
    assert answers
    for told in answers * 2:
        service.read_answer(told, by=clerk.id)
    assert Refund.find(bad.id).state == "returned"
    assert "closed" in Refund.find(bad.id).reason
    assert {Refund.find(one.id).state for one in good} == {"exported"}

    counterparty.days_go_by(5)
    ours = make.school().iban.encode()
    told = counterparty.letters("camt.053")
    assert read_statement(next(one for one in told if ours not in one), clerk).state == "refused"
    statements = [one for one in told if ours in one]
    files = [read_statement(told, clerk) for told in [*statements, *statements]]
    assert {file.state for file in files} == {"done"}, [file.problem for file in files]
    assert {Refund.find(one.id).state for one in good} == {"paid"}
    assert {line.what for line in BankLine.select()} == {"transfer-executed"}
    for one in good:
        assert fees.position_of(one.enrolment_id).coming_back == 0
    assert Transfer.select().where(Transfer.state == "paid").count() == 2
    assert clock.today() + timedelta(days=1) == order.execution_on
