# Frozen history: imports peewee only, never the portal.
#
# Columns are added with a default; CHECKs that grow are rewritten in place: on SQLite in the schema's own text,
# which its documentation allows for constraints, on PostgreSQL by dropping and adding them.
from hashlib import sha256

from peewee import *

PERSON = "INTEGER REFERENCES person (id) ON DELETE RESTRICT"
COLUMNS = {
    "money_policy": [
        ("full_until", "DATE"),
        ("late_start", "TEXT NOT NULL DEFAULT 'full' CHECK (late_start IN ('full', 'pro_rata'))"),
        (
            "recent_account_days",
            "INTEGER NOT NULL DEFAULT 7 CHECK (recent_account_days BETWEEN 0 AND 365)",
        ),
        (
            "months_without_tuition",
            "INTEGER NOT NULL DEFAULT 6 CHECK (months_without_tuition BETWEEN 0 AND 60)",
        ),
        ("note", "TEXT NOT NULL DEFAULT ''"),
        ("created_by_id", PERSON),
        ("created_at", "{instant} NOT NULL DEFAULT '2026-11-23 00:00:00'"),
        ("key", "TEXT"),
    ],
    "payer": [
        ("locale", "TEXT NOT NULL DEFAULT 'fr' CHECK (locale IN ('fr', 'en'))"),
        ("account_holder", "TEXT NOT NULL DEFAULT ''"),
        ("iban", "TEXT NOT NULL DEFAULT ''"),
        ("iban_fingerprint", "TEXT NOT NULL DEFAULT ''"),
        ("iban_changed_at", "{instant}"),
    ],
    "payment_plan": [
        ("version", "INTEGER NOT NULL DEFAULT 1"),
        ("change_key", "TEXT"),
        ("reminders_paused_until", "DATE"),
    ],
    "payment": [("end_to_end", "TEXT NOT NULL DEFAULT ''")],
    "ledger_transaction": [
        ("number", "INTEGER NOT NULL DEFAULT 1 CHECK (number > 0)"),
        ("previous_hash", "TEXT NOT NULL DEFAULT ''"),
        ("hash", "TEXT NOT NULL DEFAULT ''"),
    ],
    "contract": [("ended_on", "DATE"), ("end_reason", "TEXT NOT NULL DEFAULT ''")],
    "refund": [
        ("question", "TEXT NOT NULL DEFAULT ''"),
        ("answer", "TEXT NOT NULL DEFAULT ''"),
        ("posted_at", "{instant}"),
        ("changed_at", "{instant} NOT NULL DEFAULT '2026-11-23 00:00:00'"),
    ],
}
INDEXES = [
    ("money_policy_created_by_id", "money_policy", "created_by_id", False),
    ("money_policy_key", "money_policy", "key", True),
    ("payer_iban_fingerprint", "payer", "iban_fingerprint", False),
    ("payment_end_to_end", "payment", "end_to_end", False),
    ("ledger_transaction_enrolment_id_number", "ledger_transaction", "enrolment_id, number", True),
    ("refund_changed_at", "refund", "changed_at", False),
    ("refund_state_amount_cents", "refund", "state, amount_cents", False),
]
CHECKS = [
    (
        "payment",
        "means IN ('transfer', 'card', 'cheque', 'cash')",
        "means IN ('transfer', 'card', 'cheque', 'cash', 'debit')",
    ),
    (
        "instalment",
        "kind IN ('deposit', 'instalment', 'balance', 'remainder')",
        "kind IN ('deposit', 'instalment', 'balance', 'remainder', 'agreed')",
    ),
    (
        "contract",
        "state IN ('draft', 'submitted', 'changes_requested', 'signed', 'cancelled')",
        "state IN ('draft', 'submitted', 'changes_requested', 'signed', 'cancelled', 'terminated')",
    ),
]
APPEND_ONLY = ("ledger_transaction",)


def up(migrator, db):
    lite = isinstance(db, SqliteDatabase)
    instant = "DATETIME" if lite else "TIMESTAMP"
    for table, columns in COLUMNS.items():
        for name, definition in columns:
            if not lite:
                definition = definition.replace("REFERENCES", f"CONSTRAINT {table}_{name}_fkey REFERENCES")
            db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {definition.format(instant=instant)}')
    for table, old, new in CHECKS:
        change_check(db, table, old, new)
    if lite:
        edit_schema(db, "refund", '"contract_id" INTEGER NOT NULL', '"contract_id" INTEGER')
    else:
        db.execute_sql('ALTER TABLE refund ALTER COLUMN contract_id DROP NOT NULL')
    db.execute_sql(
        "UPDATE refund SET posted_at = decided_at WHERE state IN ('approved', 'exported', 'paid')"
    )
    chain(db, lite)
    for name, table, columns, unique in INDEXES:
        db.execute_sql(
            f'CREATE {"UNIQUE " if unique else ""}INDEX "{name}" ON "{table}" ({columns})'
        )
    db.create_tables(new_tables(db))


