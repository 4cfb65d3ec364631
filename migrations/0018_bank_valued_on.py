# Frozen history: imports peewee only, never the portal.


def up(migrator, db):
    db.execute_sql("ALTER TABLE bank_line ADD COLUMN valued_on DATE")
    db.execute_sql("CREATE INDEX bank_line_valued_on ON bank_line (valued_on)")


def down(migrator, db):
    db.execute_sql("DROP INDEX bank_line_valued_on")
    db.execute_sql("ALTER TABLE bank_line DROP COLUMN valued_on")
