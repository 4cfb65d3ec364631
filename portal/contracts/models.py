from peewee import SQL, Check, DateField, ForeignKeyField, IntegerField, TextField

from portal.contracts.rules import ContractState, DocumentState
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import CentsField, InstantField, Table
from portal.programme import Enrolment


class Company(Table):
    """An employer's establishment. Its SIRET is its identity."""

    name = TextField(index=True)
    siret = TextField(unique=True)
    address = TextField(default="")


class CompanyContact(Table):
    """A person somebody named as acting for a company. An address book: it opens no contract."""

    company = ForeignKeyField(Company, backref="contacts", on_delete="CASCADE")
    person = ForeignKeyField(Person, backref="companies", on_delete="CASCADE")

    class Meta:
        indexes = ((("company", "person"), True),)


class Contract(Table):
    """A work-study contract between a student, a company and the school.

    `contact` is the one person who reads and sends papers for the company. Students name contacts, so
    access belongs to the contract: a new name at a known company must not open its other contracts.
    `funded_cents` is what funder and company bring, confirmed by staff when the school accepts.
    """

    enrolment = ForeignKeyField(Enrolment, backref="contracts", on_delete="RESTRICT")
    company = ForeignKeyField(Company, backref="contracts", on_delete="RESTRICT")
    contact = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    kind = TextField(constraints=[Check("kind IN ('apprenticeship', 'professionalisation')")])
    job_title = TextField()
    tutor_name = TextField(default="")
    starts_on = DateField()
    ends_on = DateField()
    funded_cents = CentsField(null=True, constraints=[Check("funded_cents >= 0")])
    state = TextField(
        default=ContractState.DRAFT,
        constraints=[
            Check(
                "state IN ('draft', 'submitted', 'changes_requested', 'signed', 'cancelled', 'terminated')"
            )
        ],
    )
    declared_at = InstantField(default=clock.now)
    submitted_at = InstantField(null=True)
    decided_at = InstantField(null=True)
    decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    decision_key = TextField(null=True)
    #: The last day of a contract that was broken, and why it or its acceptance ended.
    ended_on = DateField(null=True)
    end_reason = TextField(default="")
    version = IntegerField(default=1)

    enrolment_id: int
    company_id: int
    contact_id: int
    decided_by_id: int | None
    #: Filled by `queries.with_papers`: documents, newest first, and the newest one when it was returned.
    papers: list["ContractDocument"]
    returned: "ContractDocument | None"

    class Meta:
        constraints = [Check("starts_on < ends_on")]
        indexes = ((("state", "submitted_at"), False),)


#: Whatever two clicks or two windows do, an enrolment has one contract on its way.
Contract.add_index(
    Contract.enrolment,
    unique=True,
    where=SQL("state IN ('draft', 'submitted', 'changes_requested')"),
    name="contract_one_open",
)


class ContractDocument(Table):
    """One version of a contract's paper, kept byte for byte in storage under `name`."""

    contract = ForeignKeyField(Contract, backref="documents", on_delete="RESTRICT")
    number = IntegerField(constraints=[Check("number > 0")])
    name = TextField(unique=True)
    sha256 = TextField()
    size = IntegerField(constraints=[Check("size > 0")])
    sent_as = TextField()
    sent_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    sent_at = InstantField(default=clock.now)
    state = TextField(
        default=DocumentState.WAITING,
        constraints=[Check("state IN ('waiting', 'accepted', 'returned', 'replaced')")],
    )
    reason = TextField(default="")
    decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    decided_at = InstantField(null=True)

    contract_id: int
    sent_by_id: int

    class Meta:
        indexes = ((("contract", "number"), True), (("contract", "sha256"), True))
        constraints = [Check("state <> 'returned' OR reason <> ''")]
