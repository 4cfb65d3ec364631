# Frozen history: imports peewee only, never the portal.
from peewee import *


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Payer(Base):
        pass

    class Refund(Base):
        pass

    class PaymentOrder(Base):
        number = TextField(unique=True)
        state = TextField(constraints=[Check("state IN ('prepared', 'released', 'withdrawn')")])
        execution_on = DateField()
        iban = TextField()
        transfers = IntegerField(constraints=[Check("transfers > 0")])
        control_sum_cents = BigIntegerField(constraints=[Check("control_sum_cents > 0")])
        document = BlobField()
        sha256 = TextField()
        prepared_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        prepared_at = DateTimeField()
        prepare_key = TextField(unique=True)
        released_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        released_at = DateTimeField(null=True)
        decision_key = TextField(null=True)
        version = IntegerField()

        class Meta:
            constraints = [
                Check("released_by_id IS NULL OR released_by_id <> prepared_by_id"),
                Check("state <> 'released' OR released_by_id IS NOT NULL"),
            ]

    class Transfer(Base):
        order = ForeignKeyField(PaymentOrder, backref="+", on_delete="RESTRICT")
        refund = ForeignKeyField(Refund, backref="+", on_delete="RESTRICT")
        payer = ForeignKeyField(Payer, backref="+", on_delete="RESTRICT")
        end_to_end = TextField(unique=True)
        amount_cents = BigIntegerField(constraints=[Check("amount_cents > 0")])
        iban = TextField()
        holder = TextField()
        state = TextField(
            constraints=[Check("state IN ('waiting', 'sent', 'paid', 'rejected', 'returned', 'withdrawn')")]
        )
        reason_code = TextField()
        reason_text = TextField()
        answered_at = DateTimeField(null=True)

    Transfer.add_index(
        Transfer.refund,
        Transfer.payer,
        unique=True,
        where=SQL("state IN ('waiting', 'sent', 'paid')"),
        name="transfer_one_living",
    )
    db.create_tables([PaymentOrder, Transfer])
    instant = "DATETIME" if isinstance(db, SqliteDatabase) else "TIMESTAMP"
    db.execute_sql(f"ALTER TABLE refund_share ADD COLUMN paid_at {instant}")
    db.execute_sql(
        "UPDATE refund_share SET paid_at = (SELECT paid_at FROM refund WHERE refund.id = refund_share.refund_id)"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE transfer")
    db.execute_sql("DROP TABLE payment_order")
    db.execute_sql("ALTER TABLE refund_share DROP COLUMN paid_at")
