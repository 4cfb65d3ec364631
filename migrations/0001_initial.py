# Frozen history: imports peewee only, never the portal. CHECKs and triggers are written here by hand.
from peewee import *


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class NumberSequence(Base):
        name = TextField(unique=True)
        last = IntegerField(constraints=[Check("last >= 0")])

    class Person(Base):
        name = TextField()
        email = TextField(unique=True)
        password_hash = TextField()
        role = TextField(constraints=[Check("role IN ('student', 'company', 'staff')")])
        locale = TextField(constraints=[Check("locale IN ('fr', 'en')")])
        theme = TextField(constraints=[Check("theme IN ('', 'light', 'dark')")])
        shortcuts = BooleanField()
        active = BooleanField()
        created_at = DateTimeField()
        folded = TextField()

    class StaffPermission(Base):
        person = ForeignKeyField(Person, backref="+", on_delete="CASCADE")
        permission = TextField(constraints=[Check("permission IN ('registrar', 'finance', 'director', 'administrator')")])

        class Meta:
            indexes = ((("person", "permission"), True),)

    class SignedInSession(Base):
        person = ForeignKeyField(Person, backref="+", on_delete="CASCADE")
        fingerprint = TextField(unique=True)
        started_at = DateTimeField()
        seen_at = DateTimeField()
        address = TextField()
        browser = TextField()

    class SignInAttempt(Base):
        at = DateTimeField(index=True)
        email = TextField(index=True)
        address = TextField(index=True)

    class SecretLink(Base):
        person = ForeignKeyField(Person, backref="+", on_delete="CASCADE")
        purpose = TextField(constraints=[Check("purpose IN ('invitation', 'reset')")])
        fingerprint = TextField(unique=True)
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)
        created_at = DateTimeField()

    class AuditEvent(Base):
        at = DateTimeField(index=True)
        actor_id = IntegerField(index=True, null=True)
        actor_name = TextField()
        tag = TextField(index=True)
        subject = TextField(index=True)
        detail = TextField()
        address = TextField()

    class OutgoingMail(Base):
        recipient = TextField()
        subject = TextField()
        body = TextField()
        message_id = TextField(unique=True)
        due_at = DateTimeField()
        attempts = IntegerField()
        sent_at = DateTimeField(null=True)
        created_at = DateTimeField()

        class Meta:
            indexes = ((("sent_at", "due_at"), False),)

    class School(Base):
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
        account_holder = TextField()
        iban = TextField()
        bic = TextField()

    class Programme(Base):
        school = ForeignKeyField(School, backref="+", on_delete="RESTRICT")
        code = TextField(unique=True)
        title_fr = TextField()
        title_en = TextField()
        award_fr = TextField()
        award_en = TextField()
        rncp = TextField()

    class Course(Base):
        programme = ForeignKeyField(Programme, backref="+", on_delete="RESTRICT")
        code = TextField()
        title_fr = TextField()
        title_en = TextField()
        block = TextField(constraints=[Check("block IN ('core', 'specialty', 'language')")])

        class Meta:
            indexes = ((("programme", "code"), True),)

    class Cohort(Base):
        programme = ForeignKeyField(Programme, backref="+", on_delete="RESTRICT")
        name = TextField(unique=True)
        year = TextField()
        starts_on = DateField()
        ends_on = DateField()

        class Meta:
            constraints = [Check("starts_on < ends_on")]

    class LanguageGroup(Base):
        cohort = ForeignKeyField(Cohort, backref="+", on_delete="CASCADE")
        name_fr = TextField()
        name_en = TextField()

        class Meta:
            indexes = ((("cohort", "name_en"), True),)

    class Student(Base):
        person = ForeignKeyField(Person, backref="+", unique=True, on_delete="RESTRICT")
        number = TextField(unique=True)
        given_names = TextField()
        family_name = TextField(index=True)
        born_on = DateField(null=True)
        born_in = TextField()
        folded = TextField(index=True)

    class Enrolment(Base):
        student = ForeignKeyField(Student, backref="+", on_delete="RESTRICT")
        cohort = ForeignKeyField(Cohort, backref="+", on_delete="RESTRICT")
        scheme = TextField(constraints=[Check("scheme IN ('initial', 'apprenticeship', 'professionalisation')")])
        enrolled_at = DateTimeField()
        withdrawn_on = DateField(null=True)

        class Meta:
            indexes = ((("student", "cohort"), True),)

    class GroupMembership(Base):
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="CASCADE")
        group = ForeignKeyField(LanguageGroup, backref="+", on_delete="CASCADE")

        class Meta:
            indexes = ((("enrolment", "group"), True),)

    class Lesson(Base):
        cohort = ForeignKeyField(Cohort, backref="+", on_delete="RESTRICT")
        course = ForeignKeyField(Course, backref="+", null=True, on_delete="RESTRICT")
        group = ForeignKeyField(LanguageGroup, backref="+", null=True, on_delete="RESTRICT")
        title_fr = TextField()
        title_en = TextField()
        kind = TextField(constraints=[Check("kind IN ('class', 'seminar', 'conference', 'exam')")])
        status = TextField(constraints=[Check("status IN ('planned', 'moved', 'cancelled')")])
        starts_at = DateTimeField()
        ends_at = DateTimeField()
        room = TextField()
        remote_url = TextField()
        lecturer = TextField()
        was_room = TextField()
        was_starts_at = DateTimeField(null=True)
        places = IntegerField(null=True, constraints=[Check("places > 0")])

        class Meta:
            indexes = ((("cohort", "starts_at"), False),)
            constraints = [Check("starts_at < ends_at")]

    class FeeSchedule(Base):
        cohort = ForeignKeyField(Cohort, backref="+", on_delete="RESTRICT")
        version = IntegerField()
        tuition_cents = BigIntegerField(constraints=[Check("tuition_cents > 0")])
        deposit_cents = BigIntegerField(constraints=[Check("deposit_cents >= 0")])
        deposit_due_on = DateField()
        instalments = IntegerField(constraints=[Check("instalments > 0")])
        first_due_on = DateField()
        day_of_month = IntegerField(constraints=[Check("day_of_month BETWEEN 1 AND 28")])
        discount_basis_points = IntegerField(constraints=[Check("discount_basis_points BETWEEN 0 AND 10000")])

        class Meta:
            indexes = ((("cohort", "version"), True),)
            constraints = [Check("deposit_cents <= tuition_cents")]

    class MoneyPolicy(Base):
        version = IntegerField(unique=True)
        valid_from = DateField()
        discount_base = TextField(constraints=[Check("discount_base IN ('tuition', 'balance')")])
        shortfall_owed_by = TextField(constraints=[Check("shortfall_owed_by IN ('employer', 'student')")])
        second_approval_above_cents = BigIntegerField(constraints=[Check("second_approval_above_cents >= 0")])

    class Payer(Base):
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="RESTRICT")
        kind = TextField(constraints=[Check("kind IN ('student', 'parent', 'company')")])
        name = TextField()
        email = TextField()
        reference = TextField(unique=True)

    class PaymentPlan(Base):
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="RESTRICT")
        schedule = ForeignKeyField(FeeSchedule, backref="+", on_delete="RESTRICT")
        kind = TextField(constraints=[Check("kind IN ('instalments', 'full')")])
        price_cents = BigIntegerField(constraints=[Check("price_cents > 0")])
        chosen_at = DateTimeField()
        chosen_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")

        class Meta:
            indexes = ((("enrolment",), True),)

    class Instalment(Base):
        plan = ForeignKeyField(PaymentPlan, backref="+", on_delete="RESTRICT")
        position = IntegerField(constraints=[Check("position >= 0")])
        kind = TextField(constraints=[Check("kind IN ('deposit', 'instalment', 'balance', 'remainder')")])
        due_on = DateField(index=True)
        amount_cents = BigIntegerField(constraints=[Check("amount_cents > 0")])
        cancelled_at = DateTimeField(null=True)
        cancelled_by_source = TextField(null=True)

        class Meta:
            indexes = ((("plan", "position"), True),)

    class Payment(Base):
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="RESTRICT")
        payer = ForeignKeyField(Payer, backref="+", on_delete="RESTRICT")
        amount_cents = BigIntegerField(constraints=[Check("amount_cents > 0")])
        received_on = DateField(index=True)
        means = TextField(constraints=[Check("means IN ('transfer', 'card', 'cheque', 'cash')")])
        note = TextField()
        recorded_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        recorded_at = DateTimeField()
        key = TextField(unique=True)
        reversed_at = DateTimeField(null=True)
        reversed_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        reversal_reason = TextField()

    class LedgerTransaction(Base):
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="RESTRICT")
        source = TextField(unique=True)
        posted_at = DateTimeField()

    class LedgerEntry(Base):
        transaction = ForeignKeyField(LedgerTransaction, backref="+", on_delete="RESTRICT")
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="RESTRICT")
        payer = ForeignKeyField(Payer, backref="+", null=True, on_delete="RESTRICT")
        account = TextField(constraints=[Check("account IN ('receivable', 'tuition', 'bank', 'funding', 'company_share', 'refundable')")])
        amount_cents = BigIntegerField(constraints=[Check("amount_cents <> 0")])

        class Meta:
            indexes = ((("enrolment", "account"), False),)

    class Company(Base):
        name = TextField(index=True)
        siret = TextField(unique=True)
        address = TextField()

    class CompanyContact(Base):
        company = ForeignKeyField(Company, backref="+", on_delete="CASCADE")
        person = ForeignKeyField(Person, backref="+", on_delete="CASCADE")

        class Meta:
            indexes = ((("company", "person"), True),)

    class Contract(Base):
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="RESTRICT")
        company = ForeignKeyField(Company, backref="+", on_delete="RESTRICT")
        contact = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        kind = TextField(constraints=[Check("kind IN ('apprenticeship', 'professionalisation')")])
        job_title = TextField()
        tutor_name = TextField()
        starts_on = DateField()
        ends_on = DateField()
        funded_cents = BigIntegerField(null=True, constraints=[Check("funded_cents >= 0")])
        state = TextField(constraints=[Check("state IN ('draft', 'submitted', 'changes_requested', 'signed', 'cancelled')")])
        declared_at = DateTimeField()
        submitted_at = DateTimeField(null=True)
        decided_at = DateTimeField(null=True)
        decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        decision_key = TextField(null=True)
        version = IntegerField()

        class Meta:
            indexes = ((("state", "submitted_at"), False),)
            constraints = [Check("starts_on < ends_on")]

    Contract.add_index(
        Contract.enrolment,
        unique=True,
        where=SQL("state IN ('draft', 'submitted', 'changes_requested')"),
        name="contract_one_open",
    )

    class ContractDocument(Base):
        contract = ForeignKeyField(Contract, backref="+", on_delete="RESTRICT")
        number = IntegerField(constraints=[Check("number > 0")])
        name = TextField(unique=True)
        sha256 = TextField()
        size = IntegerField(constraints=[Check("size > 0")])
        sent_as = TextField()
        sent_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        sent_at = DateTimeField()
        state = TextField(constraints=[Check("state IN ('waiting', 'accepted', 'returned', 'replaced')")])
        reason = TextField()
        decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)

        class Meta:
            indexes = ((("contract", "number"), True), (("contract", "sha256"), True),)
            constraints = [Check("state <> 'returned' OR reason <> ''")]

    class Refund(Base):
        number = TextField(unique=True)
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="RESTRICT")
        contract = ForeignKeyField(Contract, backref="+", on_delete="RESTRICT")
        source = TextField(unique=True)
        amount_cents = BigIntegerField(constraints=[Check("amount_cents > 0")])
        calculation = TextField()
        policy_version = IntegerField()
        approvals_needed = IntegerField(constraints=[Check("approvals_needed IN (1, 2)")])
        state = TextField(constraints=[Check("state IN ('proposed', 'info_needed', 'approved', 'exported', 'paid', 'refused', 'cancelled', 'returned')")])
        proposed_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        proposed_at = DateTimeField()
        first_approved_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        first_approved_at = DateTimeField(null=True)
        first_approval_key = TextField(null=True)
        decided_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)
        decision_key = TextField(null=True)
        reason = TextField()
        paid_by = ForeignKeyField(Person, backref="+", null=True, on_delete="RESTRICT")
        paid_at = DateTimeField(null=True)
        payment_key = TextField(null=True)
        payment_note = TextField()
        version = IntegerField()

        class Meta:
            indexes = ((("state", "id"), False),)
            constraints = [Check("state <> 'refused' OR reason <> ''"), Check("decided_by_id IS NULL OR decided_by_id <> proposed_by_id"), Check("first_approved_by_id IS NULL OR first_approved_by_id <> proposed_by_id"), Check("decided_by_id IS NULL OR state = 'refused' OR decided_by_id <> first_approved_by_id"), Check("state NOT IN ('approved', 'exported', 'paid') OR decided_by_id IS NOT NULL"), Check("approvals_needed = 1 OR state NOT IN ('approved', 'exported', 'paid') OR first_approved_by_id IS NOT NULL")]

    class RefundShare(Base):
        refund = ForeignKeyField(Refund, backref="+", on_delete="RESTRICT")
        payer = ForeignKeyField(Payer, backref="+", on_delete="RESTRICT")
        amount_cents = BigIntegerField(constraints=[Check("amount_cents > 0")])

        class Meta:
            indexes = ((("refund", "payer"), True),)

    class Certificate(Base):
        number = TextField(unique=True)
        code = TextField(unique=True)
        enrolment = ForeignKeyField(Enrolment, backref="+", on_delete="RESTRICT")
        kind = TextField(constraints=[Check("kind IN ('enrolment')")])
        language = TextField(constraints=[Check("language IN ('fr', 'en')")])
        facts = TextField()
        status = TextField(constraints=[Check("status IN ('valid', 'replaced', 'revoked')")])
        replaced_by = ForeignKeyField("self", backref="+", null=True, on_delete="RESTRICT")
        reason = TextField()
        status_changed_at = DateTimeField(null=True)
        issued_on = DateField()
        issued_at = DateTimeField()
        issued_by = ForeignKeyField(Person, backref="+", on_delete="RESTRICT")
        request_key = TextField(unique=True)
        document = TextField(unique=True, null=True)
        sha256 = TextField(index=True, null=True)
        size = IntegerField(null=True)

    db.create_tables(
        [
            NumberSequence,
            Person,
            StaffPermission,
            SignedInSession,
            SignInAttempt,
            SecretLink,
            AuditEvent,
            OutgoingMail,
            School,
            Programme,
            Course,
            Cohort,
            LanguageGroup,
            Student,
            Enrolment,
            GroupMembership,
            Lesson,
            FeeSchedule,
            MoneyPolicy,
            Payer,
            PaymentPlan,
            Instalment,
            Payment,
            LedgerTransaction,
            LedgerEntry,
            Company,
            CompanyContact,
            Contract,
            ContractDocument,
            Refund,
            RefundShare,
            Certificate,
        ]
    )
    for table in APPEND_ONLY:
        refuse_changes(db, table)


#: Rows that happened. A mistake is answered by another row.
APPEND_ONLY = ("audit_event", "ledger_transaction", "ledger_entry")


def refuse_changes(db, table):
    if isinstance(db, SqliteDatabase):
        for verb in ("UPDATE", "DELETE"):
            db.execute_sql(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    db.execute_sql(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    db.execute_sql(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def down(migrator, db):
    for table in (
        "certificate",
        "refund_share",
        "refund",
        "contract_document",
        "contract",
        "company_contact",
        "company",
        "ledger_entry",
        "ledger_transaction",
        "payment",
        "instalment",
        "payment_plan",
        "payer",
        "money_policy",
        "fee_schedule",
        "lesson",
        "group_membership",
        "enrolment",
        "student",
        "language_group",
        "cohort",
        "course",
        "programme",
        "school",
        "outgoing_mail",
        "audit_event",
        "secret_link",
        "sign_in_attempt",
        "signed_in_session",
        "staff_permission",
        "person",
        "number_sequence",
    ):
        migrator.migrate(migrator.drop_table(table))
    if not isinstance(db, SqliteDatabase):
        db.execute_sql("DROP FUNCTION IF EXISTS refuse_change()")
