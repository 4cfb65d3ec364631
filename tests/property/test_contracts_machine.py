"""No contract gets where the law does not lead: the table alone, and whatever people do with it in any order."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from portal import fees
from portal.audit.models import AuditEvent
from portal.contracts import service
from portal.contracts.models import Contract, ContractDocument, ContractMove
from portal.contracts.rules import (
    BINDING,
    OVER,
    TABLE,
    UNDECIDED,
    ContractKind,
    ContractState,
    DocumentKind,
    Employer,
    Facts,
    Ground,
)
from portal.contracts.service.moving import NAMES
from portal.kernel import clock
from portal.kernel.clock import months_later
from portal.kernel.errors import Refusal
from portal.kernel.money import Cents
from tests.support import make_fees
from tests.support.make_contracts import send

pytestmark = pytest.mark.slow

RUNS = settings(max_examples=15, stateful_step_count=25, deadline=None)
S = ContractState
#: How the funder's yes may come about: in words always, by its silence for one kind only.
DECISIONS = {
    ContractKind.APPRENTICESHIP: {S.ACCEPTED},
    ContractKind.PROFESSIONALISATION: {S.ACCEPTED, S.IMPLICIT_ACCEPTANCE},
}
BEGINNING = date(2026, 10, 1)
COMPANY = Employer(
    name="Brume & Associés",
    siret="73282932000074",
    contact_name="Inès Roy",
    contact_email="ines@brume.example",
    contact_locale="fr",
)


def reachable(kind, *, without):
    """States that a contract of `kind` can reach from the draft when it never enters those of `without`."""
    found, todo = set(), [S.DRAFT]
    while todo:
        state = todo.pop()
        if state in found or state in without:
            continue
        found.add(state)
        todo += [
            target
            for (source, target), line in TABLE.items()
            if source == state and line.kind in (None, kind)
        ]
    return found


@pytest.mark.parametrize("kind", list(ContractKind))
def test_no_path_leads_to_a_running_contract_without_signature_and_decision(kind):
    assert S.ACTIVE in reachable(kind, without=set())
    assert S.ACTIVE not in reachable(kind, without={S.SIGNED})
    assert S.ACTIVE not in reachable(kind, without={S.TRANSMITTED})
    assert S.ACTIVE not in reachable(kind, without=DECISIONS[kind])


def test_silence_means_something_else_for_each_kind():
    apprentice = reachable(ContractKind.APPRENTICESHIP, without=set())
    other = reachable(ContractKind.PROFESSIONALISATION, without=set())
    assert S.IMPLICIT_ACCEPTANCE not in apprentice
    assert S.IMPLICIT_REFUSAL not in other


@pytest.mark.parametrize("kind", list(ContractKind))
def test_what_is_over_stays_over(kind):
    assert not [target for (source, target) in TABLE if source in OVER]
    assert set(OVER) <= reachable(kind, without=set())


class Lives(RuleBasedStateMachine):
    """Each example is another student with one contract to begin with; `make`, `app` and people come from the test."""

    def __init__(self):
        super().__init__()
        self.today = BEGINNING
        self.broken: list[tuple[date, int]] = []
        with self.clock():
            self.enrolment = make_fees.plan(self.make)
            make_fees.pay(self.make, self.enrolment, 4_250_00, by=self.finance)
            self.declare(ContractKind.APPRENTICESHIP, 40)

    @initialize(steps=st.integers(0, 6))
    def begin_somewhere(self, steps):
        """Most of what can happen happens late in a life."""
        self.all_goes_well(0, steps)

    # -- before the signature

    @rule(kind=st.sampled_from(ContractKind), start=st.integers(0, 120))
    def declare(self, kind, start):
        starts_on = self.today + timedelta(days=start)
        facts = Facts(
            kind=kind,
            job_title="Analyst",
            tutor_name="Jeanne Morel",
            starts_on=starts_on,
            ends_on=months_later(starts_on, 9),
            funded=None,
        )
        self.do(
            service.declare,
            enrolment_id=self.enrolment.id,
            facts=facts,
            employer=COMPANY,
            by=self.student,
        )

    @rule(which=st.integers(0, 3), all_of_them=st.booleans())
    def send_papers(self, which, all_of_them):
        if contract := self.contract(which):
            kinds = ["cerfa", "training_agreement"] if all_of_them else ["cerfa"]
            for kind in kinds:
                with self.clock(), suppress(Refusal):
                    send(self.app, contract, text=uuid4().hex, kind=kind)

    @rule(which=st.integers(0, 3))
    def check(self, which):
        self.decide(which, service.check)

    @rule(which=st.integers(0, 3), funded=st.sampled_from([6_000_00, 9_750_00]))
    def accept(self, which, funded):
        self.decide(which, service.accept, funded=Cents(funded))

    @rule(which=st.integers(0, 3))
    def send_back(self, which):
        self.decide(which, service.send_back, reason="Sign it.")

    @rule(which=st.integers(0, 3), kind=st.sampled_from(DocumentKind))
    def return_paper(self, which, kind):
        if contract := self.contract(which):
            mine = (ContractDocument.contract == contract.id) & (ContractDocument.kind == kind)
            waiting = ContractDocument.state.in_(UNDECIDED)
            if paper := ContractDocument.get_or_none(mine & waiting):
                self.do(service.return_paper, paper.id, reason="Page 2.", by=self.registrar)

    @rule(which=st.integers(0, 3))
    def give_up(self, which):
        if contract := self.contract(which):
            facts = {"version": contract.version, "by": self.student}
            self.do(service.cancel, contract.id, **facts)

    # -- the funder

    @rule(which=st.integers(0, 3))
    def transmit(self, which):
        self.decide(which, service.transmit, on=self.today, opco="ATLAS")

    @rule(which=st.integers(0, 3))
    def ask_for_more(self, which):
        self.decide(which, service.ask_for_more, on=self.today, reason="Page 2.")

    @rule(which=st.integers(0, 3), days=st.integers(0, 30))
    def funder_accepts(self, which, days):
        self.decide(
            which,
            service.note_acceptance,
            on=self.today - timedelta(days=days),
            number="D-1",
            funded=Cents(9_750_00),
            employer_share=None,
        )

    @rule(which=st.integers(0, 3), days=st.integers(0, 30))
    def funder_refuses(self, which, days):
        on = self.today - timedelta(days=days)
        self.decide(which, service.note_refusal, on=on, reason="Too dear.")

    @rule(which=st.integers(0, 1), steps=st.integers(1, 6))
    def all_goes_well(self, which, steps):
        """What usually comes next, so that long lives are lived too."""
        for _ in range(steps):
            contract = self.contract(which)
            if contract is None or contract.state in OVER:
                return self.declare(ContractKind.PROFESSIONALISATION, 20)
            if contract.state in (S.DRAFT, S.CHANGES_REQUESTED):
                self.send_papers(which, True)
            elif contract.state in (S.SUBMITTED, S.CHECKED):
                self.accept(which, 9_750_00)
            elif contract.state in (S.SIGNED, S.INCOMPLETE, S.REFUSED, S.IMPLICIT_REFUSAL):
                self.transmit(which)
            elif contract.state == S.TRANSMITTED:
                self.time_goes_by(30) if steps % 2 else self.funder_accepts(which, 0)
            else:
                self.time_goes_by(45)
        return None

    @rule(days=st.sampled_from([1, 21, 45, 200]))
    def time_goes_by(self, days):
        self.today += timedelta(days=days)
        with self.clock():
            service.tick()  # nobody is there to read a refusal at night
            assert service.tick() == 0

    # -- the end

    @rule(
        which=st.integers(0, 3),
        days=st.sampled_from([-60, -1, 0, 10, 60]),
        ground=st.sampled_from(["", "", "", *Ground]),
    )
    def end(self, which, days, ground):
        on = self.today + timedelta(days=days)
        self.decide(which, service.end, on=on, reason="x", initiator="both", ground=ground)
        contract = self.contract(which)
        if contract and contract.state == S.TERMINATED and contract.ended_on == on:
            self.broken.append((on, self.owes()))

    @rule(which=st.integers(0, 3))
    def amend(self, which):
        if contract := self.contract(which):
            facts = {"reason": "x", "version": contract.version, "by": self.registrar}
            self.do(service.amend, contract.id, **facts)

    @rule(which=st.integers(0, 3), start=st.integers(1, 250))
    def succeed(self, which, start):
        if contract := self.contract(which):
            starts_on = (contract.ended_on or self.today) + timedelta(days=start)
            facts = Facts(
                kind=ContractKind(contract.kind),
                job_title="Analyst",
                tutor_name="Jeanne Morel",
                starts_on=starts_on,
                ends_on=months_later(starts_on, 9),
                funded=None,
            )
            self.do(service.succeed, contract.id, facts=facts, employer=COMPANY, by=self.registrar)

    @rule(after=st.integers(1, 200), falls=st.booleans())
    def part_and_find_another_company(self, after, falls):
        """A break, the contract that follows, and perhaps its fall before it began."""
        self.all_goes_well(0, 3)
        if contract := self.contract(0):
            self.today = max(self.today, contract.starts_on)
            self.end(0, 0, "")
            self.succeed(0, after)
            self.all_goes_well(0, 2)
            if falls:
                self.end(0, 0, "")

    # -- what holds

    @invariant()
    def every_state_came_by_the_table(self):
        for contract in self.contracts():
            moves = self.moves(contract)
            path = [S.DRAFT, *(S(move.target) for move in moves)]
            assert [move.source for move in moves] == path[:-1]
            assert contract.state == path[-1]
            for move in moves:
                assert TABLE[S(move.source), S(move.target)].kind in (None, contract.kind)

    @invariant()
    def what_runs_was_signed_and_decided(self):
        for contract in self.contracts():
            if contract.state in (S.ACTIVE, S.COMPLETED):
                past = {S(move.target) for move in self.moves(contract)}
                assert S.SIGNED in past
                assert past & DECISIONS[ContractKind(contract.kind)]

    @invariant()
    def one_contract_at_a_time_counts(self):
        """Besides a contract there are only amendments of it that have not taken its place."""
        alive = [one for one in self.contracts() if one.state in BINDING]
        assert len([one for one in alive if one.amends_id not in {it.id for it in alive}]) <= 1

    @invariant()
    def every_move_is_in_the_trail(self):
        for contract in self.contracts():
            lines = AuditEvent.select().where(AuditEvent.subject == f"contract:{contract.id}")
            told = [line.tag for line in lines]
            done = [f"contract:{NAMES.get(S(m.target), m.target)}" for m in self.moves(contract)]
            for tag in done:
                assert told.count(tag) >= done.count(tag)

    @invariant()
    def a_break_reopens_no_tuition_for_six_months(self):
        for broken_on, owed in self.broken:
            if self.today < months_later(broken_on, 6):
                assert self.owes() <= owed

    # -- helpers

    def clock(self):
        return clock.set_to(datetime.combine(self.today, time(12), tzinfo=clock.SCHOOL_ZONE))

    def contracts(self):
        mine = Contract.enrolment == self.enrolment.id
        return list(Contract.select().where(mine).order_by(Contract.id.desc()))

    def contract(self, which):
        """The newest contracts first, since the others are usually over."""
        found = self.contracts()
        return found[which % len(found)] if found else None

    def moves(self, contract):
        mine = ContractMove.contract == contract.id
        return list(ContractMove.select().where(mine).order_by(ContractMove.id))

    def owes(self):
        with self.clock():
            return max(0, fees.position_of(self.enrolment.id).owes)

    def decide(self, which, verb, **facts):
        if contract := self.contract(which):
            click = {"version": contract.version, "key": uuid4().hex, "by": self.registrar}
            self.do(verb, contract.id, **facts, **click)

    def do(self, verb, *args, **facts):
        with self.clock(), suppress(Refusal):
            verb(*args, **facts)


@pytest.fixture
def lives(make, app):
    make.policy()
    Lives.make, Lives.app = make, app
    Lives.finance = make.staff("finance")
    Lives.registrar = make.staff("registrar").id
    Lives.student = make.person("Somebody").id
    return Lives


def test_whatever_people_do_a_contract_lives_by_the_table(lives):
    run_state_machine_as_test(lives, settings=RUNS)


@pytest.mark.parametrize(
    ("steps", "ending"),
    [
        (6, [S.ACCEPTED, S.ACTIVE]),
        (5, [S.IMPLICIT_REFUSAL, S.TRANSMITTED]),
    ],
)
def test_the_machine_knows_the_way_to_a_running_contract(lives, steps, ending):
    """What was never reached would prove nothing above: chance alone does not lead there in every run."""
    life = lives()
    life.all_goes_well(0, steps)
    path = [S.SUBMITTED, S.CHECKED, S.SIGNED, S.TRANSMITTED, *ending]
    assert [move.target for move in life.moves(life.contract(0))] == path
