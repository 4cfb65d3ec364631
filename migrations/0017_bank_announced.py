# Frozen history: imports peewee only, never the portal.


def up(migrator, db):
    db.execute_sql(
        "ALTER TABLE bank_file ADD COLUMN announced INTEGER NOT NULL DEFAULT 0 CHECK (announced >= 0)"
    )


def down(migrator, db):
    db.execute_sql("ALTER TABLE bank_file DROP COLUMN announced")
