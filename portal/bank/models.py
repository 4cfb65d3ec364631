from peewee import Check, DateField, ForeignKeyField, IntegerField, TextField

from portal.bank.rules import FileState
from portal.fees import Payer, Payment
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import CentsField, InstantField, Table
from portal.kernel.vault import SealedField


class BankFile(Table):
    """A file somebody sent in. It is imported whole, in one transaction, or refused whole.

    `stored` names the bytes in storage while they wait, `progress` counts the lines read so far,
    `failures` how often reading it ended in an error of ours, `announced` the lines that are no money yet.
    """

    sent_as = TextField()
    stored = TextField(unique=True, null=True)
    sha256 = TextField(index=True)
    size = IntegerField(constraints=[Check("size >= 0")])
    key = TextField(unique=True)
    state = TextField(
        default=FileState.WAITING,
        constraints=[Check("state IN ('waiting', 'reading', 'done', 'refused')")],
    )
    claimed_at = InstantField(null=True)
    failures = IntegerField(default=0, constraints=[Check("failures >= 0")])
    progress = IntegerField(default=0)
    lines = IntegerField(default=0)
    new_lines = IntegerField(default=0)
    announced = IntegerField(default=0, constraints=[Check("announced >= 0")])
    kind = TextField(default="")
    #: The sentence that says why it was refused, the facts it needs as JSON, and the doubts it left.
    problem = TextField(default="")
    facts = TextField(default="{}")
    doubts = TextField(default="[]")
    sent_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    sent_at = InstantField(default=clock.now)
    finished_at = InstantField(null=True)

    sent_by_id: int
    #: Filled by `queries` for the pages.
    problem_facts: dict
    doubt_sentences: list[str]
    running: bool
    held: bool

    class Meta:
        indexes = ((("state", "id"), False),)
        constraints = [Check("state <> 'refused' OR problem <> ''")]


class BankLine(Table):
    """One movement on the school's account; `identity` is the same in whichever file the bank tells it.

    It ends as matched (money of payers, or a transfer of ours), or as not ours, with a reason; until
    then it is suggested or open. `readings` is the JSON of what it may be, best first.
    """

    file = ForeignKeyField(BankFile, backref="bank_lines", on_delete="RESTRICT")
    identity = TextField(unique=True)
    booking = TextField(index=True)
    #: Stands for the bank's own number and the amount, whichever day it is told of; "" without a number.
    number = TextField(default="", index=True)
    booked_on = DateField()
    #: The day from which the money counts, when it is another one: a second file may tell of that day.
    valued_on = DateField(null=True, index=True)
    amount_cents = CentsField()
    name = TextField(default="")
    iban = SealedField(default="")
    iban_fingerprint = TextField(default="", index=True)
    end_to_end = TextField(default="")
    remittance = TextField(default="")
    bank_code = TextField(default="")
    return_reason = TextField(default="")
    additional = TextField(default="")
    state = TextField(constraints=[Check("state IN ('matched', 'suggested', 'open', 'ignored')")])
    what = TextField()
    why = TextField()
    readings = TextField(default="[]")
    automatic = IntegerField(default=0, constraints=[Check("automatic IN (0, 1)")])
    transfer_id = IntegerField(null=True)
    reversed_payment = ForeignKeyField(Payment, backref="+", null=True, on_delete="RESTRICT")
    reason = TextField(default="")
    decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    decided_at = InstantField(null=True)
    decision_key = TextField(null=True)
    version = IntegerField(default=1)

    file_id: int
    decided_by_id: int | None
    reversed_payment_id: int | None

    class Meta:
        indexes = ((("state", "id"), False),)
        constraints = [Check("state <> 'ignored' OR reason <> ''")]


class Allocation(Table):
    """A part of a line that is one payer's money, as the payment it became."""

    line = ForeignKeyField(BankLine, backref="allocations", on_delete="RESTRICT")
    payer = ForeignKeyField(Payer, backref="+", on_delete="RESTRICT")
    payment = ForeignKeyField(Payment, backref="+", unique=True, on_delete="RESTRICT")
    amount_cents = CentsField(constraints=[Check("amount_cents > 0")])
    undone_at = InstantField(null=True)

    payer_id: int
    payment_id: int
