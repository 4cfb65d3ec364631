# Frozen history: imports peewee only, never the portal.
#
# Columns are added with a default; CHECKs that grow are rewritten in place: on SQLite in the schema's own text,
# which its documentation allows for constraints, on PostgreSQL by dropping and adding them.
from peewee import *

PERSON = "INTEGER REFERENCES person (id) ON DELETE RESTRICT"
CONTRACT = "INTEGER REFERENCES contract (id) ON DELETE RESTRICT"
TEXT = "TEXT NOT NULL DEFAULT ''"
COLUMNS = {
    "company": [
        ("naf", TEXT),
        ("headcount", "INTEGER CHECK (headcount >= 0)"),
        ("idcc", TEXT),
        ("confirmed_at", "{instant}"),
        ("confirmed_by_id", PERSON),
    ],
    "contract": [
        ("amends_id", CONTRACT),
        ("follows_id", CONTRACT),
        ("concluded_on", "DATE"),
        ("practical_start_on", "DATE"),
        ("weekly_minutes", "INTEGER CHECK (weekly_minutes > 0)"),
        ("monthly_pay_cents", "{cents} CHECK (monthly_pay_cents >= 0)"),
        ("rncp", TEXT),
        ("tutor_job", TEXT),
        ("tutor_experience_years", "INTEGER CHECK (tutor_experience_years >= 0)"),
        ("opco", TEXT),
        ("opco_number", TEXT),
        ("employer_share_cents", "{cents} CHECK (employer_share_cents >= 0)"),
        ("transmitted_on", "DATE"),
        ("complete_on", "DATE"),
        ("answered_on", "DATE"),
        ("due_on", "DATE"),
        ("end_initiator", TEXT),
        ("end_ground", TEXT),
        ("reminders_paused_until", "DATE"),
    ],
    "contract_document": [
        ("kind", "TEXT NOT NULL DEFAULT 'cerfa' CHECK (kind IN ('cerfa', 'training_agreement', 'calendar', 'opco_decision'))"),
        ("expires_on", "DATE"),
    ],
    "money_policy": [
        ("refund_from", "TEXT NOT NULL DEFAULT 'signed' CHECK (refund_from IN ('signed', 'accepted'))"),
    ],
}
CHECKS = [
    (
        "contract",
        "state IN ('draft', 'submitted', 'changes_requested', 'signed', 'cancelled', 'terminated')",
        "state IN ('draft', 'submitted', 'changes_requested', 'checked', 'signed', 'transmitted', 'incomplete', "
        "'accepted', 'refused', 'implicit_refusal', 'implicit_acceptance', 'active', 'completed', 'terminated', "
        "'cancelled', 'superseded')",
    ),
    (
        "contract_document",
        "state IN ('waiting', 'accepted', 'returned', 'replaced')",
        "state IN ('received', 'held', 'checking', 'accepted', 'returned', 'expired', 'replaced')",
    ),
]
INDEXES = [
    ("company_confirmed_by_id", "company", "confirmed_by_id", False, ""),
    ("contract_amends_id", "contract", "amends_id", False, ""),
    ("contract_follows_id", "contract", "follows_id", False, ""),
    ("contract_state_due_on_id", "contract", "state, due_on, id", False, ""),
    ("contract_document_contract_id_kind_number", "contract_document", "contract_id, kind, number", True, ""),
    ("contract_document_contract_id_kind_sha256", "contract_document", "contract_id, kind, sha256", True, ""),
    (
        "contract_one_open",
        "contract",
        "enrolment_id",
        True,
        " WHERE state IN ('draft', 'submitted', 'changes_requested', 'checked')",
    ),
]
OUTDATED = ("contract_one_open", "contract_document_contract_id_number", "contract_document_contract_id_sha256")
UPWARDS = {
    "contract": "UPDATE contract SET state = state WHERE state = ''",
    "contract_document": "UPDATE contract_document SET state = 'received' WHERE state = 'waiting'",
}
DOWNWARDS = {
    "contract": "UPDATE contract SET state = 'signed' WHERE state NOT IN "
    "('draft', 'submitted', 'changes_requested', 'signed', 'cancelled', 'terminated')",
    "contract_document": "UPDATE contract_document SET state = 'waiting' WHERE state IN ('received', 'held', 'checking', 'expired')",
}
#: A due date for what is under way: staff answer within a week of the day a contract came.
DUE = {
    True: "UPDATE contract SET due_on = date(submitted_at, '+7 days') WHERE state = 'submitted'",
    False: "UPDATE contract SET due_on = (submitted_at + INTERVAL '7 days')::date WHERE state = 'submitted'",
}


