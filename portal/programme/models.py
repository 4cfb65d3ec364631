from peewee import Check, DateField, ForeignKeyField, TextField

from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import InstantField, Table
from portal.kernel.text import fold
from portal.programme.rules import Scheme


class School(Table):
    """The institution whose name stands on its papers. Another school is another row, never other code."""

    short_name = TextField(unique=True)
    name = TextField()
    address = TextField()
    city = TextField()
    siret = TextField()
    uai = TextField()
    activity_number = TextField()
    signatory_name = TextField()
    signatory_title_fr = TextField()
    signatory_title_en = TextField()
    account_holder = TextField(default="")
    iban = TextField(default="")
    bic = TextField(default="")


class Programme(Table):
    school = ForeignKeyField(School, backref="programmes", on_delete="RESTRICT")
    code = TextField(unique=True)
    title_fr = TextField()
    title_en = TextField()
    award_fr = TextField(default="")
    award_en = TextField(default="")
    rncp = TextField(default="")


class Course(Table):
    programme = ForeignKeyField(Programme, backref="courses", on_delete="RESTRICT")
    code = TextField()
    title_fr = TextField()
    title_en = TextField()
    block = TextField(constraints=[Check("block IN ('core', 'specialty', 'language')")])

    class Meta:
        indexes = ((("programme", "code"), True),)


class Cohort(Table):
    """One year of one programme: the students who follow the same lessons."""

    programme = ForeignKeyField(Programme, backref="cohorts", on_delete="RESTRICT")
    name = TextField(unique=True)
    year = TextField()
    starts_on = DateField()
    ends_on = DateField()

    programme_id: int

    class Meta:
        constraints = [Check("starts_on < ends_on")]


class LanguageGroup(Table):
    """Students of a cohort who learn one language together."""

    cohort = ForeignKeyField(Cohort, backref="groups", on_delete="CASCADE")
    name_fr = TextField()
    name_en = TextField()

    class Meta:
        indexes = ((("cohort", "name_en"), True),)


class Student(Table):
    """The civil facts that papers carry, beside the account that signs in."""

    person = ForeignKeyField(Person, backref="student_file", unique=True, on_delete="RESTRICT")
    number = TextField(unique=True)
    given_names = TextField()
    family_name = TextField(index=True)
    born_on = DateField(null=True)
    born_in = TextField(default="")
    folded = TextField(default="", index=True)

    person_id: int

    def save(self, *args, **kwargs):
        """`folded` is what searches look in; it follows the name and the number."""
        self.folded = fold(
            f"{self.family_name} {self.given_names} {self.family_name} {self.number}"
        )
        return super().save(*args, **kwargs)

    @property
    def listed_as(self) -> str:
        """ "Moreau, Camille", as lists sort people."""
        return f"{self.family_name}, {self.given_names}" if self.given_names else self.family_name


class Enrolment(Table):
    """One student in one cohort, for one year, under one scheme."""

    student = ForeignKeyField(Student, backref="enrolments", on_delete="RESTRICT")
    cohort = ForeignKeyField(Cohort, backref="enrolments", on_delete="RESTRICT")
    scheme = TextField(
        default=Scheme.INITIAL,
        constraints=[Check("scheme IN ('initial', 'apprenticeship', 'professionalisation')")],
    )
    enrolled_at = InstantField(default=clock.now)
    withdrawn_on = DateField(null=True)

    student_id: int
    cohort_id: int

    class Meta:
        indexes = ((("student", "cohort"), True),)


class GroupMembership(Table):
    enrolment = ForeignKeyField(Enrolment, backref="memberships", on_delete="CASCADE")
    group = ForeignKeyField(LanguageGroup, backref="memberships", on_delete="CASCADE")

    class Meta:
        indexes = ((("enrolment", "group"), True),)
