from peewee import Check, DateField, ForeignKeyField, IntegerField, TextField

from portal.fees.rules import PayerKind, PlanKind, masked
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import CentsField, InstantField, Table
from portal.kernel.vault import SealedField
from portal.programme import Cohort, Enrolment


class FeeSchedule(Table):
    """What a cohort's year costs and when it falls due. A new price is a new version."""

    cohort = ForeignKeyField(Cohort, backref="fee_schedules", on_delete="RESTRICT")
    version = IntegerField(default=1)
    tuition_cents = CentsField(constraints=[Check("tuition_cents > 0")])
    deposit_cents = CentsField(constraints=[Check("deposit_cents >= 0")])
    deposit_due_on = DateField()
    instalments = IntegerField(constraints=[Check("instalments > 0")])
    first_due_on = DateField()
    day_of_month = IntegerField(constraints=[Check("day_of_month BETWEEN 1 AND 28")])
    discount_basis_points = IntegerField(
        default=500, constraints=[Check("discount_basis_points BETWEEN 0 AND 10000")]
    )

    class Meta:
        indexes = ((("cohort", "version"), True),)
        constraints = [Check("deposit_cents <= tuition_cents")]


class MoneyPolicy(Table):
    """A dated version of the school's money choices (domain guide, section 9). Never changed, only followed."""

    version = IntegerField(unique=True)
    valid_from = DateField()
    discount_base = TextField(
        default="tuition", constraints=[Check("discount_base IN ('tuition', 'balance')")]
    )
    shortfall_owed_by = TextField(
        default="employer", constraints=[Check("shortfall_owed_by IN ('employer', 'student')")]
    )
    second_approval_above_cents = CentsField(
        default=5_000_00, constraints=[Check("second_approval_above_cents >= 0")]
    )
    #: Last day for payment in full; None: until the first instalment is due.
    full_until = DateField(null=True)
    late_start = TextField(
        default="full", constraints=[Check("late_start IN ('full', 'pro_rata')")]
    )
    recent_account_days = IntegerField(
        default=7, constraints=[Check("recent_account_days BETWEEN 0 AND 365")]
    )
    months_without_tuition = IntegerField(
        default=6, constraints=[Check("months_without_tuition BETWEEN 0 AND 60")]
    )
    #: Whether a refund waits for the funder's answer or follows the school's acceptance.
    refund_from = TextField(
        default="signed", constraints=[Check("refund_from IN ('signed', 'accepted')")]
    )
    #: What becomes of the deposit of a student who leaves without a work-study contract.
    deposit_outside_contract = TextField(
        default="kept", constraints=[Check("deposit_outside_contract IN ('kept', 'refundable')")]
    )
    #: Day of the month on which instalments fall due; None: as the price of the cohort says.
    instalment_day = IntegerField(null=True, constraints=[Check("instalment_day BETWEEN 1 AND 28")])
    note = TextField(default="")
    created_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    created_at = InstantField(default=clock.now)
    key = TextField(null=True, unique=True)


class Payer(Table):
    """Who pays for an enrolment: the student, a parent, a company. `reference` is their ISO 11649 number."""

    enrolment = ForeignKeyField(Enrolment, backref="payers", on_delete="RESTRICT")
    kind = TextField(
        default=PayerKind.STUDENT, constraints=[Check("kind IN ('student', 'parent', 'company')")]
    )
    name = TextField()
    #: Which establishment a company is; two may be called alike.
    siret = TextField(default="")
    email = TextField(default="")
    reference = TextField(unique=True)
    locale = TextField(default="fr", constraints=[Check("locale IN ('fr', 'en')")])
    account_holder = TextField(default="")
    iban = SealedField(default="")
    iban_fingerprint = TextField(default="", index=True)
    #: When another account was last typed, or learnt from money that arrived.
    iban_changed_at = InstantField(null=True)
    iban_learnt = IntegerField(default=0, constraints=[Check("iban_learnt IN (0, 1)")])

    enrolment_id: int

    @property
    def masked_iban(self) -> str:
        return masked(self.iban)


class PayerLink(Table):
    """A private way in for a payer who has no account: the address holds a secret, the row its fingerprint."""

    payer = ForeignKeyField(Payer, backref="links", on_delete="CASCADE")
    fingerprint = TextField(unique=True)
    created_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    created_at = InstantField(default=clock.now)
    last_used_at = InstantField(null=True)
    revoked_at = InstantField(null=True)

    payer_id: int


class PaymentPlan(Table):
    """How an enrolment is paid. One per enrolment."""

    enrolment = ForeignKeyField(Enrolment, backref="plans", on_delete="RESTRICT")
    schedule = ForeignKeyField(FeeSchedule, backref="plans", on_delete="RESTRICT")
    kind = TextField(
        default=PlanKind.INSTALMENTS, constraints=[Check("kind IN ('instalments', 'full')")]
    )
    price_cents = CentsField(constraints=[Check("price_cents > 0")])
    chosen_at = InstantField(default=clock.now)
    chosen_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    version = IntegerField(default=1)
    change_key = TextField(null=True)
    reminders_paused_until = DateField(null=True)

    enrolment_id: int

    class Meta:
        indexes = ((("enrolment",), True),)