def up(migrator, db):
    lite = isinstance(db, SqliteDatabase)
    instant, cents = ("DATETIME", "INTEGER") if lite else ("TIMESTAMP", "BIGINT")
    for table, columns in COLUMNS.items():
        for name, definition in columns:
            if not lite:
                definition = definition.replace("REFERENCES", f"CONSTRAINT {table}_{name}_fkey REFERENCES")
            db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {definition.format(instant=instant, cents=cents)}')
    for table, old, new in CHECKS:
        change_check(db, table, old, new, UPWARDS)
    for name in OUTDATED:
        db.execute_sql(f'DROP INDEX "{name}"')
    for name, table, columns, unique, where in INDEXES:
        db.execute_sql(
            f'CREATE {"UNIQUE " if unique else ""}INDEX "{name}" ON "{table}" ({columns}){where}'
        )
    db.execute_sql(DUE[lite])
    db.create_tables(new_tables(db))
    db.execute_sql(
        "INSERT INTO contract_contact (contract_id, person_id, may_invite, added_at) "
        "SELECT id, contact_id, 1, declared_at FROM contract"
        if lite
        else "INSERT INTO contract_contact (contract_id, person_id, may_invite, added_at) "
        "SELECT id, contact_id, TRUE, declared_at FROM contract"
    )


def new_tables(db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Contract(Base):
        pass

    class ContractContact(Base):
        contract = ForeignKeyField(Contract, backref="+", on_delete="CASCADE")
        person = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        may_invite = BooleanField()
        added_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        added_at = DateTimeField()

        class Meta:
            indexes = ((("contract", "person"), True),)

    class ContractMove(Base):
        contract = ForeignKeyField(Contract, backref="+", on_delete="RESTRICT")
        source = TextField()
        target = TextField()
        on = DateField()
        reason = TextField()
        by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        at = DateTimeField()

    class ContractMessage(Base):
        contract = ForeignKeyField(Contract, backref="+", on_delete="RESTRICT")
        author = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        text = TextField()
        at = DateTimeField()
        key = TextField(unique=True)

    class ContractReminder(Base):
        contract = ForeignKeyField(Contract, backref="+", on_delete="RESTRICT")
        week = TextField()
        sent_at = DateTimeField()
        sent_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")

        class Meta:
            indexes = ((("contract", "week"), True),)

    class BranchCorrection(Base):
        idcc = TextField(unique=True)
        opco = TextField()
        corrected_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        corrected_at = DateTimeField()

    return [ContractContact, ContractMove, ContractMessage, ContractReminder, BranchCorrection]


def change_check(db, table, old, new, renamed):
    """Between the old rule and the new one, rows may be renamed that the other one would refuse."""
    if isinstance(db, SqliteDatabase):
        edit_schema(db, table, f"CHECK ({old})", f"CHECK ({new})")
        db.execute_sql(renamed[table])
        return
    (name,) = db.execute_sql(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass "
        "AND pg_get_constraintdef(oid) LIKE 'CHECK ((state%%ANY%%'",
        (table,),
    ).fetchone()
    db.execute_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    db.execute_sql(renamed[table])
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


def down(migrator, db):
    for table in ("branch_correction", "contract_reminder", "contract_message", "contract_move", "contract_contact"):
        db.execute_sql(f"DROP TABLE {table}")
    for name, *_ in INDEXES:
        db.execute_sql(f'DROP INDEX "{name}"')
    for table, old, new in CHECKS:
        change_check(db, table, new, old, DOWNWARDS)
    for table, columns in COLUMNS.items():
        for name, _ in reversed(columns):
            db.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN "{name}"')
    for name, columns in (("number", "contract_id, number"), ("sha256", "contract_id, sha256")):
        db.execute_sql(f'CREATE UNIQUE INDEX "contract_document_contract_id_{name}" ON contract_document ({columns})')
    db.execute_sql(
        "CREATE UNIQUE INDEX contract_one_open ON contract (enrolment_id) "
        "WHERE state IN ('draft', 'submitted', 'changes_requested')"
    )
