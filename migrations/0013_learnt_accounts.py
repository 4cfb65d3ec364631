# Frozen history: imports peewee only, never the portal.


def up(migrator, db):
    db.execute_sql(
        "ALTER TABLE payer ADD COLUMN iban_learnt INTEGER NOT NULL DEFAULT 0 CHECK (iban_learnt IN (0, 1))"
    )
    db.execute_sql("UPDATE payer SET iban_learnt = 1 WHERE iban <> '' AND iban_changed_at IS NULL")


def down(migrator, db):
    db.execute_sql("ALTER TABLE payer DROP COLUMN iban_learnt")
