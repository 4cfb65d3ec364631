# Frozen history: imports peewee only, never the portal.


def up(migrator, db):
    db.execute_sql(
        "ALTER TABLE bank_file ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0)"
    )


def down(migrator, db):
    db.execute_sql("ALTER TABLE bank_file DROP COLUMN failures")