def new_tables(db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Enrolment(Base):
        pass

    class Payer(Base):
        pass

    class Instalment(Base):
        pass

    class PayerLink(Base):
        payer = ForeignKeyField(Payer, backref="+", on_delete="CASCADE")
        fingerprint = TextField(unique=True)
        created_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        created_at = DateTimeField()
        last_used_at = DateTimeField(null=True)
        revoked_at = DateTimeField(null=True)

    class Reminder(Base):
        instalment = ForeignKeyField(Instalment, backref="+", on_delete="RESTRICT")
        step = IntegerField()
        sent_at = DateTimeField()

        class Meta:
            indexes = ((("instalment", "step"), True),)

    class Invoice(Base):
        number = TextField(unique=True)
        kind = TextField(constraints=[Check("kind IN ('invoice', 'credit_note')")])
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="RESTRICT")
        payer = ForeignKeyField(Payer, backref="+", on_delete="RESTRICT")
        of = ForeignKeyField("self", backref="+", null=True, on_delete="RESTRICT")
        amount_cents = BigIntegerField(constraints=[Check("amount_cents > 0")])
        source = TextField(index=True)
        issued_on = DateField()
        issued_at = DateTimeField()

        class Meta:
            indexes = ((("source", "payer", "kind", "of"), True),)
            constraints = [Check("(kind = 'credit_note') = (of_id IS NOT NULL)")]

    return [PayerLink, Reminder, Invoice]


def change_check(db, table, old, new):
    if isinstance(db, SqliteDatabase):
        edit_schema(db, table, f"CHECK ({old})", f"CHECK ({new})")
        return
    column = old.split()[0]
    (name,) = db.execute_sql(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass "
        "AND pg_get_constraintdef(oid) LIKE %s",
        (table, f"%{column}%ANY%"),
    ).fetchone()
    db.execute_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    db.execute_sql(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" CHECK ({new})')


def edit_schema(db, table, old, new):
    (text,) = db.execute_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()
    if old not in text:
        raise ValueError(f"{table} does not say {old}")
    (version,) = db.execute_sql("PRAGMA schema_version").fetchone()
    db.execute_sql("PRAGMA writable_schema = ON")
    db.execute_sql(
        "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?",
        (text.replace(old, new), table),
    )
    db.execute_sql(f"PRAGMA schema_version = {version + 1}")
    db.execute_sql("PRAGMA writable_schema = OFF")


def chain(db, lite):
    """Number and seal what is in the ledger already; the triggers that refuse changes step aside for it."""
    mark = "?" if lite else "%s"
    allow_changes(db, lite)
    entries = {}
    for transaction, account, payer, cents in db.execute_sql(
        "SELECT transaction_id, account, payer_id, amount_cents FROM ledger_entry"
    ):
        entries.setdefault(transaction, []).append(f"{account}:{payer or 0}:{cents}")
    heads = {}
    rows = db.execute_sql(
        "SELECT id, enrolment_id, source, posted_at FROM ledger_transaction ORDER BY id"
    ).fetchall()
    for key, enrolment, source, posted_at in rows:
        number, before = heads.get(enrolment, (0, ""))
        if not isinstance(posted_at, str):
            posted_at = posted_at.strftime("%Y-%m-%d %H:%M:%S.%f")
        instant = posted_at.replace(" ", "T")
        instant = instant if "." in instant else f"{instant}.000000"
        facts = [before, str(enrolment), str(number + 1), source, instant]
        digest = sha256("\n".join([*facts, *sorted(entries.get(key, []))]).encode()).hexdigest()
        db.execute_sql(
            f"UPDATE ledger_transaction SET number = {mark}, previous_hash = {mark}, hash = {mark} WHERE id = {mark}",
            (number + 1, before, digest, key),
        )
        heads[enrolment] = (number + 1, digest)
    refuse_changes(db, lite)


def allow_changes(db, lite):
    if lite:
        db.execute_sql("DROP TRIGGER ledger_transaction_no_update")
        db.execute_sql("DROP TRIGGER ledger_transaction_no_delete")
    else:
        db.execute_sql("DROP TRIGGER ledger_transaction_append_only ON ledger_transaction")


def refuse_changes(db, lite):
    if lite:
        for verb in ("UPDATE", "DELETE"):
            db.execute_sql(
                f"CREATE TRIGGER ledger_transaction_no_{verb.lower()} BEFORE {verb} ON ledger_transaction "
                "BEGIN SELECT RAISE(ABORT, 'ledger_transaction is append-only'); END"
            )
        return
    db.execute_sql(
        "CREATE TRIGGER ledger_transaction_append_only BEFORE UPDATE OR DELETE ON ledger_transaction "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def down(migrator, db):
    lite = isinstance(db, SqliteDatabase)
    for table in ("invoice", "reminder", "payer_link"):
        db.execute_sql(f"DROP TABLE {table}")
    for name, _table, _columns, _unique in INDEXES:
        db.execute_sql(f'DROP INDEX "{name}"')
    allow_changes(db, lite)
    if lite:
        edit_schema(db, "refund", '"contract_id" INTEGER', '"contract_id" INTEGER NOT NULL')
    else:
        db.execute_sql("ALTER TABLE refund ALTER COLUMN contract_id SET NOT NULL")
    for table, old, new in CHECKS:
        change_check(db, table, new, old)
    for table, columns in COLUMNS.items():
        for name, _definition in reversed(columns):
            db.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN "{name}"')
    refuse_changes(db, lite)
