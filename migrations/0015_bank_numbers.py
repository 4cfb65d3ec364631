# Frozen history: imports peewee only, never the portal.


def up(migrator, db):
    db.execute_sql("ALTER TABLE bank_line ADD COLUMN number TEXT NOT NULL DEFAULT ''")
    db.execute_sql("CREATE INDEX bank_line_number ON bank_line (number)")


def down(migrator, db):
    db.execute_sql("DROP INDEX bank_line_number")
    db.execute_sql("ALTER TABLE bank_line DROP COLUMN number")
