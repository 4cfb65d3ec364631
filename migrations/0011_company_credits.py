# Frozen history: imports peewee only, never the portal.


def up(migrator, db):
    db.execute_sql(
        "ALTER TABLE refund ADD COLUMN company_payer_id INTEGER REFERENCES payer (id) ON DELETE RESTRICT "
        "CHECK (company_payer_id IS NULL OR contract_id IS NULL)"
    )
    db.execute_sql("CREATE INDEX refund_company_payer_id ON refund (company_payer_id)")


def down(migrator, db):
    db.execute_sql("DROP INDEX refund_company_payer_id")
    db.execute_sql("ALTER TABLE refund DROP COLUMN company_payer_id")
