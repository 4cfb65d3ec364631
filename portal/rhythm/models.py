from peewee import SQL, Check, DateField, ForeignKeyField, IntegerField, TextField

from portal.contracts import Company
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import InstantField, Table
from portal.programme import Cohort, Enrolment
from portal.rhythm.rules import Period, Place


class RhythmPeriod(Table):
    """Days on which a cohort is at school or in its companies, as staff declared them; both ends included."""

    cohort = ForeignKeyField(Cohort, backref="rhythm", on_delete="RESTRICT")
    first_on = DateField()
    last_on = DateField()
    place = TextField(constraints=[Check("place IN ('school', 'company')")])
    note = TextField(default="")
    version = IntegerField(default=1)
    #: The click that declared it, so that the same one declares nothing twice.
    key = TextField(unique=True)
    written_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    written_at = InstantField(default=clock.now)

    cohort_id: int

    class Meta:
        indexes = ((("cohort", "first_on"), False),)
        constraints = [Check("first_on <= last_on")]

    @property
    def period(self) -> Period:
        return Period(self.first_on, self.last_on, Place(self.place), self.note)


class RhythmLink(Table):
    """A private address at which a company's calendars read the days of one student: the row keeps its fingerprint.

    It belongs to student and company, not to one contract, so that an amendment does not break it.
    """

    enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="CASCADE")
    company = ForeignKeyField(Company, backref="+", on_delete="CASCADE")
    fingerprint = TextField(unique=True)
    made_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    made_at = InstantField(default=clock.now)
    revoked_at = InstantField(null=True)


#: A new address switches the old one off.
RhythmLink.add_index(
    RhythmLink.enrolment,
    RhythmLink.company,
    unique=True,
    where=SQL("revoked_at IS NULL"),
    name="rhythm_link_one_living",
)
