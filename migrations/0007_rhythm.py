# Frozen history: imports peewee only, never the portal.
from peewee import *


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Cohort(Base):
        pass

    class Enrolment(Base):
        pass

    class Company(Base):
        pass

    class RhythmPeriod(Base):
        cohort = ForeignKeyField(Cohort, backref="+", on_delete="RESTRICT")
        first_on = DateField()
        last_on = DateField()
        place = TextField(constraints=[Check("place IN ('school', 'company')")])
        note = TextField()
        version = IntegerField()
        key = TextField(unique=True)
        written_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        written_at = DateTimeField()

        class Meta:
            indexes = ((("cohort", "first_on"), False),)
            constraints = [Check("first_on <= last_on")]

    class RhythmLink(Base):
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="CASCADE")
        company = ForeignKeyField(Company, backref="+", on_delete="CASCADE")
        fingerprint = TextField(unique=True)
        made_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        made_at = DateTimeField()
        revoked_at = DateTimeField(null=True)

    RhythmLink.add_index(
        RhythmLink.enrolment,
        RhythmLink.company,
        unique=True,
        where=SQL("revoked_at IS NULL"),
        name="rhythm_link_one_living",
    )

    db.create_tables([RhythmPeriod, RhythmLink])


def down(migrator, db):
    for table in ("rhythm_link", "rhythm_period"):
        db.execute_sql(f"DROP TABLE {table}")
