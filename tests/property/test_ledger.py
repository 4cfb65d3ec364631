"""Anything may happen to an enrolment's money in any order; the ledger, the plan and a plain model agree."""

from datetime import date, timedelta
from itertools import count
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from peewee import fn

from portal import fees
from portal.fees import queries, service
from portal.fees.models import Instalment, LedgerEntry, LedgerTransaction, Payer, PaymentPlan
from portal.fees.rules import Account, PayerKind, PlanKind
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from tests.support import make_fees

pytestmark = pytest.mark.slow

RUNS = settings(max_examples=20, stateful_step_count=25, deadline=None)
PRICE, REDUCED, DEPOSIT = 9_750_00, 9_262_50, 1_500_00
FIRST_DUE = date(2026, 11, 5)
SUMS = [1, 33_33, 500_00, 1_375_00, 1_500_00, 2_750_00, 4_250_00, 9_262_50, 10_000_00]
sources = count(1)
amounts = st.one_of(st.sampled_from(SUMS), st.integers(1, 12_000_00))


class Model:
    """What the school would write on a sheet of paper."""

    def __init__(self):
        self.price = PRICE
        self.sent, self.back, self.out = {}, {}, {}
        self.companies = set()
        self.billed = None
        self.funded = self.share = self.cancelled = self.gone = 0
        self.payments = {}

    @property
    def received(self):
        return self.by_family(self.sent)

    @property
    def refunded(self):
        return self.by_family(self.back)

    @property
    def by_companies(self):
        return sum(self.left_of(payer_id) for payer_id in self.companies)

    def by_family(self, sums):
        return sum(cents for payer_id, cents in sums.items() if payer_id not in self.companies)

    def above_bill(self, company):
        """Only the company of the newest contract has a bill."""
        return self.left_of(company.id) - (self.share if company.name == self.billed else 0)

    @property
    def owes(self):
        return self.price - self.funded - self.share - self.received + self.refunded

    @property
    def credit(self):
        return max(0, -self.owes)

    def left_of(self, payer_id):
        return self.sent.get(payer_id, 0) - self.back.get(payer_id, 0)

    def waiting_for(self, payer_id):
        return self.back.get(payer_id, 0) - self.out.get(payer_id, 0)


