from peewee import Check, ForeignKeyField, IntegerField, TextField

from portal.contracts import Contract
from portal.fees import Payer
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import CentsField, InstantField, Table
from portal.programme import Enrolment
from portal.refunds.rules import RefundState


class Refund(Table):
    """Money to give back. `version` guards each decision, `decision_key` makes it repeatable.

    `calculation` is the JSON of the inputs, the policy version and each step that gave the amount.
    """

    number = TextField(unique=True)
    enrolment = ForeignKeyField(Enrolment, backref="refunds", on_delete="RESTRICT")
    #: None when a credit is given back that no contract caused.
    contract = ForeignKeyField(Contract, backref="refunds", null=True, on_delete="RESTRICT")
    #: The company whose own credit goes back; None for the money of a student and the family.
    company_payer = ForeignKeyField(Payer, backref="+", null=True, on_delete="RESTRICT")
    source = TextField(unique=True)
    amount_cents = CentsField(constraints=[Check("amount_cents > 0")])
    calculation = TextField()
    policy_version = IntegerField()
    approvals_needed = IntegerField(default=1, constraints=[Check("approvals_needed IN (1, 2)")])
    state = TextField(
        default=RefundState.PROPOSED,
        constraints=[
            Check(
                "state IN ('proposed', 'info_needed', 'approved', 'exported', 'paid', 'refused', 'cancelled', 'returned')"
            )
        ],
    )
    proposed_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    proposed_at = InstantField(default=clock.now)
    first_approved_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    first_approved_at = InstantField(null=True)
    first_approval_key = TextField(null=True)
    decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    decided_at = InstantField(null=True)
    decision_key = TextField(null=True)
    reason = TextField(default="")
    paid_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    paid_at = InstantField(null=True)
    payment_key = TextField(null=True)
    payment_note = TextField(default="")
    #: What staff asked and what was answered, the last time.
    question = TextField(default="")
    answer = TextField(default="")
    #: Set while the ledger holds the amount as refundable, from the approval on.
    posted_at = InstantField(null=True)
    changed_at = InstantField(default=clock.now, index=True)
    version = IntegerField(default=1)

    enrolment_id: int
    contract_id: int | None
    company_payer_id: int | None
    proposed_by_id: int
    first_approved_by_id: int | None
    decided_by_id: int | None

    class Meta:
        indexes = ((("state", "id"), False), (("state", "amount_cents"), False))
        constraints = [
            Check("company_payer_id IS NULL OR contract_id IS NULL"),
            Check("state <> 'refused' OR reason <> ''"),
            Check("decided_by_id IS NULL OR decided_by_id <> proposed_by_id"),
            Check("first_approved_by_id IS NULL OR first_approved_by_id <> proposed_by_id"),
            Check(
                "decided_by_id IS NULL OR state = 'refused' OR decided_by_id <> first_approved_by_id"
            ),
            Check("state NOT IN ('approved', 'exported', 'paid') OR decided_by_id IS NOT NULL"),
            Check(
                "approvals_needed = 1 OR state NOT IN ('approved', 'exported', 'paid') OR first_approved_by_id IS NOT NULL"
            ),
        ]


class RefundShare(Table):
    """The part of a refund that goes back to one payer."""

    refund = ForeignKeyField(Refund, backref="shares", on_delete="RESTRICT")
    payer = ForeignKeyField(Payer, backref="refund_shares", on_delete="RESTRICT")
    amount_cents = CentsField(constraints=[Check("amount_cents > 0")])
    #: Set once this part has left the bank; emptied when it came back.
    paid_at = InstantField(null=True)

    refund_id: int
    payer_id: int

    class Meta:
        indexes = ((("refund", "payer"), True),)