class Instalment(Table):
    """One dated line of a plan. What it cost is never rewritten: it is cancelled, and others follow."""

    plan = ForeignKeyField(PaymentPlan, backref="instalments", on_delete="RESTRICT")
    position = IntegerField(constraints=[Check("position >= 0")])
    kind = TextField(
        constraints=[Check("kind IN ('deposit', 'instalment', 'balance', 'remainder', 'agreed')")]
    )
    due_on = DateField(index=True)
    amount_cents = CentsField(constraints=[Check("amount_cents > 0")])
    cancelled_at = InstantField(null=True)
    cancelled_by_source = TextField(null=True)

    class Meta:
        indexes = ((("plan", "position"), True),)


class Payment(Table):
    """Money that arrived, as staff recorded it. A mistake is reversed by a counter-entry, never erased."""

    enrolment = ForeignKeyField(Enrolment, backref="payments", on_delete="RESTRICT")
    payer = ForeignKeyField(Payer, backref="payments", on_delete="RESTRICT")
    amount_cents = CentsField(constraints=[Check("amount_cents > 0")])
    received_on = DateField(index=True)
    means = TextField(
        constraints=[Check("means IN ('transfer', 'card', 'cheque', 'cash', 'debit')")]
    )
    #: What the bank knows it by, when it came or was collected with such a mark.
    end_to_end = TextField(default="", index=True)
    note = TextField(default="")
    recorded_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
    recorded_at = InstantField(default=clock.now)
    key = TextField(unique=True)
    reversed_at = InstantField(null=True)
    reversed_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
    reversal_reason = TextField(default="")

    enrolment_id: int
    payer_id: int
    reversed_by_id: int | None


class LedgerTransaction(Table):
    """One effect on one enrolment's money; its entries sum to zero. `source` names the cause and is unique.

    `number` counts an enrolment's transactions from 1; `hash` covers this one with its entries and the
    hash before it, so that a changed or missing row breaks the chain.
    """

    enrolment = ForeignKeyField(Enrolment, backref="ledger", on_delete="RESTRICT")
    source = TextField(unique=True)
    posted_at = InstantField(default=clock.now)
    number = IntegerField(constraints=[Check("number > 0")])
    previous_hash = TextField()
    hash = TextField()

    enrolment_id: int

    class Meta:
        indexes = ((("enrolment", "number"), True),)


class LedgerEntry(Table):
    """Debit positive, credit negative. Append-only: the database refuses updates and deletes."""

    transaction = ForeignKeyField(LedgerTransaction, backref="entries", on_delete="RESTRICT")
    enrolment = ForeignKeyField(Enrolment, backref="ledger_entries", on_delete="RESTRICT")
    payer = ForeignKeyField(Payer, backref="ledger_entries", null=True, on_delete="RESTRICT")
    account = TextField(
        constraints=[
            Check(
                "account IN ('receivable', 'tuition', 'bank', 'funding', 'company_share', 'refundable')"
            )
        ]
    )
    amount_cents = CentsField(constraints=[Check("amount_cents <> 0")])

    class Meta:
        indexes = ((("enrolment", "account"), False),)


class Invoice(Table):
    """What a payer was asked for, or freed of (a credit note). Numbers are unbroken in each kind and year.

    `of` is the invoice that a credit note takes back; amounts are cents and positive in both kinds.
    """

    number = TextField(unique=True)
    kind = TextField(constraints=[Check("kind IN ('invoice', 'credit_note')")])
    enrolment = ForeignKeyField(Enrolment, backref="invoices", on_delete="RESTRICT")
    payer = ForeignKeyField(Payer, backref="invoices", on_delete="RESTRICT")
    of = ForeignKeyField("self", backref="credit_notes", null=True, on_delete="RESTRICT")
    amount_cents = CentsField(constraints=[Check("amount_cents > 0")])
    source = TextField(index=True)
    issued_on = DateField()
    issued_at = InstantField(default=clock.now)

    enrolment_id: int
    payer_id: int

    class Meta:
        indexes = ((("source", "payer", "kind", "of"), True),)
        constraints = [Check("(kind = 'credit_note') = (of_id IS NOT NULL)")]


class Reminder(Table):
    """One letter about one line: `step` is days after the due date (negative: before). Never twice."""

    instalment = ForeignKeyField(Instalment, backref="reminders", on_delete="RESTRICT")
    step = IntegerField()
    sent_at = InstantField(default=clock.now)

    instalment_id: int

    class Meta:
        indexes = ((("instalment", "step"), True),)
