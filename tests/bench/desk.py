"""The registrar's queue among very many contracts, written by the database itself."""

from portal.contracts.models import Contract
from portal.kernel.db import database, transaction
from tests.bench import crowd

#: Contracts in all, of which as many wait to be checked as a page holds.
SHORT, LONG, WAITING = 500, 20_000, 50
STUDENTS = 200
COLUMNS = (
    "enrolment_id, company_id, contact_id, kind, job_title, tutor_name, starts_on, ends_on, funded_cents, state, "
    "declared_at, submitted_at, due_on, version"
)
#: An enrolment has one contract on its way, so each waiting one belongs to another newcomer without a contract.
WAIT = f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {WAITING})
    INSERT INTO contract ({COLUMNS})
    SELECT {crowd.BASE} + i + (i - 1) / 4, c.company_id, c.contact_id, c.kind, c.job_title, c.tutor_name, c.starts_on, c.ends_on, NULL,
        'submitted', c.declared_at, c.submitted_at, date(c.starts_on, '+' || i || ' days'), 2
    FROM n, contract c WHERE c.id = :model"""
RUN = f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
    INSERT INTO contract ({COLUMNS})
    SELECT {crowd.BASE} + 1 + i % 90, c.company_id, c.contact_id, c.kind, c.job_title, c.tutor_name, c.starts_on, c.ends_on, 975000,
        CASE i % 4 WHEN 0 THEN 'signed' WHEN 1 THEN 'active' WHEN 2 THEN 'completed' ELSE 'superseded' END,
        c.declared_at, c.submitted_at, date(c.starts_on, '+' || (i % 700) || ' days'), 5
    FROM n, contract c WHERE c.id = :model"""


def lengthen_queue(contracts: int) -> None:
    """Let the demo's SQLite hold `contracts` contracts, of which `WAITING` more are to be checked."""
    crowd.grow(STUDENTS, waiting=0)
    model = Contract.select().order_by(Contract.id).first().id
    with transaction():
        database.execute_sql(WAIT, {"model": model})
        rest = contracts - Contract.select().count()
        database.execute_sql(RUN, {"model": model, "count": rest})
    database.execute_sql("ANALYZE")
