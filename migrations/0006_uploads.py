# Frozen history: imports peewee only, never the portal.
from peewee import *


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Upload(Base):
        purpose = TextField(constraints=[Check("purpose IN ('contract', 'bank')")])
        sha256 = TextField()
        size = IntegerField(constraints=[Check("size >= 0")])
        sent_as = TextField()
        sent_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        state = TextField(
            constraints=[
                Check(
                    "state IN ('received', 'inspected', 'scanned', 'kept', 'held', 'refused', 'dropped')"
                )
            ]
        )
        name = TextField()
        reason = TextField()
        received_at = DateTimeField()
        changed_at = DateTimeField()

        class Meta:
            indexes = ((("state", "id"), False), (("name",), False))
            constraints = [
                Check("state NOT IN ('kept', 'held') OR name <> ''"),
                Check("state <> 'refused' OR (reason <> '' AND name = '')"),
            ]

    db.create_tables([Upload])


def down(migrator, db):
    db.execute_sql("DROP TABLE upload")
