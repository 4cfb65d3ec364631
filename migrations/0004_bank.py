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

    class Payment(Base):
        pass

    class BankFile(Base):
        sent_as = TextField()
        stored = TextField(unique=True, null=True)
        sha256 = TextField(index=True)
        size = IntegerField(constraints=[Check("size >= 0")])
        key = TextField(unique=True)
        state = TextField(
            constraints=[Check("state IN ('waiting', 'reading', 'done', 'refused')")]
        )
        claimed_at = DateTimeField(null=True)
        progress = IntegerField()
        lines = IntegerField()
        new_lines = IntegerField()
        kind = TextField()
        problem = TextField()
        facts = TextField()
        doubts = TextField()
        sent_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        sent_at = DateTimeField()
        finished_at = DateTimeField(null=True)

        class Meta:
            indexes = ((("state", "id"), False),)
            constraints = [Check("state <> 'refused' OR problem <> ''")]

    class BankLine(Base):
        file = ForeignKeyField(BankFile, backref="+", on_delete="RESTRICT")
        identity = TextField(unique=True)
        booking = TextField(index=True)
        booked_on = DateField()
        amount_cents = BigIntegerField()
        name = TextField()
        iban = TextField()
        iban_fingerprint = TextField(index=True)
        end_to_end = TextField()
        remittance = TextField()
        bank_code = TextField()
        return_reason = TextField()
        additional = TextField()
        state = TextField(
            constraints=[Check("state IN ('matched', 'suggested', 'open', 'ignored')")]
        )
        what = TextField()
        why = TextField()
        readings = TextField()
        automatic = IntegerField(constraints=[Check("automatic IN (0, 1)")])
        transfer_id = IntegerField(null=True)
        reversed_payment = ForeignKeyField(Payment, backref="+", null=True, on_delete="RESTRICT")
        reason = TextField()
        decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)
        decision_key = TextField(null=True)
        version = IntegerField()

        class Meta:
            indexes = ((("state", "id"), False),)
            constraints = [Check("state <> 'ignored' OR reason <> ''")]

    class Allocation(Base):
        line = ForeignKeyField(BankLine, backref="+", on_delete="RESTRICT")
        payer = ForeignKeyField(Payer, backref="+", on_delete="RESTRICT")
        payment = ForeignKeyField(Payment, backref="+", unique=True, on_delete="RESTRICT")
        amount_cents = BigIntegerField(constraints=[Check("amount_cents > 0")])
        undone_at = DateTimeField(null=True)

    db.create_tables([BankFile, BankLine, Allocation])


def down(migrator, db):
    for table in ("allocation", "bank_line", "bank_file"):
        db.execute_sql(f"DROP TABLE {table}")
