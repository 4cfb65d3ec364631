"""A contract falls, or is broken, after amendments, answers and new policies: what stood before stands again."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from portal import audit, fees, refunds
from portal.audit.models import AuditEvent
from portal.contracts import Contract
from portal.contracts import service as deciding
from portal.contracts.models import ContractMove
from portal.fees.models import LedgerTransaction, MoneyPolicy, Payer
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.notifications.models import OutgoingMail
from portal.programme import Enrolment
from portal.refunds import service
from portal.refunds.models import Refund
from tests.support import make_contracts, make_fees, make_payouts, make_refunds
from tests.support.make_payouts import IBANS, people
from tests.unit.test_refunds_in_turns import (
    amend,
    company_with,
    follow,
    from_now_on,
    parent_of,
)


def real(make, app, *, paid, funded, begins=30, enrolment=None, **facts):
    """A contract that the school has accepted by its own verbs and that begins in `begins` days."""
    registrar = make_refunds.colleague(make, "registrar", "Rosa Registrar")
    clerk = make_refunds.colleague(make, "registrar", "Paul Payments")
    enrolment = enrolment or make_fees.plan(make)
    if paid:
        make_fees.pay(make, enrolment, paid, by=clerk)
    today = clock.today()
    days = {"starts_on": today + timedelta(days=begins), "ends_on": today + timedelta(days=400)}
    contract = make_contracts.submitted(make, app, enrolment=enrolment, **(days | facts))
    contract = make_contracts.decide(deciding.accept, contract, registrar, funded=Cents(funded))
    return SimpleNamespace(
        app=app, enrolment=enrolment, contract=contract, registrar=registrar, clerk=clerk
    )


def answered(case, contract, funded):
    """The funder has the file and says yes."""
    contract = make_contracts.transmit(contract, case.registrar)
    facts = {"on": clock.today(), "number": f"N{contract.id}", "employer_share": None}
    return make_contracts.decide(
        deciding.note_acceptance, contract, case.registrar, funded=Cents(funded), **facts
    )


def amended(case, contract, funded, **facts):
    """An amendment that the school has accepted and that waits for the funder."""
    seen = Contract.find(contract.id)
    child = deciding.amend(
        contract.id, reason="Longer.", version=seen.version, by=case.registrar.id
    )
    if facts:
        Contract.update(**facts).where(Contract.id == child).execute()
    for kind in ("cerfa", "training_agreement"):
        make_contracts.send(case.app, Contract.find(child), text=f"{kind} {child}", kind=kind)
    return make_contracts.decide(
        deciding.accept, Contract.find(child), case.registrar, funded=Cents(funded)
    )


def given_up(case, contract):
    return make_contracts.end(contract, case.registrar, clock.today())


def broken_and_followed(make, case, *, funded, **facts):
    """The contract is broken today, and another one in twenty days is accepted."""
    broken = given_up(case, case.contract)
    assert broken.state == "terminated"
    days = {"starts_on": clock.today() + timedelta(days=20)}
    after = make.contract(case.enrolment, follows=broken, **(days | facts))
    make_refunds.accept(after, funded=funded, by=case.registrar)
    return Contract.find(after.id)


def fell(case, contract):
    refunds.withdraw_for_contract(
        contract=Contract.find(contract.id), reason="fell", by=case.registrar.id
    )


def standing(case):
    position = fees.position_of(case.enrolment.id)
    return position.owes, position.funded, position.company_share


def scheme(case):
    return Enrolment.find(case.enrolment.id).scheme


def states(case):
    mine = Refund.select().where(Refund.enrolment == case.enrolment)
    return [one.state for one in mine.order_by(Refund.id)]


def newest(case):
    return (
        Refund.select().where(Refund.enrolment == case.enrolment).order_by(Refund.id.desc()).get()
    )


def refused(make, refund):
    facts = {"version": refund.version, "key": uuid4().hex, "by": people(make).first.id}
    service.refuse(refund.id, reason="x", **facts)


def credit_back(case, cents):
    """The credit of the student is proposed to go back."""
    student = fees.student_payer(case.enrolment.id)
    facts = {"reason": "After all", "key": uuid4().hex, "by": case.clerk.id}
    service.give_credit_back(case.enrolment.id, shares={student.id: Cents(cents)}, **facts)
    return newest(case)


def mails_since(last):
    return list(OutgoingMail.select().order_by(OutgoingMail.id).offset(last))


# -- what an amendment took the place of does not come back


def test_nothing_pays_any_more_when_the_amendment_falls_that_took_a_contracts_place(make, app):
    case = real(make, app, paid=1_500_00, funded=9_750_00)
    contract = answered(case, case.contract, 9_750_00)
    child = answered(case, amended(case, contract, 9_750_00), 9_750_00)
    assert Contract.find(contract.id).state == "superseded"
    assert given_up(case, child).state == "cancelled"
    assert standing(case) == (8_250_00, 0, 0)
    assert scheme(case) == "initial"
    assert states(case) == ["cancelled"], "the refund of the contract whose place it took"


def test_an_amendment_on_its_way_leaves_the_amendment_that_took_a_contracts_place(make, app):
    make.policy(shortfall_owed_by="student")
    case = real(make, app, paid=4_250_00, funded=6_000_00)
    answered(case, case.contract, 6_000_00)
    second = answered(case, amended(case, case.contract, 9_750_00), 9_750_00)
    third = amended(case, second, 7_000_00)
    given_up(case, third)
    assert standing(case) == (-4_250_00, 9_750_00, 0)
    assert scheme(case) == "apprenticeship"
    given_up(case, second)
    assert standing(case) == (5_500_00, 0, 0)
    assert set(states(case)) == {"cancelled"}


def test_the_broken_contract_stands_when_the_amended_one_after_it_falls(make, app):
    make.policy(shortfall_owed_by="student")
    case = real(make, app, paid=1_500_00, funded=6_000_00, begins=-3)
    before = standing(case)
    broken = given_up(case, case.contract)
    soon = {"begins": 20, "enrolment": case.enrolment, "follows": broken.id}
    after = real(make, app, paid=0, funded=7_000_00, **soon).contract
    after = answered(case, after, 7_000_00)
    child = answered(case, amended(case, after, 8_000_00), 8_000_00)
    given_up(case, child)
    assert standing(case) == before
    assert scheme(case) == "apprenticeship", "an apprentice of the school for six months"


# -- refunds that were stopped, and those that go with the contract


def test_what_an_amendment_of_an_amendment_in_place_stopped_is_proposed_anew(make):
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00, owed_by="student")
    second = amend(make, case, funded=9_750_00)  # the refund stays that of the first
    Contract.update(state="superseded").where(Contract.id == case.contract.id).execute()
    case.contract = second
    third = amend(make, case, funded=6_000_00)
    fell(case, third)
    refund = newest(case)
    assert (refund.state, refund.amount_cents) == ("proposed", 4_250_00)
    assert refund.contract_id == second.id


def test_a_refusal_stands_when_a_second_amendment_falls(make):
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00, owed_by="student")
    fell(case, amend(make, case, funded=6_000_00))
    refused(make, newest(case))
    fell(case, amend(make, case, funded=9_750_00))
    assert states(case) == ["cancelled", "cancelled", "refused", "cancelled"]


def test_what_waited_for_the_funder_is_proposed_when_the_amendment_falls_that_counted_meanwhile(
    make,
):
    make.policy(refund_from="accepted")
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00)
    child = amend(make, case, funded=9_750_00)
    Contract.update(state="accepted").where(Contract.id == case.contract.id).execute()
    assert states(case) == []
    fell(case, child)
    assert [(one.state, one.contract_id) for one in Refund.select()] == [
        ("proposed", case.contract.id)
    ]


def test_what_the_funder_added_meanwhile_is_proposed_when_the_amendment_falls(make, app):
    make.policy(shortfall_owed_by="student")
    case = real(make, app, paid=4_250_00, funded=6_000_00)
    contract = make_contracts.transmit(case.contract, case.registrar)
    child = amended(case, contract, 9_750_00)
    yes = {"state": "accepted", "funded_cents": 9_000_00}
    ContractMove.create(
        contract=contract, source="transmitted", target="accepted", on=clock.today()
    )
    Contract.update(**yes).where(Contract.id == contract.id).execute()
    given_up(case, child)
    assert standing(case) == (-3_500_00, 9_000_00, 0)
    assert states(case) == ["proposed", "cancelled", "proposed"]
    assert (newest(case).amount_cents, newest(case).contract_id) == (3_000_00, contract.id)


def test_what_somebody_refused_is_left_to_people_whatever_the_funder_added_meanwhile(make, app):
    make.policy(shortfall_owed_by="student")
    case = real(make, app, paid=4_250_00, funded=6_000_00)
    contract = make_contracts.transmit(case.contract, case.registrar)
    refused(make, newest(case))
    child = amended(case, contract, 9_750_00)
    ContractMove.create(
        contract=contract, source="transmitted", target="accepted", on=clock.today()
    )
    given_up(case, child)
    assert states(case) == ["refused", "cancelled"]


@pytest.mark.parametrize("state", ["proposed", "approved", "in an order"])
def test_a_credit_that_a_contract_made_does_not_go_back_once_it_fell(make, state):
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00)
    refused(make, newest(case))
    credit = credit_back(case, 4_250_00)
    if state != "proposed":
        make_fees.account(fees.student_payer(case.enrolment.id).id, iban=IBANS[0], holder="Ada")
        make_refunds.approve(Refund.find(credit.id), by=people(make).first)
    if state == "in an order":
        make_payouts.prepared(make, [Refund.find(credit.id)])
    fell(case, case.contract)
    assert Refund.find(credit.id).state == "cancelled"
    assert standing(case) == (5_500_00, 0, 0)
    lines = fees.lines_of(case.enrolment.id, Cents(5_500_00))
    assert sum(one.rest for one in lines) == 5_500_00


def test_a_credit_that_no_contract_made_goes_back_all_the_same(make):
    case = make_refunds.case(make, paid=10_000_00, funded=9_750_00)
    refused(make, newest(case))
    old, new = credit_back(case, 250_00), credit_back(case, 9_750_00)
    fell(case, case.contract)
    assert [Refund.find(one.id).state for one in (old, new)] == ["proposed", "cancelled"]
    assert standing(case) == (-250_00, 0, 0)


def test_a_credit_that_an_amendment_made_is_only_what_stands_without_it(make):
    case = make_refunds.case(make, paid=4_250_00, funded=6_000_00, owed_by="student")
    child = amend(make, case, funded=9_750_00)
    refused(make, newest(case))
    credit = credit_back(case, 3_750_00)
    fell(case, child)
    assert Refund.find(credit.id).state == "cancelled"
    assert states(case) == ["proposed", "refused", "cancelled"]
    assert standing(case) == (-500_00, 6_000_00, 0)


# -- one fall for a contract and its amendments


def test_what_was_to_go_back_to_a_company_goes_when_it_owes_nothing_in_the_end(make, app):
    case = real(make, app, paid=1_500_00, funded=6_000_00)
    company = Payer.get(Payer.kind == "company")
    make_fees.pay(make, case.enrolment, 3_750_00, payer=company, by=case.clerk)
    amended(case, case.contract, 9_750_00)  # the bill is gone
    _, refund = company_with(make, case, credit=3_750_00)
    given_up(case, case.contract)
    assert fees.position_of(case.enrolment.id).company_share == 0
    assert Refund.find(refund.id).state == "approved"


def test_parents_read_once_what_is_asked_when_a_contract_falls_with_its_amendment(make, app):
    make.policy(shortfall_owed_by="student")
    case = real(make, app, paid=1_500_00, funded=9_750_00)
    parent_of(make, case.enrolment)
    amended(case, case.contract, 6_000_00)
    last = OutgoingMail.select().count()
    given_up(case, case.contract)
    (said,) = [one.body for one in mails_since(last) if one.subject.startswith("What is due")]
    assert "No work-study contract pays for Ada Byron any more" in said
    assert standing(case) == (8_250_00, 0, 0)
    assert set(states(case)) == {"cancelled"}


def test_the_trail_names_every_contract_that_fell(make, app):
    case = real(make, app, paid=1_500_00, funded=9_750_00)
    child = amended(case, case.contract, 9_750_00)
    given_up(case, case.contract)
    fallen = f"contract:{case.contract.id}, contract:{child.id}"
    subject = f"enrolment:{case.enrolment.id}"
    assert audit.details_of("fees:funding-ended", subject=subject) == {fallen}


def test_the_same_fall_told_again_takes_nothing_from_what_came_since(make):
    case = make_refunds.case(make, paid=4_250_00, funded=6_000_00, owed_by="student")
    child = amend(make, case, funded=9_750_00)
    fell(case, child)
    amend(make, case, funded=9_750_00)
    before = told(case)
    last = OutgoingMail.select().count()
    fell(case, child)
    assert told(case) == before
    assert not mails_since(last)


def told(case):
    written = LedgerTransaction.select().count(), AuditEvent.select().count()
    return standing(case), states(case), written


# -- the terms that stood


def under_an_old_policy(make, **choices):
    make.policy(**choices)
    MoneyPolicy.update(valid_from=clock.today() - timedelta(days=400)).execute()


def accepted_long_ago(contract):
    long_ago = clock.now() - timedelta(days=390)
    Contract.update(decided_at=long_ago).where(Contract.id == contract.id).execute()


def test_an_amendment_that_falls_leaves_the_terms_that_the_funders_answer_set(make):
    under_an_old_policy(make, shortfall_owed_by="employer")
    case = make_refunds.case(make, paid=4_250_00, funded=6_000_00)
    accepted_long_ago(case.contract)
    from_now_on(shortfall_owed_by="student")
    facts = {"funded_cents": 7_000_00, "version": Contract.version + 1}
    Contract.update(**facts).where(Contract.id == case.contract.id).execute()
    refunds.open_for_answer(
        contract=Contract.find(case.contract.id), changed=True, by=case.registrar.id
    )
    before = standing(case)
    assert before == (-1_500_00, 7_000_00, 0)
    fell(case, amend(make, case, funded=9_750_00))
    assert standing(case) == before


def test_what_falls_after_a_break_leaves_the_terms_of_the_amendment_that_counted(make, app):
    under_an_old_policy(make, shortfall_owed_by="employer")
    case = real(make, app, paid=1_500_00, funded=6_000_00, begins=-3)
    accepted_long_ago(case.contract)
    from_now_on(shortfall_owed_by="student")
    amended(case, case.contract, 7_000_00)
    before = standing(case)
    assert before == (1_250_00, 7_000_00, 0)
    after = broken_and_followed(make, case, funded=6_000_00)
    assert standing(case) == before
    fell(case, after)
    assert standing(case) == before


def test_an_amendment_given_up_before_the_break_sets_no_terms(make, app):
    under_an_old_policy(make, shortfall_owed_by="employer")
    case = real(make, app, paid=1_500_00, funded=6_000_00, begins=-3)
    before = standing(case)
    from_now_on(shortfall_owed_by="student")
    given_up(case, amended(case, case.contract, 7_000_00))
    assert standing(case) == before == (-1_500_00, 6_000_00, 3_750_00)
    after = broken_and_followed(make, case, funded=6_000_00)
    fell(case, after)
    assert standing(case) == before


def test_a_policy_of_the_same_day_changes_no_terms_that_stood(make):
    case = make_refunds.case(make, paid=4_250_00, funded=6_000_00, owed_by="employer")
    before = standing(case)
    MoneyPolicy.create(version=2, valid_from=clock.today(), shortfall_owed_by="student")
    fell(case, amend(make, case, funded=9_750_00))
    assert standing(case) == before


def test_what_is_proposed_anew_needs_as_many_people_as_today(make):
    under_an_old_policy(make, shortfall_owed_by="student")
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00, owed_by="student")
    from_now_on(shortfall_owed_by="student", second_approval_above_cents=1_000_00)
    fell(case, amend(make, case, funded=6_000_00))
    refund = newest(case)
    assert (refund.amount_cents, refund.approvals_needed, refund.policy_version) == (4_250_00, 2, 1)


# -- breaks


def test_a_break_keeps_what_the_newest_of_two_amendments_had_brought(make, app):
    make.policy(shortfall_owed_by="student")
    case = real(make, app, paid=1_500_00, funded=6_000_00, begins=-3)
    second = amended(case, case.contract, 7_000_00)
    amended(case, second, 9_750_00)
    before = standing(case)
    assert before == (-1_500_00, 9_750_00, 0)
    after = broken_and_followed(make, case, funded=6_000_00)
    assert standing(case) == before
    fell(case, after)
    assert standing(case) == before


def test_a_break_takes_nothing_from_an_amendment_the_school_had_not_accepted(make, app):
    make.policy(shortfall_owed_by="student")
    case = real(make, app, paid=1_500_00, funded=6_000_00, begins=-3)
    seen = Contract.find(case.contract.id)
    child = deciding.amend(seen.id, reason="x", version=seen.version, by=case.registrar.id)
    Contract.update(funded_cents=9_750_00).where(Contract.id == child).execute()
    broken = given_up(case, case.contract)
    assert (broken.state, broken.funded_cents) == ("terminated", 6_000_00)
    assert Contract.find(child).state == "cancelled"


@pytest.mark.parametrize("moved", ["to the first day of the year", "to a later day"])
def test_a_break_keeps_the_days_that_an_amendment_on_its_way_had_brought(make, app, moved):
    make.policy(shortfall_owed_by="student", late_start="pro_rata")
    today = clock.today()
    year = {"starts_on": today - timedelta(days=200), "ends_on": today + timedelta(days=165)}
    enrolment = make.enrolment(cohort=make.cohort(name="Spring", year="2026", **year))
    make_fees.plan(make, enrolment)
    case = real(make, app, paid=0, funded=9_750_00, begins=-20, enrolment=enrolment)
    earlier = moved.startswith("to the first")
    begins = year["starts_on"] if earlier else today + timedelta(days=10)
    amended(case, case.contract, 9_750_00, starts_on=begins)
    before = standing(case)
    assert (before[0] == 0) == earlier
    after = broken_and_followed(make, case, funded=9_750_00)
    if earlier:
        assert standing(case) == before
    else:
        assert 0 < standing(case)[0] < before[0], "it began on its own day"
    fell(case, after)
    assert standing(case) == before


def test_the_trail_tells_what_a_break_kept_of_an_amendment(make, app):
    make.policy(shortfall_owed_by="student")
    case = real(make, app, paid=1_500_00, funded=6_000_00, begins=-3)
    child = amended(case, case.contract, 9_750_00)
    given_up(case, case.contract)
    told = audit.details_of("contract:recorded", subject=f"contract:{case.contract.id}")
    assert told == {f"amendment {child.id}, funded_cents: 600000 → 975000"}


# -- the scheme


def test_the_scheme_is_initial_again_when_the_contract_after_new_tuition_falls(make, app):
    case = make_refunds.case(make, paid=0, funded=9_750_00)
    make_refunds.asked_anew(make, case, case.contract, 3_000_00)
    assert scheme(case) == "initial"
    facts = {"enrolment": case.enrolment, "follows": case.contract.id}
    after = real(make, app, paid=0, funded=3_000_00, **facts).contract
    assert scheme(case) == "apprenticeship"
    given_up(case, after)
    assert scheme(case) == "initial"


def test_the_scheme_is_that_of_the_broken_contract_when_one_of_another_kind_falls(make, app):
    case = real(make, app, paid=0, funded=9_750_00, begins=-3)
    broken = given_up(case, case.contract)
    facts = {"begins": 20, "enrolment": case.enrolment, "follows": broken.id}
    after = real(make, app, paid=0, funded=9_750_00, kind="professionalisation", **facts).contract
    assert scheme(case) == "professionalisation"
    given_up(case, after)
    assert scheme(case) == "apprenticeship"


def test_a_contract_after_a_break_that_falls_leaves_the_one_before_it(make):
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00, owed_by="student")
    second = follow(make, case, case.contract, funded=5_000_00)
    third = follow(make, case, second, funded=9_750_00)
    fell(case, third)
    assert standing(case) == (-4_250_00, 9_750_00, 0)
    assert states(case) == ["proposed"]
