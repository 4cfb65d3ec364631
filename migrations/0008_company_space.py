# Frozen history: imports peewee only, never the portal.
from peewee import *


def up(migrator, db):
    db.execute_sql("ALTER TABLE contract_contact ADD COLUMN called TEXT NOT NULL DEFAULT ''")
    db.create_tables(new_tables(db))


def new_tables(db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Contract(Base):
        pass

    class Company(Base):
        pass

    class DoorLink(Base):
        contract = ForeignKeyField(Contract, backref="+", on_delete="CASCADE")
        person = ForeignKeyField(Person, backref="+", on_delete="CASCADE")
        fingerprint = TextField(unique=True)
        created_at = DateTimeField()
        expires_at = DateTimeField(index=True)

    class CompanyCorrection(Base):
        company = ForeignKeyField(Company, backref="+", on_delete="CASCADE")
        contract = ForeignKeyField(Contract, backref="+", on_delete="CASCADE")
        name = TextField()
        address = TextField()
        state = TextField(constraints=[Check("state IN ('waiting', 'accepted', 'refused')")])
        proposed_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        proposed_at = DateTimeField()
        decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)

    CompanyCorrection.add_index(
        CompanyCorrection.company,
        unique=True,
        where=SQL("state = 'waiting'"),
        name="company_correction_one_waiting",
    )
    return [DoorLink, CompanyCorrection]


def down(migrator, db):
    db.drop_tables(list(reversed(new_tables(db))))
    db.execute_sql("ALTER TABLE contract_contact DROP COLUMN called")
