"""Employers, and what staff know better than the list of branches."""

from peewee import Check, ForeignKeyField, IntegerField, TextField

from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import InstantField, Table


class Company(Table):
    """An employer's establishment. Its SIRET is its identity."""

    name = TextField(index=True)
    siret = TextField(unique=True)
    address = TextField(default="")
    naf = TextField(default="")
    headcount = IntegerField(null=True, constraints=[Check("headcount >= 0")])
    #: The collective agreement, four digits; it decides the OPCO.
    idcc = TextField(default="")
    #: When somebody of the company said that name and address are right.
    confirmed_at = InstantField(null=True)
    confirmed_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")

    confirmed_by_id: int | None


class CompanyContact(Table):
    """A person somebody named as acting for a company. An address book: it opens no contract."""

    company = ForeignKeyField(Company, backref="contacts", on_delete="CASCADE")
    person = ForeignKeyField(Person, backref="companies", on_delete="CASCADE")

    class Meta:
        indexes = ((("company", "person"), True),)


class BranchCorrection(Table):
    """Which OPCO a collective agreement belongs to, where staff know better than the list."""

    idcc = TextField(unique=True)
    opco = TextField()
    corrected_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    corrected_at = InstantField(default=clock.now)
