"""New tuition was asked for after a broken contract: later contracts pay for that, and the year stays as it was."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from portal import fees, refunds
from portal.contracts import Contract
from portal.fees.models import MoneyPolicy
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.refunds import queries
from portal.refunds.models import Refund
from tests.support import make_fees, make_refunds
from tests.unit.test_refunds_in_turns import from_now_on


def standing(enrolment):
    position = fees.position_of(enrolment.id)
    return position.owes, position.funded, position.company_share


def bills(enrolment):
    """What companies are to pay, by name, those with nothing left out."""
    companies = fees.position_of(enrolment.id).companies
    return {one.name: -one.cents for one in companies if one.cents}


def after(make, case, broken, *, company="Other Ltd", **facts):
    """A draft that follows a broken contract."""
    later = make.contract(case.enrolment, company=make.company(company), **facts)
    Contract.update(follows=broken.id).where(Contract.id == later.id).execute()
    return Contract.find(later.id)


def accepted(case, contract, funded):
    """… which does what the accepting page and the simulator said."""
    effect = queries.effect_of(contract, Cents(funded))
    imagined = queries.imagine(
        case.enrolment.id, starts_on=contract.starts_on, funded=Cents(funded)
    )
    before = Refund.select().count()
    make_refunds.accept(contract, funded=funded, by=case.registrar)
    owes = max(0, fees.position_of(case.enrolment.id).owes)
    assert effect.owes == max(0, imagined.preview.owes) == owes
    assert effect.billed == bills(case.enrolment).get(contract.company.name, 0)
    proposed = [one.amount_cents for one in Refund.select().order_by(Refund.id).offset(before)]
    assert [effect.refund] == proposed or (not effect.refund and not proposed)
    assert imagined.calculation.refund == effect.refund
    return Contract.find(contract.id)


def fallen(case, contract):
    refunds.withdraw_for_contract(contract=contract, reason="fell", by=case.registrar.id)


@pytest.mark.parametrize("funded", [9_750_00, 6_000_00])
@pytest.mark.parametrize("later_owed_by", ["employer", "student"])
def test_when_the_contract_after_new_tuition_falls_all_is_as_before(make, funded, later_owed_by):
    case = make_refunds.case(make, paid=1_500_00, funded=funded, owed_by="employer")
    make_refunds.asked_anew(make, case, case.contract, 3_000_00)
    before, billed = standing(case.enrolment), bills(case.enrolment)
    assert before == (1_500_00, funded, 9_750_00 - funded)
    from_now_on(shortfall_owed_by=later_owed_by)

    later = accepted(case, after(make, case, case.contract), 1_000_00)
    fallen(case, later)

    assert standing(case.enrolment) == before
    assert bills(case.enrolment) == billed


def test_a_company_keeps_its_bill_of_the_year_when_another_one_pays_new_tuition(make):
    case = make_refunds.case(make, paid=1_500_00, funded=6_000_00, owed_by="employer")
    make_refunds.asked_anew(make, case, case.contract, 3_000_00)
    accepted(case, after(make, case, case.contract), 1_000_00)
    assert standing(case.enrolment) == (-1_500_00, 7_000_00, 5_750_00)
    assert bills(case.enrolment) == {"Orsay Risk Advisory": 3_750_00, "Other Ltd": 2_000_00}


def test_the_same_company_pays_for_the_year_and_for_new_tuition(make):
    case = make_refunds.case(make, paid=1_500_00, funded=6_000_00, owed_by="employer")
    make_refunds.asked_anew(make, case, case.contract, 3_000_00)
    later = after(make, case, case.contract, company="Orsay Risk Advisory")
    make_refunds.accept(later, funded=1_000_00, by=case.registrar)
    assert bills(case.enrolment) == {"Orsay Risk Advisory": 5_750_00}
    fallen(case, Contract.find(later.id))
    assert bills(case.enrolment) == {"Orsay Risk Advisory": 3_750_00}


@pytest.mark.parametrize("full", [True, False])
def test_what_an_old_contract_brought_above_its_year_pays_for_no_new_tuition(make, full):
    funded = 9_750_00 if full else 12_000_00
    case = make_refunds.case(make, paid=1_500_00, funded=funded, owed_by="student", full=full)
    make_refunds.asked_anew(make, case, case.contract, 3_000_00)
    accepted(case, after(make, case, case.contract), 1_000_00)
    assert fees.position_of(case.enrolment.id).owes == 500_00


def test_what_was_received_for_new_tuition_comes_back(make):
    case = make_refunds.case(make, paid=1_500_00, funded=9_750_00, owed_by="student")
    make_refunds.asked_anew(make, case, case.contract, 3_000_00)
    make_fees.pay(make, case.enrolment, 1_500_00, by=case.clerk)
    accepted(case, after(make, case, case.contract), 12_000_00)
    newest = Refund.select().order_by(Refund.id.desc()).first()
    assert newest.amount_cents == 3_000_00
    assert standing(case.enrolment) == (-3_000_00, 12_750_00, 0)
    calculation = queries.calculation_of(newest)
    assert (calculation.funded, calculation.left) == (12_750_00, 0)
    assert queries.touched_by(MoneyPolicy.get()) == 0


def test_contracts_after_the_same_new_tuition_count_once_and_a_second_time_it_is_asked_anew(make):
    case = make_refunds.case(make, paid=1_500_00, funded=9_750_00, owed_by="student")
    make_refunds.asked_anew(make, case, case.contract, 3_000_00)
    second = accepted(case, after(make, case, case.contract), 2_000_00)
    assert fees.position_of(case.enrolment.id).owes == -500_00
    Contract.update(state="terminated", ended_on=clock.today()).where(
        Contract.id == second.id
    ).execute()
    third = accepted(case, after(make, case, second), 1_000_00)
    assert fees.position_of(case.enrolment.id).owes == -500_00
    make_refunds.asked_anew(make, case, third, 2_000_00)
    assert standing(case.enrolment) == (1_500_00, 11_750_00, 0)
    fourth = accepted(case, after(make, case, third), 1_500_00)
    assert standing(case.enrolment) == (0, 13_250_00, 0)
    fallen(case, fourth)
    assert standing(case.enrolment) == (1_500_00, 11_750_00, 0)


def long_year(make):
    """A student whose contract began long after the courses, under a policy that counts by the day."""
    today = clock.today()
    days = {"starts_on": today - timedelta(days=500), "ends_on": today + timedelta(days=200)}
    enrolment = make.enrolment(cohort=make.cohort(name="Long", year="2025", **days))
    make_fees.plan(make, enrolment)
    registrar = make_refunds.colleague(make, "registrar", "Rosa Registrar")
    case = SimpleNamespace(enrolment=enrolment, registrar=registrar)
    late = {"starts_on": today - timedelta(days=300), "ends_on": days["ends_on"]}
    case.contract = make.contract(enrolment, **late)
    make_refunds.accept(case.contract, funded=9_750_00, by=registrar)
    return case


def test_new_tuition_is_paid_whole_by_a_contract_after_one_that_began_late(make):
    make.policy(late_start="pro_rata", shortfall_owed_by="student")
    case = long_year(make)
    own = fees.position_of(case.enrolment.id).owes  # the days before the first contract
    assert own > 0
    make_refunds.asked_anew(make, case, case.contract, 3_000_00)
    assert fees.position_of(case.enrolment.id).owes == own + 3_000_00
    year = case.enrolment.cohort
    later = after(make, case, case.contract, starts_on=clock.today(), ends_on=year.ends_on)
    accepted(case, later, 3_000_00)
    assert fees.position_of(case.enrolment.id).owes == own


def test_a_policy_by_the_day_touches_no_refund_of_new_tuition(make):
    make.policy(late_start="full", shortfall_owed_by="student")
    case = long_year(make)
    make_refunds.asked_anew(make, case, case.contract, 3_000_00)
    make_fees.pay(make, case.enrolment, 3_000_00)
    year = case.enrolment.cohort
    later = after(make, case, case.contract, starts_on=clock.today(), ends_on=year.ends_on)
    accepted(case, later, 2_000_00)
    assert Refund.get().amount_cents == 2_000_00
    wanted = MoneyPolicy(
        version=9,
        valid_from=date(2026, 1, 1),
        late_start="pro_rata",
        shortfall_owed_by="student",
    )
    assert queries.touched_by(wanted) == 0
