"""The ledger proves that nobody changed it."""

import pytest

from portal.fees import proof
from portal.fees.models import LedgerEntry, LedgerTransaction, Payment
from portal.kernel.db import database
from tests.bench.ledger import lengthen
from tests.support import make_fees

TRIGGERS = {
    "SqliteDatabase": (
        "DROP TRIGGER ledger_transaction_no_update",
        "DROP TRIGGER ledger_transaction_no_delete",
        "DROP TRIGGER ledger_entry_no_update",
        "DROP TRIGGER ledger_entry_no_delete",
    ),
    "PostgresqlDatabase": (
        "ALTER TABLE ledger_transaction DISABLE TRIGGER USER",
        "ALTER TABLE ledger_entry DISABLE TRIGGER USER",
    ),
}
RESTORE = (
    "ALTER TABLE ledger_transaction ENABLE TRIGGER USER",
    "ALTER TABLE ledger_entry ENABLE TRIGGER USER",
)


@pytest.fixture
def month(make):
    """Two students who paid twice each."""
    clerk = make.staff("finance")
    for _ in range(2):
        enrolment = make_fees.plan(make)
        make_fees.pay(make, enrolment, 1_500_00, by=clerk)
        make_fees.pay(make, enrolment, 1_375_00, by=clerk)


@pytest.fixture
def intruder(month):
    """Somebody with the database's own password, whom no trigger stops."""
    lite = "Sqlite" in type(database.obj).__name__
    for statement in TRIGGERS["SqliteDatabase" if lite else "PostgresqlDatabase"]:
        database.execute_sql(statement)
    yield database.execute_sql
    for statement in () if lite else RESTORE:
        database.execute_sql(statement)


def test_an_untouched_ledger_has_no_flaw_and_keeps_its_seal(month):
    verdict = proof.verify()
    assert (verdict.transactions, verdict.flaws) == (6, [])
    assert proof.verify() == verdict


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE ledger_entry SET amount_cents = amount_cents + 1 WHERE id = 3",
        "UPDATE ledger_entry SET account = 'funding' WHERE id = 4",
        "UPDATE ledger_entry SET payer_id = NULL WHERE payer_id IS NOT NULL",
        "UPDATE ledger_entry SET transaction_id = 3 WHERE transaction_id = 2",
        "UPDATE ledger_entry SET enrolment_id = 2 WHERE id = 3",
        "UPDATE ledger_entry SET enrolment_id = 2 WHERE transaction_id = 2",
        "UPDATE ledger_transaction SET source = 'payment:99' WHERE id = 2",
        "UPDATE ledger_transaction SET posted_at = '2026-01-01 00:00:00' WHERE id = 2",
        "UPDATE ledger_transaction SET number = 7 WHERE id = 2",
        "DELETE FROM ledger_entry WHERE transaction_id = 2",
    ],
)
def test_an_altered_row_is_found(intruder, deed):
    intruder(deed)
    assert proof.verify().flaws


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE payment SET amount_cents = 1375001 WHERE id = 2",
        "UPDATE payment SET payer_id = 2 WHERE id = 1",
    ],
)
def test_a_payment_that_says_something_else_than_the_ledger_is_found(month, deed):
    database.execute_sql(deed)
    assert [flaw.why for flaw in proof.verify().flaws] == ["is not what its payment says"]


@pytest.mark.parametrize("removed", [1, 2, 3])
def test_a_removed_transaction_is_found_even_at_the_end(intruder, removed):
    """Payments and plans know of the transaction that each of them made."""
    intruder(f"DELETE FROM ledger_entry WHERE transaction_id = {removed}")
    intruder(f"DELETE FROM ledger_transaction WHERE id = {removed}")
    assert proof.verify().flaws


def test_what_was_done_twice_and_resealed_shows_in_the_seal(intruder):
    before = proof.verify().seal
    last = LedgerTransaction.select().order_by(LedgerTransaction.id.desc()).first()
    intruder(f"DELETE FROM ledger_entry WHERE transaction_id = {last.id}")
    intruder(f"DELETE FROM ledger_transaction WHERE id = {last.id}")
    intruder("DELETE FROM payment WHERE id = 4")
    assert (proof.verify().flaws, proof.verify().seal == before) == ([], False)
    assert (LedgerEntry.select().count(), Payment.select().count()) == (10, 3)


def test_the_command_says_so(app, intruder):
    run = app.test_cli_runner().invoke
    assert run(args=["ledger", "verify"]).exit_code == 0
    intruder("UPDATE ledger_entry SET amount_cents = 1 WHERE id = 1")
    result = run(args=["ledger", "verify"])
    assert result.exit_code == 1
    assert "was changed" in result.output


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_ledger_four_times_as_long_takes_four_times_the_steps(month):
    lengthen(400)
    short = steps(proof.verify)
    lengthen(1_600)
    assert steps(proof.verify) <= 4.1 * short


def steps(work):
    """How many hundreds of its instructions SQLite runs for `work`: the same number every time, unlike seconds."""
    seen = []
    database.connection().set_progress_handler(lambda: seen.append(1), 100)
    assert work().flaws == []
    database.connection().set_progress_handler(None, 0)
    return len(seen)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_long_ledger_stays_in_the_database_while_it_is_read(month):
    rows = proof._everything()
    next(rows)
    assert open_cursors() == 1
    rows.close()
    assert open_cursors() == 0


def open_cursors():
    return database.execute_sql("SELECT count(*) FROM pg_cursors WHERE name <> ''").fetchone()[0]
