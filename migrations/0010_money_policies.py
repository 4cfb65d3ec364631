# Frozen history: imports peewee only, never the portal.


def up(migrator, db):
    db.execute_sql(
        "ALTER TABLE money_policy ADD COLUMN deposit_outside_contract TEXT NOT NULL DEFAULT 'kept' "
        "CHECK (deposit_outside_contract IN ('kept', 'refundable'))"
    )
    db.execute_sql(
        "ALTER TABLE money_policy ADD COLUMN instalment_day INTEGER CHECK (instalment_day BETWEEN 1 AND 28)"
    )


def down(migrator, db):
    db.execute_sql("ALTER TABLE money_policy DROP COLUMN instalment_day")
    db.execute_sql("ALTER TABLE money_policy DROP COLUMN deposit_outside_contract")
