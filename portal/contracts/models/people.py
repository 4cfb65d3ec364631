"""Who takes part in a contract, how they come in, and what they say."""

from peewee import SQL, BooleanField, Check, ForeignKeyField, TextField

from portal.contracts.models.companies import Company
from portal.contracts.models.contracts import Contract
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import InstantField, Table


class ContractContact(Table):
    """A person of the company who reads and sends a contract's papers; who may invite names colleagues."""

    contract = ForeignKeyField(Contract, backref="people", on_delete="CASCADE")
    person = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    #: The name typed by whoever invited them: what their account is called is not the inviter's to read.
    called = TextField(default="")
    may_invite = BooleanField(default=False)
    added_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    added_at = InstantField(default=clock.now)

    person_id: int

    class Meta:
        indexes = ((("contract", "person"), True),)


class DoorLink(Table):
    """A private link in a mail: it signs one contact in and opens one contract. Only its fingerprint is kept."""

    contract = ForeignKeyField(Contract, backref="+", on_delete="CASCADE")
    person = ForeignKeyField(Person, backref="+", on_delete="CASCADE")
    fingerprint = TextField(unique=True)
    created_at = InstantField(default=clock.now)
    expires_at = InstantField(index=True)

    contract_id: int
    person_id: int


class ContractMessage(Table):
    """What student, company and school write to each other about a contract."""

    contract = ForeignKeyField(Contract, backref="messages", on_delete="RESTRICT")
    author = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    text = TextField()
    at = InstantField(default=clock.now)
    key = TextField(unique=True)

    contract_id: int
    author_id: int


class ContractReminder(Table):
    """A company was asked for what is missing; at most once in a week, such as 2026-W48."""

    contract = ForeignKeyField(Contract, backref="reminders", on_delete="RESTRICT")
    week = TextField()
    sent_at = InstantField(default=clock.now)
    sent_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")

    class Meta:
        indexes = ((("contract", "week"), True),)


class CompanyCorrection(Table):
    """What a contact says the company is called, where other contracts rest on the same company: staff decide."""

    company = ForeignKeyField(Company, backref="+", on_delete="CASCADE")
    contract = ForeignKeyField(Contract, backref="+", on_delete="CASCADE")
    name = TextField()
    address = TextField()
    state = TextField(
        default="waiting", constraints=[Check("state IN ('waiting', 'accepted', 'refused')")]
    )
    proposed_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    proposed_at = InstantField(default=clock.now)
    decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    decided_at = InstantField(null=True)

    company_id: int
    contract_id: int
    proposed_by_id: int


CompanyCorrection.add_index(
    CompanyCorrection.company,
    unique=True,
    where=SQL("state = 'waiting'"),
    name="company_correction_one_waiting",
)
