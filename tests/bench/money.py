"""The figures of the finance office: statements, orders, a very long inbox."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from statistics import median
from time import perf_counter
from uuid import uuid4

from sepaxml import SepaTransfer

from portal.bank import reading
from portal.bank import service as bank
from portal.demo.bank import account_of
from portal.fees.models import Payer
from portal.infra.files import storage
from portal.kernel import clock
from portal.kernel.db import database, transaction
from portal.payouts import service as payouts
from portal.payouts.models import Transfer
from portal.programme import School
from portal.refunds.models import Refund, RefundShare

LINES, TRANSFERS = 10_000, 5_000
CHUNK = 400
#: Proposed refunds among so many decided ones.
SHORT, LONG, WAITING = 1_000, 100_000, 50


def figures() -> Iterator[tuple[str, float, float]]:
    """Name, measured, goal; with the database of a demo connected."""
    yield import_of_statement()
    yield order_against_sepaxml()


def import_of_statement() -> tuple[str, float, float]:
    school = School.select().get()
    parsed, imported = [], []
    for round_number in range(3):
        data = statement(school.iban, round_number)
        began = perf_counter()
        reading.read(BytesIO(data), account_ibans=frozenset({school.iban}))
        parsed.append(perf_counter() - began)
        began = perf_counter()
        clerk = Refund.select().first().proposed_by_id
        file = bank.receive(
            BytesIO(data), sent_as="huge.xml", key=uuid4().hex, by=clerk, storage=storage()
        )
        bank.read_file(file.id, storage())
        imported.append(perf_counter() - began)
    return f"import of {LINES:,} lines / reading alone", median(imported) / median(parsed), 4


def statement(iban: str, number: int) -> bytes:
    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>2026-11-09</Dt></BookgDt><ValDt><Dt>2026-11-09</Dt></ValDt>"
        f"<AcctSvcrRef>H{number}{n:05d}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
        f'<Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>Payer {n}</Nm></Pty></Dbtr></RltdPties>'
        f"<RmtInf><Ustrd>line {n}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for n in range(LINES)
    )
    return (
        f"<Document><BkToCstmrStmt><GrpHdr><MsgId>H{number}</MsgId></GrpHdr><Stmt><Id>H{number}</Id>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def order_against_sepaxml() -> tuple[str, float, float]:
    ids = approved_refunds(TRANSFERS)
    who = Refund.select().first().proposed_by_id
    tomorrow = clock.today() + timedelta(days=1)
    began = perf_counter()
    order = payouts.prepare(ids, execution_on=tomorrow, key=uuid4().hex, by=who)
    ours = perf_counter() - began
    lines = list(Transfer.select().where(Transfer.order == order.id))
    school = School.select().get()
    began = perf_counter()
    alone = SepaTransfer(
        {
            "name": "School",
            "IBAN": school.iban,
            "BIC": school.bic,
            "batch": True,
            "currency": "EUR",
        },
        schema="pain.001.001.09",
        clean=True,
    )
    for line in lines:
        alone.add_payment(
            {
                "name": line.holder,
                "IBAN": line.iban,
                "amount": line.amount_cents,
                "execution_date": tomorrow,
                "description": f"Refund {line.end_to_end}",
                "endtoend_id": line.end_to_end,
            }
        )
    alone.export(validate=True)
    return f"order of {TRANSFERS:,} transfers / sepaxml alone", ours / (perf_counter() - began), 3


def approved_refunds(count: int) -> list[int]:
    """Refunds that two people agreed to, each to an account of its own, written in bulk."""
    model = Refund.select().first()
    payer = Payer.select().where(Payer.enrolment == model.enrolment_id).first()
    first_payer, first_refund = 5_000_000, 5_000_000
    with transaction():
        for start in range(0, count, CHUNK):
            some = range(start, min(start + CHUNK, count))
            Payer.insert_many(
                {
                    "id": first_payer + n,
                    "enrolment": payer.enrolment_id,
                    "kind": "parent",
                    "name": f"Payer {n}",
                    "reference": f"BENCH{n}",
                    "iban": account_of(100_000 + n),
                    "account_holder": f"Payer {n}",
                }
                for n in some
            ).execute()
            Refund.insert_many(
                {
                    "id": first_refund + n,
                    "number": f"R-BENCH-{n}",
                    "enrolment": model.enrolment_id,
                    "contract": model.contract_id,
                    "source": f"bench-order:{n}",
                    "amount_cents": 1_375_00,
                    "calculation": model.calculation,
                    "policy_version": 1,
                    "state": "approved",
                    "proposed_by": model.proposed_by_id,
                    "decided_by": model.proposed_by_id + 1,
                    "decided_at": clock.now(),
                }
                for n in some
            ).execute()
            RefundShare.insert_many(
                {
                    "refund": first_refund + n,
                    "payer": first_payer + n,
                    "amount_cents": 1_375_00,
                }
                for n in some
            ).execute()
    return [first_refund + n for n in range(count)]


def lengthen_inbox(decided: int) -> None:
    """`decided` paid refunds, and as many waiting ones as a page holds, written by the database itself."""
    model = Refund.select().where(Refund.state == "proposed").first()
    columns = (
        "number, enrolment_id, contract_id, source, amount_cents, calculation, policy_version, approvals_needed, "
        "state, proposed_by_id, proposed_at, decided_by_id, decided_at, reason, payment_note, version, question, answer, changed_at"
    )
    for state, count, prefix in (("paid", decided, "L"), ("proposed", WAITING, "W")):
        database.execute_sql(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
            f"INSERT INTO refund ({columns}) SELECT '{prefix}' || i, enrolment_id, contract_id, '{prefix}:' || i, "
            f"amount_cents, calculation, 1, 1, '{state}', proposed_by_id, proposed_at, "
            f"{'proposed_by_id + 1' if state == 'paid' else 'NULL'}, proposed_at, '', '', 1, '', '', changed_at "
            f"FROM n, refund r WHERE r.id = {model.id}"
        )
    database.execute_sql("ANALYZE")
