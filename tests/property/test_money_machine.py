"""Plans, payments, contracts, amendments, refunds, orders, statements: in any order, repeated and interleaved."""

from collections import Counter
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from peewee import fn

from portal import contracts, fees, payouts, refunds
from portal.bank import service as bank
from portal.bank.models import BankLine
from portal.contracts.models import Contract
from portal.fees import proof
from portal.fees import service as money
from portal.fees.models import Invoice, LedgerEntry, LedgerTransaction, Payer, Payment, PaymentPlan
from portal.infra.files import storage
from portal.kernel import clock
from portal.kernel.errors import Refusal
from portal.kernel.money import Cents
from portal.payouts import service as orders
from portal.payouts.models import Transfer
from portal.refunds import service
from portal.refunds.models import Refund, RefundShare
from tests.support import make_bank, make_fees
from tests.support.make_payouts import IBANS

pytestmark = pytest.mark.slow

RUNS = settings(max_examples=25, stateful_step_count=30, deadline=None)
cents = st.integers(1, 6_000_00).map(Cents)
funding = st.sampled_from([0, 3_000_00, 6_000_00, 9_262_50, 9_750_00, 12_000_00])
STAFF = ["grace", "linus", "katherine"]


class EverythingHappens(RuleBasedStateMachine):
    """Each example is another student; `make` and the people are set by the test."""

    def __init__(self):
        super().__init__()
        self.enrolment = make_fees.plan(self.make)
        self.id = self.enrolment.id
        parent = fees.add_payer(self.id, kind=fees.PayerKind.PARENT, name="Parent")
        self.payers = [fees.student_payer(self.id), parent]
        for payer in self.payers:
            make_fees.account(payer.id, iban=IBANS[1], holder="Ada")
        self.contract = self.make.contract(self.enrolment)
        self.name = uuid4().hex
        self.gone = Counter()
        self.before = BankLine.select(fn.MAX(BankLine.id)).scalar() or 0
        #: What the bank may tell of this student, once or again: reference, cents, text.
        self.transfers = [
            (f"{self.name}{n}", 500_00 + n, self.payers[n % 2].reference if n < 4 else "nothing")
            for n in range(6)
        ]

    # -- plans and payments

    @rule(amount=cents, who=st.integers(0, 1), clicks=st.integers(1, 2))
    def pay_in(self, amount, who, clicks):
        key = uuid4().hex
        for _ in range(clicks):
            fees.record_payment(
                enrolment_id=self.id,
                payer_id=self.payers[who].id,
                amount=amount,
                received_on=date(2026, 10, 1),
                means="transfer",
                key=key,
                by=self.grace,
            )

    @rule(number=st.integers(0, 7))
    def bounce(self, number):
        mine = Payment.select().where(Payment.enrolment == self.id)
        if payment := mine.order_by(Payment.id).offset(number).first():
            self.unless_refused(money.reverse_payment, payment.id, reason="Bounced.", by=self.grace)

    @rule(number=st.integers(0, 7), clicks=st.integers(1, 2))
    def the_bank_takes_back(self, number, clicks):
        mine = Payment.select().where(Payment.enrolment == self.id)
        if payment := mine.order_by(Payment.id).offset(number).first():
            living = payment.reversed_at is None
            for _ in range(clicks):
                self.unless_refused(
                    money.payment_gone, payment.id, reason="Returned.", by=self.grace
                )
            self.gone[payment.payer_id] += payment.amount_cents if living else 0

    @rule(parts=st.integers(1, 4), short=st.sampled_from([0, 0, 0, 1]))
    def agree(self, parts, short):
        owes = max(0, fees.position_of(self.id).owes)
        share = owes // parts
        amounts = [share] * (parts - 1) + [owes - share * (parts - 1) - short]
        lines = [(clock.today() + timedelta(days=30 * n), Cents(c)) for n, c in enumerate(amounts)]
        version = PaymentPlan.get(PaymentPlan.enrolment == self.id).version
        self.unless_refused(
            money.agree,
            self.id,
            lines=lines,
            reason="x",
            version=version,
            key=uuid4().hex,
            by=self.grace,
        )

    @rule(number=st.integers(0, 5), days=st.integers(1, 300))
    def postpone(self, number, days):
        lines = fees.lines_of(self.id, fees.position_of(self.id).owes)
        line = lines[number % len(lines)]
        self.unless_refused(
            money.postpone,
            self.id,
            line.id,
            to=max(line.due_on, clock.today()) + timedelta(days=days),
            reason="x",
            version=PaymentPlan.get(PaymentPlan.enrolment == self.id).version,
            key=uuid4().hex,
            by=self.grace,
        )

    @rule()
    def pay_at_once(self):
        self.unless_refused(money.choose_full, self.id, by=self.grace)

    @rule(kept=cents)
    def leave(self, kept):
        self.unless_refused(
            money.leave,
            self.id,
            kept=kept,
            reason="x",
            version=PaymentPlan.get(PaymentPlan.enrolment == self.id).version,
            key=uuid4().hex,
            by=self.grace,
        )

    # -- contracts

    @rule(funded=funding)
    def accept_or_amend(self, funded):
        (
            Contract.update(state="signed", funded_cents=funded, version=Contract.version + 1)
            .where((Contract.id == self.contract.id) & (Contract.state != "cancelled"))
            .execute()
        )
        self.tell()

    @precondition(lambda self: Contract.find(self.contract.id).state == "signed")
    @rule()
    def tell(self):
        contract = Contract.find(self.contract.id)
        if contract.state == "signed":
            refunds.open_for_contract(contract=contract, by=self.registrar)

    @precondition(lambda self: Contract.find(self.contract.id).state == "signed")
    @rule(on=st.sampled_from([date(2026, 10, 15), date(2026, 12, 15)]))
    def end_the_contract(self, on):
        self.unless_refused(
            contracts.service.end,
            self.contract.id,
            on=on,
            reason="Closed.",
            version=Contract.find(self.contract.id).version,
            key=uuid4().hex,
            by=self.registrar,
        )

    # -- refunds

    @rule(number=st.integers(0, 4), who=st.sampled_from(STAFF), stale=st.booleans())
    def approve(self, number, who, stale):
        self.about(number, service.approve, by=getattr(self, who), stale=stale)

    @rule(number=st.integers(0, 4))
    def refuse(self, number):
        self.about(number, service.refuse, reason="No.", by=self.linus)

    @rule(number=st.integers(0, 4))
    def cancel(self, number):
        self.about(number, service.cancel, reason="No.", by=self.linus)

    @rule(number=st.integers(0, 4))
    def ask(self, number):
        self.about(number, service.ask, question="Whose?", by=self.linus)

    @rule(number=st.integers(0, 4), iban=st.sampled_from(["", *IBANS]))
    def answer(self, number, iban):
        student = self.enrolment.student.person_id
        self.about(number, service.answer, text="Mine.", iban=iban, holder="Ada", by=student)

    @rule(number=st.integers(0, 4), amount=cents, who=st.sampled_from(["registrar", "grace"]))
    def correct(self, number, amount, who):
        if refund := self.refund(number):
            share = RefundShare.select().where(RefundShare.refund == refund).first()
            shares = {share.payer_id: amount}
            self.about(number, service.edit, shares=shares, reason="x", by=getattr(self, who))

    @rule(amount=cents, who=st.integers(0, 1))
    def give_credit_back(self, amount, who):
        self.unless_refused(
            service.give_credit_back,
            self.id,
            shares={self.payers[who].id: amount},
            reason="x",
            key=uuid4().hex,
            by=self.grace,
        )

    @rule(number=st.integers(0, 4))
    def pay_by_hand(self, number):
        self.about(number, service.pay, note="", by=self.grace)

    # -- the bank

    @rule(release=st.booleans())
    def order(self, release):
        ready = [one.id for one in self.refunds() if one.state == "approved"]
        if not ready:
            return
        made = self.unless_refused(
            orders.prepare,
            ready,
            execution_on=clock.today() + timedelta(days=1),
            key=uuid4().hex,
            by=self.grace,
        )
        if made:
            verb = orders.release if release else orders.withdraw
            facts = {"version": 1, "key": uuid4().hex, "by": self.linus}
            self.unless_refused(verb, made.id, **facts)

    @rule(number=st.integers(0, 5), back=st.booleans(), clicks=st.integers(1, 2))
    def the_bank_answers(self, number, back, clicks):
        mine = Transfer.select().join(Refund).where(Refund.enrolment == self.id)
        if transfer := mine.order_by(Transfer.id.desc()).offset(number).first():
            for _ in range(clicks):
                if back:
                    self.unless_refused(
                        payouts.came_back, transfer.id, code="AC04", text="", by=None
                    )
                else:
                    self.unless_refused(payouts.executed, transfer.id, note="", by=None)

    @rule(which=st.lists(st.integers(0, 5), min_size=1, max_size=6))
    def a_statement_tells(self, which):
        bookings = [
            make_bank.booking(f"{c // 100}.{c % 100:02}", reference=reference, name="X", text=text)
            for reference, c, text in (self.transfers[n] for n in dict.fromkeys(which))
        ]
        data = make_bank.message(make_bank.statement(*bookings, ident=uuid4().hex)).encode()
        file = bank.receive(
            BytesIO(data), sent_as="x.xml", key=uuid4().hex, by=self.grace, storage=storage()
        )
        bank.read_file(file.id, storage())

    @rule(number=st.integers(0, 5), what=st.sampled_from(["match", "ignore", "undo"]))
    def sort_a_line(self, number, what):
        mine = BankLine.select().where(self.my_lines())
        if line := mine.order_by(BankLine.id).offset(number).first():
            facts = {
                "match": {"parts": {self.payers[0].id: Cents(line.amount_cents)}},
                "ignore": {"reason": "Garage."},
                "undo": {},
            }[what]
            self.unless_refused(
                getattr(bank, what),
                line.id,
                version=line.version,
                key=uuid4().hex,
                by=self.grace,
                **facts,
            )

    # -- what holds

    @invariant()
    def sums_follow_from_what_happened(self):
        position = fees.position_of(self.id)
        paid_in = sum(p.amount_cents for p in self.payments())
        refunded = sum(s.amount_cents for s in self.shares() if s.refund.posted_at or s.paid_at)
        paid_out = sum(s.amount_cents for s in self.shares() if s.paid_at)
        assert position.received == paid_in
        assert position.refunded == refunded
        assert position.coming_back == refunded - paid_out
        assert self.account("bank") == paid_in - paid_out
        assert sum(entry.amount_cents for entry in self.entries()) == 0
        taken_over = position.funded + position.company_share
        assert position.owes == position.price - taken_over - paid_in + refunded

    @invariant()
    def no_more_goes_back_than_came_in(self):
        for payer in self.payers:
            came = sum(p.amount_cents for p in self.payments() if p.payer_id == payer.id)
            went = sum(
                s.amount_cents
                for s in self.shares()
                if s.payer_id == payer.id and (s.refund.posted_at or s.paid_at)
            )
            assert went <= came + self.gone[payer.id]

    @invariant()
    def lines_ask_for_exactly_what_is_owed(self):
        owes = fees.position_of(self.id).owes
        assert sum(line.rest for line in fees.lines_of(self.id, owes)) == max(0, owes)

    @invariant()
    def invoices_less_credit_notes_are_what_is_asked(self):
        asked = {"student": 0, "company": 0}
        for one in Invoice.select(Invoice, Payer).join(Payer).where(Invoice.enrolment == self.id):
            asked[one.payer.kind] += one.amount_cents * (1 if one.kind == "invoice" else -1)
        position = fees.position_of(self.id)
        assert asked["company"] == position.company_share
        assert asked["student"] == position.price - position.taken_over

    @invariant()
    def every_movement_is_told_once(self):
        lines = list(BankLine.select().where(self.my_lines()))
        assert len(lines) <= len(self.transfers)
        matched = [one for one in lines if one.state == "matched"]
        live = Payment.select().where(
            (Payment.enrolment == self.id)
            & Payment.key.startswith("bank:")
            & Payment.reversed_at.is_null()
        )
        assert sum(p.amount_cents for p in live) <= sum(one.amount_cents for one in matched)

    def my_lines(self):
        """Lines that only this student's statements told; their sums are this example's own."""
        return (BankLine.id > self.before) & BankLine.amount_cents.in_(
            [amount for _, amount, _ in self.transfers]
        )

    # -- helpers

    def refunds(self):
        return list(Refund.select().where(Refund.enrolment == self.id).order_by(Refund.id))

    def refund(self, number):
        found = self.refunds()
        return found[number] if number < len(found) else None

    def payments(self):
        mine = (Payment.enrolment == self.id) & Payment.reversed_at.is_null()
        return list(Payment.select().where(mine))

    def shares(self):
        return list(
            RefundShare.select(RefundShare, Refund).join(Refund).where(Refund.enrolment == self.id)
        )

    def entries(self):
        return list(LedgerEntry.select().where(LedgerEntry.enrolment == self.id))

    def account(self, name):
        return sum(entry.amount_cents for entry in self.entries() if entry.account == name)

    def about(self, number, verb, *, stale=False, **facts):
        if refund := self.refund(number):
            version = refund.version + stale
            self.unless_refused(verb, refund.id, version=version, key=uuid4().hex, **facts)

    @staticmethod
    def unless_refused(verb, *args, **facts):
        try:
            return verb(*args, **facts)
        except Refusal:
            return None


def test_no_order_of_events_loses_a_cent(make):
    make_bank.school(make)
    make.policy(shortfall_owed_by="employer")
    EverythingHappens.make = make
    for name in ("registrar", *STAFF):
        hat = "registrar" if name == "registrar" else "finance"
        setattr(EverythingHappens, name, make.staff(hat, name=name).id)
    run_state_machine_as_test(EverythingHappens, settings=RUNS)
    assert proof.verify().flaws == []
    assert LedgerTransaction.select().count() > 0
