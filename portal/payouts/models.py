from peewee import SQL, Check, DateField, ForeignKeyField, IntegerField, TextField

from portal.fees import Payer
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import CentsField, InstantField, Table
from portal.kernel.vault import SealedBlobField, SealedField
from portal.payouts.rules import OrderState, TransferState
from portal.refunds.models import Refund


class PaymentOrder(Table):
    """A file for the bank, frozen with its row: what was prepared is what is released and sent."""

    number = TextField(unique=True)
    state = TextField(
        default=OrderState.PREPARED,
        constraints=[Check("state IN ('prepared', 'released', 'withdrawn')")],
    )
    execution_on = DateField()
    iban = SealedField()
    transfers = IntegerField(constraints=[Check("transfers > 0")])
    control_sum_cents = CentsField(constraints=[Check("control_sum_cents > 0")])
    document = SealedBlobField()
    sha256 = TextField()
    prepared_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    prepared_at = InstantField(default=clock.now)
    prepare_key = TextField(unique=True)
    released_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    released_at = InstantField(null=True)
    decision_key = TextField(null=True)
    #: What a person said of transfers that the bank never told the end of, and why.
    closed_as = TextField(
        default="", constraints=[Check("closed_as IN ('', 'never_taken', 'executed')")]
    )
    closed_reason = TextField(default="")
    closed_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    closed_at = InstantField(null=True)
    version = IntegerField(default=1)

    prepared_by_id: int
    released_by_id: int | None
    closed_by_id: int | None

    class Meta:
        constraints = [
            Check("released_by_id IS NULL OR released_by_id <> prepared_by_id"),
            Check("state <> 'released' OR released_by_id IS NOT NULL"),
        ]


class Transfer(Table):
    """The money of one payer's share of a refund on its way. `end_to_end` is what the bank repeats."""

    order = ForeignKeyField(PaymentOrder, backref="lines", on_delete="RESTRICT")
    refund = ForeignKeyField(Refund, backref="transfers", on_delete="RESTRICT")
    payer = ForeignKeyField(Payer, backref="transfers", on_delete="RESTRICT")
    end_to_end = TextField(unique=True)
    amount_cents = CentsField(constraints=[Check("amount_cents > 0")])
    iban = SealedField()
    holder = TextField()
    state = TextField(
        default=TransferState.WAITING,
        constraints=[
            Check("state IN ('waiting', 'sent', 'paid', 'rejected', 'returned', 'withdrawn')")
        ],
    )
    reason_code = TextField(default="")
    reason_text = TextField(default="")
    answered_at = InstantField(null=True)

    order_id: int
    refund_id: int
    payer_id: int


#: Whatever two people or two windows do, a share is on its way once.
Transfer.add_index(
    Transfer.refund,
    Transfer.payer,
    unique=True,
    where=SQL("state IN ('waiting', 'sent', 'paid')"),
    name="transfer_one_living",
)
