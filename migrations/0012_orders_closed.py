# Frozen history: imports peewee only, never the portal.
from peewee import SqliteDatabase


def up(migrator, db):
    instant = "DATETIME" if isinstance(db, SqliteDatabase) else "TIMESTAMP"
    for column in (
        "closed_as TEXT NOT NULL DEFAULT '' CHECK (closed_as IN ('', 'never_taken', 'executed'))",
        "closed_reason TEXT NOT NULL DEFAULT ''",
        "closed_by_id INTEGER REFERENCES person (id) ON DELETE RESTRICT",
        f"closed_at {instant}",
    ):
        db.execute_sql(f"ALTER TABLE payment_order ADD COLUMN {column}")
    db.execute_sql("CREATE INDEX payment_order_closed_by_id ON payment_order (closed_by_id)")


def down(migrator, db):
    db.execute_sql("DROP INDEX payment_order_closed_by_id")
    for column in ("closed_at", "closed_by_id", "closed_reason", "closed_as"):
        db.execute_sql(f"ALTER TABLE payment_order DROP COLUMN {column}")
