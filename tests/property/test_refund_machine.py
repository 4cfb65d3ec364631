"""Plans, payments, contracts, amendments, approvals, refusals, transfers: in any order, with repeats."""

from datetime import date
from hashlib import sha256
from uuid import uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from portal import fees, refunds
from portal.contracts.models import Contract
from portal.fees.models import LedgerEntry, LedgerTransaction, Payment
from portal.fees.service import reverse_payment
from portal.infra import jobs, mail
from portal.kernel import db
from portal.kernel.errors import Refusal
from portal.kernel.money import Cents
from portal.notifications import tasks as _tasks  # noqa: F401
from portal.refunds import service
from portal.refunds.models import Refund, RefundShare
from portal.tables import ALL
from tests.support.make import Make

cents = st.integers(1, 6_000_00).map(Cents)
funding = st.sampled_from([0, 3_000_00, 6_000_00, 9_262_50, 9_750_00, 12_000_00])


class School(RuleBasedStateMachine):
    @initialize(full=st.booleans(), owed_by=st.sampled_from(["employer", "student"]))
    def open_school(self, full, owed_by):
        db.connect("sqlite:///:memory:")
        mail.connect(lambda _message: None)
        jobs.connect("immediate:", secret="x")
        db.database.connect()
        db.database.create_tables(ALL)
        make = Make()
        make.policy(shortfall_owed_by=owed_by)
        make.schedule()
        self.enrolment = make.enrolment()
        self.registrar, self.grace, self.linus = (
            make.staff(hat, name=name).id
            for hat, name in (("registrar", "R"), ("finance", "G"), ("director", "L"))
        )
        kind = fees.PlanKind.FULL if full else fees.PlanKind.INSTALMENTS
        fees.open_plan(self.enrolment.id, kind=kind)
        parent = fees.add_payer(self.enrolment.id, kind=fees.PayerKind.PARENT, name="Parent")
        self.payers = [fees.student_payer(self.enrolment.id).id, parent.id]
        self.contract = make.contract(self.enrolment)
        self.written: dict[int, str] = {}

    @rule(amount=cents, who=st.integers(0, 1), key=st.sampled_from("abcdefgh"))
    def pay_in(self, amount, who, key):
        before = Payment.get_or_none(Payment.key == key * 32)
        try:
            fees.record_payment(
                enrolment_id=self.enrolment.id,
                payer_id=self.payers[who],
                amount=before.amount_cents if before else amount,
                received_on=date(2026, 10, 1),
                means="transfer",
                key=key * 32,
                by=self.grace,
            )
        except Refusal:
            assert before

    @rule(number=st.integers(0, 7))
    def bounce(self, number):
        payment = Payment.select().offset(number).first()
        if payment:
            self.unless_refused(reverse_payment, payment.id, reason="Bounced.", by=self.grace)

    @rule(funded=funding)
    def accept_or_amend(self, funded):
        (
            Contract.update(state="signed", funded_cents=funded, version=Contract.version + 1)
            .where(Contract.id == self.contract.id)
            .execute()
        )
        self.tell()

    @precondition(lambda self: Contract.get().state == "signed")
    @rule()
    def tell(self):
        refunds.open_for_contract(contract=Contract.find(self.contract.id), by=self.registrar)

    @rule(
        number=st.integers(0, 4),
        who=st.sampled_from(["registrar", "grace", "linus"]),
        stale=st.booleans(),
    )
    def approve(self, number, who, stale):
        if refund := self.refund(number):
            self.unless_refused(
                service.approve,
                refund.id,
                version=refund.version + stale,
                key=uuid4().hex,
                by=getattr(self, who),
            )

    @rule(number=st.integers(0, 4))
    def refuse(self, number):
        if refund := self.refund(number):
            self.unless_refused(
                service.refuse,
                refund.id,
                reason="No.",
                version=refund.version,
                key=uuid4().hex,
                by=self.linus,
            )

    @rule(number=st.integers(0, 4))
    def pay_out(self, number):
        if refund := self.refund(number):
            self.unless_refused(
                service.pay,
                refund.id,
                note="",
                version=refund.version,
                key=uuid4().hex,
                by=self.grace,
            )

    @invariant()
    def money_in_is_money_out_and_balances(self):
        position = fees.position_of(self.enrolment.id)
        paid_in = sum(p.amount_cents for p in Payment.select() if p.reversed_at is None)
        approved = sum(r.amount_cents for r in Refund.select() if r.state in ("approved", "paid"))
        paid_out = sum(r.amount_cents for r in Refund.select() if r.state == "paid")
        assert position.received == paid_in
        assert position.refunded == approved
        assert position.coming_back == approved - paid_out
        assert self.account("bank") == paid_in - paid_out
        assert sum(e.amount_cents for e in LedgerEntry.select()) == 0
        taken_over = position.funded + position.company_share
        assert position.owes == position.price - taken_over - paid_in + approved

    @invariant()
    def no_more_goes_back_than_came_in(self):
        for payer in self.payers:
            came = sum(
                p.amount_cents
                for p in Payment.select()
                if p.payer_id == payer and not p.reversed_at
            )
            went = sum(
                share.amount_cents
                for share in RefundShare.select().join(Refund).where(RefundShare.payer == payer)
                if share.refund.state in ("approved", "paid")
            )
            assert went <= came

    @invariant()
    def each_refund_is_whole(self):
        for refund in Refund.select():
            shares = RefundShare.select().where(RefundShare.refund == refund)
            assert sum(share.amount_cents for share in shares) == refund.amount_cents
            sources = {f"refund:{refund.id}", f"refund:{refund.id}:paid"}
            posted = LedgerTransaction.select().where(LedgerTransaction.source.in_(sources)).count()
            assert posted == {"approved": 1, "paid": 2}.get(refund.state, 0)

    @invariant()
    def no_row_of_the_ledger_ever_changes(self):
        now = {
            entry.id: sha256(repr(sorted(entry.__data__.items())).encode()).hexdigest()
            for entry in LedgerEntry.select()
        }
        assert {key: now.get(key) for key in self.written} == self.written
        self.written = now

    def refund(self, number):
        return Refund.select().order_by(Refund.id).offset(number).first()

    def account(self, name):
        return sum(e.amount_cents for e in LedgerEntry.select() if e.account == name)

    @staticmethod
    def unless_refused(verb, *args, **facts):
        try:
            verb(*args, **facts)
        except Refusal:
            return

    def teardown(self):
        db.database.close()


School.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestSchool = School.TestCase
