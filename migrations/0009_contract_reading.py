# Frozen history: imports peewee only, never the portal.
from peewee import *


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class ContractDocument(Base):
        pass

    class ContractReading(Base):
        document = ForeignKeyField(ContractDocument, backref="+", unique=True, on_delete="CASCADE")
        facts = TextField()
        remarks = TextField()
        problem = TextField()
        read_at = DateTimeField()

    db.create_tables([ContractReading])


def down(migrator, db):
    db.execute_sql("DROP TABLE contract_reading")
