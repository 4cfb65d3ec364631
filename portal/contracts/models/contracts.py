"""A contract, the steps of its life, and its papers with what was read in them."""

from peewee import SQL, Check, DateField, ForeignKeyField, IntegerField, TextField

from portal.contracts.models.companies import Company
from portal.contracts.rules import ContractState, DocumentState
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import CentsField, InstantField, Table
from portal.programme import Enrolment


class Contract(Table):
    """A work-study contract between a student, a company and the school.

    `contact` leads for the company and may name colleagues (`ContractContact`). Students name contacts, so
    access belongs to the contract: a new name at a known company must not open its other contracts.
    `funded_cents` is what funder and company bring, confirmed by staff when the school accepts. `due_on` is
    the next day something must have happened by. `amends`: the contract this one is an amendment of;
    `follows`: the broken contract whose student this one employs.
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
                "state IN ('draft', 'submitted', 'changes_requested', 'checked', 'signed', 'transmitted', 'incomplete', "
                "'accepted', 'refused', 'implicit_refusal', 'implicit_acceptance', 'active', 'completed', 'terminated', "
                "'cancelled', 'superseded')"
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
    end_initiator = TextField(default="")
    end_ground = TextField(default="")
    amends = ForeignKeyField("self", backref="amendments", null=True, on_delete="RESTRICT")
    follows = ForeignKeyField("self", backref="successors", null=True, on_delete="RESTRICT")
    concluded_on = DateField(null=True)
    practical_start_on = DateField(null=True)
    weekly_minutes = IntegerField(null=True, constraints=[Check("weekly_minutes > 0")])
    monthly_pay_cents = CentsField(null=True, constraints=[Check("monthly_pay_cents >= 0")])
    rncp = TextField(default="")
    tutor_job = TextField(default="")
    tutor_experience_years = IntegerField(
        null=True, constraints=[Check("tutor_experience_years >= 0")]
    )
    #: The funding body, its deposit number and what it said when.
    opco = TextField(default="")
    opco_number = TextField(default="")
    employer_share_cents = CentsField(null=True, constraints=[Check("employer_share_cents >= 0")])
    transmitted_on = DateField(null=True)
    complete_on = DateField(null=True)
    answered_on = DateField(null=True)
    due_on = DateField(null=True)
    reminders_paused_until = DateField(null=True)
    version = IntegerField(default=1)

    enrolment_id: int
    company_id: int
    contact_id: int
    decided_by_id: int | None
    amends_id: int | None
    follows_id: int | None
    #: Filled by `queries.with_papers`: documents, newest first, and the newest one when it was returned.
    papers: list["ContractDocument"]
    returned: "ContractDocument | None"

    class Meta:
        constraints = [Check("starts_on < ends_on")]
        indexes = ((("state", "submitted_at"), False), (("state", "due_on", "id"), False))


#: Whatever two clicks or two windows do, an enrolment has one contract on its way.
Contract.add_index(
    Contract.enrolment,
    unique=True,
    where=SQL("state IN ('draft', 'submitted', 'changes_requested', 'checked')"),
    name="contract_one_open",
)


class ContractMove(Table):
    """One step of a contract's life: from which state to which, on which legal day, by whom (nobody: the law)."""

    contract = ForeignKeyField(Contract, backref="moves", on_delete="RESTRICT")
    source = TextField()
    target = TextField()
    on = DateField()
    reason = TextField(default="")
    by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    at = InstantField(default=clock.now)

    by_id: int | None


class ContractDocument(Table):
    """One version of one of a contract's papers, kept byte for byte in storage under `name`."""

    contract = ForeignKeyField(Contract, backref="documents", on_delete="RESTRICT")
    kind = TextField(
        default="cerfa",
        constraints=[Check("kind IN ('cerfa', 'training_agreement', 'calendar', 'opco_decision')")],
    )
    number = IntegerField(constraints=[Check("number > 0")])
    name = TextField(unique=True)
    sha256 = TextField()
    size = IntegerField(constraints=[Check("size > 0")])
    sent_as = TextField()
    sent_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    sent_at = InstantField(default=clock.now)
    state = TextField(
        default=DocumentState.RECEIVED,
        constraints=[
            Check(
                "state IN ('received', 'held', 'checking', 'accepted', 'returned', 'expired', 'replaced')"
            )
        ],
    )
    expires_on = DateField(null=True)
    reason = TextField(default="")
    decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    decided_at = InstantField(null=True)

    contract_id: int
    sent_by_id: int

    class Meta:
        indexes = (
            (("contract", "kind", "number"), True),
            (("contract", "kind", "sha256"), True),
        )
        constraints = [Check("state <> 'returned' OR reason <> ''")]


class ContractReading(Table):
    """What the boxes of a contract form said, or the `problem` why they could not be read.

    `facts` and `remarks` are JSON. The social-security number and facts of health are not among them.
    """

    document = ForeignKeyField(ContractDocument, backref="+", unique=True, on_delete="CASCADE")
    facts = TextField(default="{}")
    remarks = TextField(default="[]")
    problem = TextField(default="")
    read_at = InstantField(default=clock.now)

    document_id: int