class MoneyMachine(RuleBasedStateMachine):
    """Each example is another student; `make` and `staff` are set by the test."""

    def __init__(self):
        super().__init__()
        self.today = date(2026, 9, 1)
        clock.today = lambda: self.today
        self.enrolment = make_fees.plan(self.make)
        self.id = self.enrolment.id
        self.student = fees.student_payer(self.id).id
        self.people = [self.student]
        self.model = Model()
        self.last_funding = None
        self.seen_entries, self.seen_lines = [], {}

    def payer(self, n):
        return self.people[n % len(self.people)]

    @rule(days=st.integers(1, 40))
    def time_goes_by(self, days):
        self.today = min(self.today + timedelta(days=days), date(2027, 6, 30))

    @rule()
    def a_parent_steps_in(self):
        if len(self.people) < 3:
            parent = fees.add_payer(self.id, kind=PayerKind.PARENT, name="Parent")
            self.people.append(parent.id)

    def record(self, payer_id, cents, key):
        return fees.record_payment(
            enrolment_id=self.id,
            payer_id=payer_id,
            amount=cents,
            received_on=self.today,
            means="transfer",
            key=key,
            by=self.staff.id,
        )

    @rule(n=st.integers(0, 2), cents=amounts, clicks=st.integers(1, 2))
    def somebody_pays(self, n, cents, clicks):
        payer_id, key = self.payer(n), uuid4().hex
        found = {self.record(payer_id, cents, key).id for _ in range(clicks)}
        assert len(found) == 1
        self.model.sent[payer_id] = self.model.sent.get(payer_id, 0) + cents
        self.model.payments[found.pop()] = (payer_id, cents)

    def company(self, n):
        mine = (Payer.enrolment == self.id) & (Payer.kind == "company")
        found = list(Payer.select().where(mine).order_by(Payer.id))
        self.model.companies = {one.id for one in found}
        return found[n % len(found)] if found else None

    @rule(n=st.integers(0, 1), cents=amounts)
    def a_company_pays(self, n, cents):
        if company := self.company(n):
            payment = self.record(company.id, cents, uuid4().hex)
            self.model.sent[company.id] = self.model.sent.get(company.id, 0) + cents
            self.model.payments[payment.id] = (company.id, cents)

    @rule(n=st.integers(0, 1), cents=amounts, all_of_it=st.booleans(), clicks=st.integers(1, 2))
    def what_a_company_paid_above_its_bill_is_to_go_back(self, n, cents, all_of_it, clicks):
        company, source = self.company(n), f"refund:{next(sources)}:{uuid4().hex}"
        if company is None:
            return
        above = self.model.above_bill(company)
        cents = above if all_of_it and above > 0 else cents
        if cents > above:
            with pytest.raises(NotPossible, match="above its bill"):
                fees.post_refund(self.id, shares={company.id: cents}, source=source)
            return
        for _ in range(clicks):
            fees.post_refund(self.id, shares={company.id: cents}, source=source)
        self.model.back[company.id] = self.model.back.get(company.id, 0) + cents

    @rule(n=st.integers(0, 1), cents=amounts, all_of_it=st.booleans())
    def a_refund_to_a_company_leaves_the_bank(self, n, cents, all_of_it):
        if company := self.company(n):
            self.leave(company.id, cents, all_of_it)

    @rule(n=st.integers(0, 20))
    def a_payment_turns_out_wrong(self, n):
        if not self.model.payments:
            return
        payment_id = sorted(self.model.payments)[n % len(self.model.payments)]
        payer_id, cents = self.model.payments[payment_id]
        if cents > self.model.left_of(payer_id):
            with pytest.raises(NotPossible, match="already refunded"):
                service.reverse_payment(payment_id, reason="wrong", by=self.staff.id)
            return
        for _ in range(2):
            service.reverse_payment(payment_id, reason="wrong", by=self.staff.id)
        del self.model.payments[payment_id]
        self.model.sent[payer_id] -= cents

    @rule(n=st.integers(0, 20))
    def the_bank_takes_a_payment_back(self, n):
        if not self.model.payments:
            return
        payment_id = sorted(self.model.payments)[n % len(self.model.payments)]
        for _ in range(2):
            service.payment_gone(payment_id, reason="returned", by=self.staff.id)
        payer_id, cents = self.model.payments.pop(payment_id)
        self.model.sent[payer_id] -= cents
        self.model.gone += cents

    @rule(
        cents=st.one_of(st.sampled_from([0, 6_000_00, 9_750_00, 12_000_00]), amounts),
        owed_by=st.sampled_from(["employer", "student"]),
        company=st.sampled_from(["Orsay", "Vauban"]),
    )
    def a_contract_is_signed_or_amended(self, cents, owed_by, company):
        facts = {
            "terms": fees.Terms(cents, owed_by),
            "employer": fees.Employer(company, company),
            "source": f"contract:{next(sources)}:{uuid4().hex}",
        }
        owed = self.model.owes
        done = fees.apply_funding(self.id, **facts)
        self.last_funding = facts
        self.model.funded = min(cents, self.model.price)
        left = self.model.price - self.model.funded
        self.model.share = left if owed_by == "employer" else 0
        self.model.billed = company
        self.model.cancelled += done.cancelled
        asked = max(0, self.model.owes)
        # A plan that asks for just that already stays; that it does so is an invariant.
        unchanged = owed == self.model.owes and not done.cancelled
        assert sum(done.respread) in ({0, asked} if unchanged else {asked})
        assert done.company_share == self.model.share

    @rule()
    def the_same_contract_comes_again(self):
        if self.last_funding:
            done = fees.apply_funding(self.id, **self.last_funding)
            assert (done.cancelled, done.respread) == (0, ())

    @rule(n=st.integers(0, 2), cents=amounts, all_of_it=st.booleans(), clicks=st.integers(1, 2))
    def a_refund_is_approved(self, n, cents, all_of_it, clicks):
        payer_id, source = self.payer(n), f"refund:{next(sources)}:{uuid4().hex}"
        left = self.model.left_of(payer_id)
        cents = (
            min(left, self.model.credit) if all_of_it and min(left, self.model.credit) else cents
        )
        if cents > min(left, self.model.credit):
            why = "more than the payer paid" if cents > left else "not owed so much any more"
            with pytest.raises(NotPossible, match=why):
                fees.post_refund(self.id, shares={payer_id: cents}, source=source)
            return
        for _ in range(clicks):
            fees.post_refund(self.id, shares={payer_id: cents}, source=source)
        self.model.back[payer_id] = self.model.back.get(payer_id, 0) + cents

    @rule()
    def everything_goes_back(self):
        receipts = fees.position_of(self.id).receipts
        shares = {one.payer_id: one.cents for one in receipts if one.cents > 0}
        source = f"refund:{next(sources)}:{uuid4().hex}"
        if sum(shares.values()) > self.model.credit:
            with pytest.raises(NotPossible, match="not owed so much any more"):
                fees.post_refund(self.id, shares=shares, source=source)
            return
        if shares:
            fees.post_refund(self.id, shares=shares, source=source)
        for payer_id, cents in shares.items():
            self.model.back[payer_id] = self.model.back.get(payer_id, 0) + cents

    @rule(n=st.integers(0, 2), cents=amounts, all_of_it=st.booleans())
    def a_refund_leaves_the_bank(self, n, cents, all_of_it):
        self.leave(self.payer(n), cents, all_of_it)

    def leave(self, payer_id, cents, all_of_it):
        source = f"payout:{next(sources)}:{uuid4().hex}"
        waiting = self.model.waiting_for(payer_id)
        cents = waiting if all_of_it and waiting else cents
        if cents > waiting:
            with pytest.raises(NotPossible, match="No approved refund"):
                fees.post_payout(self.id, shares={payer_id: cents}, source=source)
            return
        fees.post_payout(self.id, shares={payer_id: cents}, source=source)
        self.model.out[payer_id] = self.model.out.get(payer_id, 0) + cents

    @rule()
    def the_student_chooses_to_pay_at_once(self):
        model = self.model
        if model.price == PRICE and (
            model.funded
            or model.share
            or model.cancelled
            or model.received > DEPOSIT
            or self.today > FIRST_DUE
        ):
            with pytest.raises(NotPossible):
                service.choose_full(self.id, by=self.enrolment.student.person_id)
            return
        service.choose_full(self.id, by=self.enrolment.student.person_id)
        model.price = REDUCED

    @invariant()
    def the_ledger_says_what_the_model_says(self):
        now, model = fees.position_of(self.id), self.model
        assert (now.price, now.received, now.refunded) == (
            model.price,
            model.received,
            model.refunded,
        )
        assert (now.funded, now.company_share, now.company_paid) == (
            model.funded,
            model.share,
            model.by_companies,
        )
        assert now.owes == model.owes
        assert now.coming_back == model.refunded - model.by_family(model.out)
        left = {payer_id: model.left_of(payer_id) for payer_id in model.sent}
        assert {one.payer_id: one.cents for one in now.receipts} == {
            payer_id: cents
            for payer_id, cents in left.items()
            if cents and payer_id not in model.companies
        }
        above = {one.id: model.above_bill(one) for one in fees.payers_of(self.id)}
        assert {one.payer_id: one.cents for one in now.company_credits} == {
            payer_id: above[payer_id] for payer_id in model.companies if above[payer_id] > 0
        }
        kind = PlanKind.FULL if model.price == REDUCED else PlanKind.INSTALMENTS
        assert now.plan_kind == kind
        assert PaymentPlan.get(PaymentPlan.enrolment == self.id).price_cents == model.price

    @invariant()
    def money_in_is_money_out_and_balances(self):
        sums = dict(
            LedgerEntry.select(LedgerEntry.account, fn.SUM(LedgerEntry.amount_cents))
            .where(LedgerEntry.enrolment == self.id)
            .group_by(LedgerEntry.account)
            .tuples()
        )
        model = self.model
        money_in = sum(model.sent.values())
        assert sums.get(Account.BANK, 0) == money_in - sum(model.out.values())
        assert sum(sums.values()) == 0
        assert model.refunded <= model.received + model.gone

    @invariant()
    def every_transaction_balances_and_belongs_to_one_enrolment(self):
        uneven = (
            LedgerEntry.select(LedgerEntry.transaction)
            .join(LedgerTransaction)
            .where(LedgerEntry.enrolment == self.id)
            .group_by(LedgerEntry.transaction)
            .having(
                (fn.SUM(LedgerEntry.amount_cents) != 0)
                | (fn.MIN(LedgerTransaction.enrolment) != self.id)
            )
        )
        assert list(uneven) == []

    @invariant()
    def what_was_written_stays_written(self):
        rows = list(
            LedgerEntry.select()
            .where(LedgerEntry.enrolment == self.id)
            .order_by(LedgerEntry.id)
            .tuples()
        )
        assert rows[: len(self.seen_entries)] == self.seen_entries
        self.seen_entries = rows
        lines = {
            line.id: (line.position, line.kind, line.due_on, line.amount_cents, line.cancelled_at)
            for line in Instalment.select()
            .join(PaymentPlan)
            .where(PaymentPlan.enrolment == self.id)
        }
        for line_id, seen in self.seen_lines.items():
            assert lines[line_id][:4] == seen[:4]
            assert seen[4] is None or lines[line_id][4] == seen[4]
        self.seen_lines = lines

    @invariant()
    def lines_ask_for_exactly_what_is_owed(self):
        lines = queries.lines_of(self.id, self.model.owes)
        assert sum(line.rest for line in lines) == max(0, self.model.owes)
        assert queries.account_of(self.id).position == fees.position_of(self.id)


def test_no_order_of_events_breaks_the_ledger(make, monkeypatch):
    monkeypatch.setattr(clock, "today", clock.today)
    MoneyMachine.make, MoneyMachine.staff = make, make.staff("finance")

    run_state_machine_as_test(MoneyMachine, settings=RUNS)
