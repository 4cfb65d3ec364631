"""Three or four things that happen to one refund, contract or policy, one after the other."""

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from portal import fees, refunds
from portal.contracts import Company, Contract
from portal.contracts import service as deciding
from portal.contracts.service.events import tell_new_name
from portal.fees import service as till
from portal.fees.models import MoneyPolicy, Payer
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Refusal, Stale
from portal.kernel.money import Cents
from portal.notifications.models import OutgoingMail
from portal.payouts import service as payouts
from portal.payouts.models import Transfer
from portal.refunds import queries, service
from portal.refunds.models import Refund
from tests.support import make_contracts, make_fees, make_payouts, make_refunds
from tests.support.make_payouts import IBANS, answer, people, released
from tests.unit.test_refunds_given_up import half_paid


def from_now_on(**choices):
    """A newer policy that holds today."""
    return MoneyPolicy.create(version=2, valid_from=date(2026, 1, 2), **choices)


def broken(contract):
    Contract.update(state="terminated", ended_on=clock.today()).where(
        Contract.id == contract.id
    ).execute()


def follow(make, case, before, *, funded, **facts):
    """The contract after a broken one, accepted."""
    broken(before)
    contract = make.contract(case.enrolment, **facts)
    Contract.update(follows=before.id).where(Contract.id == contract.id).execute()
    make_refunds.accept(contract, funded=funded, by=case.registrar)
    return Contract.find(contract.id)


def amend(make, case, *, funded):
    child = make.contract(case.enrolment)
    facts = {"amends": case.contract.id, "company": case.contract.company}
    Contract.update(**facts).where(Contract.id == child.id).execute()
    make_refunds.accept(Contract.find(child.id), funded=funded, by=case.registrar)
    return Contract.find(child.id)


def company_with(make, case, *, credit):
    """The company got this credit approved to go back."""
    company = Payer.get(Payer.kind == "company")
    service.give_credit_back(
        case.enrolment.id,
        shares={company.id: credit},
        reason="Paid twice",
        key=uuid4().hex,
        by=case.clerk.id,
    )
    make_fees.account(company.id, iban=IBANS[0], holder="Company")
    refund = Refund.get(Refund.company_payer == company)
    make_refunds.approve(refund, by=people(make).first)
    return company, Refund.find(refund.id)


@pytest.fixture
def billed(make):
    """Funded 6,000: the company has paid its bill of 3,750."""
    case = make_refunds.case(make, paid=4_250_00, funded=6_000_00)
    company = Payer.get(Payer.kind == "company")
    case.payment = make_fees.pay(make, case.enrolment, 3_750_00, payer=company, by=case.clerk)
    return case


def test_no_money_leaves_to_a_company_whose_own_payment_the_bank_took_back(make, billed):
    company = Payer.get(Payer.kind == "company")
    extra = make_fees.pay(make, billed.enrolment, 3_750_00, payer=company, by=billed.clerk)
    company, refund = company_with(make, billed, credit=3_750_00)
    till.payment_gone(extra.id, reason="MD06", by=billed.clerk.id)
    assert fees.position_of(billed.enrolment.id).owed_by(company.id) == 3_750_00
    with pytest.raises(NotPossible, match="owes money again"):
        make_payouts.prepared(make, [refund])


def test_a_companys_refund_is_stopped_when_the_amendment_that_freed_it_falls(make, billed):
    child = amend(make, billed, funded=9_750_00)
    company, refund = company_with(make, billed, credit=3_750_00)
    refunds.withdraw_for_contract(contract=child, reason="fell", by=billed.registrar.id)
    assert Refund.find(refund.id).state == "cancelled"
    assert fees.position_of(billed.enrolment.id).owed_by(company.id) == 0


@pytest.mark.parametrize("approved_again", [True, False])
def test_a_part_that_comes_back_later_reopens_what_was_decided_about_the_other(
    make, approved_again
):
    refund, paid = half_paid(make)
    service.propose_again(
        refund.id, version=refund.version, key=uuid4().hex, by=people(make).second.id
    )
    seen = Refund.find(refund.id)
    if approved_again:
        make_refunds.approve(seen, by=people(make).first)
    payouts.came_back(paid.id, code="AC04", text="", by=people(make).first.id)
    assert Refund.find(refund.id).state == "returned"
    assert queries.row(refund.id).left_cents == 4_250_00
    with pytest.raises(Refusal):
        make_refunds.approve(seen, by=people(make).first)


def test_an_order_with_a_refund_that_reopened_is_not_released(make):
    refund, paid = half_paid(make)
    service.propose_again(
        refund.id, version=refund.version, key=uuid4().hex, by=people(make).second.id
    )
    make_refunds.approve(Refund.find(refund.id), by=people(make).first)
    order = make_payouts.prepared(make, [Refund.find(refund.id)])
    payouts.came_back(paid.id, code="AC04", text="", by=people(make).first.id)
    facts = {"version": 1, "key": uuid4().hex, "by": people(make).second.id}
    with pytest.raises(Stale, match="not approved any more"):
        payouts.release(order.id, **facts)
    payouts.withdraw(order.id, **facts)
    assert Transfer.select().where(Transfer.state == "waiting").count() == 0


def test_a_contract_after_a_break_counts_the_days_of_the_broken_one_too(make):
    make.policy(late_start="pro_rata", shortfall_owed_by="student")
    registrar = make_refunds.colleague(make, "registrar", "Rosa Registrar")
    enrolment = make_fees.plan(make)
    year = enrolment.cohort
    case = SimpleNamespace(enrolment=enrolment, registrar=registrar)
    first = make.contract(enrolment, starts_on=year.starts_on, ends_on=year.ends_on)
    make_refunds.accept(first, funded=9_750_00, by=registrar)
    days = {"starts_on": year.starts_on + timedelta(days=130), "ends_on": year.ends_on}
    follow(make, case, first, funded=9_750_00, **days)
    assert fees.position_of(enrolment.id).owes == 0


def test_the_third_contract_asks_for_nothing_that_the_first_one_paid(make):
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00, owed_by="student")
    second = follow(make, case, case.contract, funded=5_000_00)
    third = follow(make, case, second, funded=4_000_00)
    assert fees.position_of(case.enrolment.id).owes == -4_250_00
    child = make.contract(case.enrolment)
    Contract.update(amends=third.id).where(Contract.id == child.id).execute()
    make_refunds.accept(Contract.find(child.id), funded=4_500_00, by=case.registrar)
    assert fees.position_of(case.enrolment.id).owes == -4_250_00


def test_a_break_keeps_what_an_amendment_on_its_way_had_brought(make, app):
    make.policy(shortfall_owed_by="student")
    registrar = make_refunds.colleague(make, "registrar", "Rosa Registrar")
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 1_500_00)
    today = clock.today()
    days = {"starts_on": today - timedelta(days=3), "ends_on": today + timedelta(days=360)}
    contract = make_contracts.submitted(make, app, enrolment=enrolment, **days)
    contract = make_contracts.decide(deciding.accept, contract, registrar, funded=6_000_00)
    contract = make_contracts.transmit(contract, registrar)
    answer = {"on": today, "number": "N", "funded": 6_000_00, "employer_share": None}
    contract = make_contracts.decide(deciding.note_acceptance, contract, registrar, **answer)
    make_contracts.amended(app, contract, registrar)
    assert fees.position_of(enrolment.id).owes == -1_500_00
    contract = make_contracts.end(contract, registrar, today)
    next_one = make.contract(enrolment, starts_on=today + timedelta(days=20), follows=contract)
    make_refunds.accept(next_one, funded=6_000_00, by=registrar)
    assert fees.position_of(enrolment.id).owes == -1_500_00


def test_the_simulator_counts_from_the_broken_contract_as_the_real_one_does(make):
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00, owed_by="student")
    make_refunds.approve(Refund.get(), by=people(make).first)
    one = Refund.get()
    service.pay(one.id, note="x", version=one.version, key=uuid4().hex, by=people(make).second.id)
    broken(case.contract)
    seen = queries.imagine(case.enrolment.id, starts_on=clock.today(), funded=6_000_00)
    follow(make, case, case.contract, funded=6_000_00)
    assert max(0, seen.preview.owes) == max(0, fees.position_of(case.enrolment.id).owes) == 0


def accepted_under(make, refund_from):
    make.policy(refund_from=refund_from)
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 4_250_00)
    contract = make.contract(enrolment)
    registrar = make_refunds.colleague(make, "registrar", "Rosa Registrar")
    make_refunds.accept(contract, funded=9_750_00, by=registrar)
    return Contract.find(contract.id), registrar


def test_the_simulator_does_not_stop_a_refund_of_which_a_part_is_at_the_bank(make):
    case = make_refunds.case(make, paid=4_250_00, parent=1_500_00, funded=9_750_00)
    refund = Refund.get(Refund.enrolment == case.enrolment)
    for payer in Payer.select():
        make_fees.account(payer.id, iban=IBANS[0], holder="Ada Byron")
    make_refunds.approve(refund, by=people(make).first)
    order = released(make, [Refund.find(refund.id)])
    _, rejected = Transfer.select().order_by(Transfer.id)
    told = answer(order, {rejected.end_to_end: "RJCT"})
    payouts.read_answer(told, by=people(make).first.id)
    from_now_on(shortfall_owed_by="student")
    seen = queries.simulate(case.enrolment.id, starts_on=case.contract.starts_on, funded=6_000_00)

    amend(make, case, funded=6_000_00)
    assert Refund.find(refund.id).state == "returned"
    assert seen.preview.owes == fees.position_of(case.enrolment.id).owes
    assert seen.calculation.given.promised == 4_250_00
    assert seen.calculation.refund == 0


def test_what_waited_for_the_funder_is_proposed_whatever_the_policy_says_by_then(make):
    contract, registrar = accepted_under(make, "accepted")
    assert not Refund.select().exists()
    from_now_on(refund_from="signed")
    refunds.open_for_answer(contract=contract, changed=False, by=registrar.id)
    assert Refund.get().amount_cents == 4_250_00


def test_what_was_proposed_at_once_is_not_denied_when_the_funder_answers(make):
    contract, registrar = accepted_under(make, "signed")
    from_now_on(refund_from="accepted")
    last = OutgoingMail.select().count()
    refunds.open_for_answer(contract=contract, changed=False, by=registrar.id)
    assert Refund.select().count() == 1
    assert OutgoingMail.select().count() == last


def test_an_amendment_that_falls_leaves_the_terms_its_contract_was_accepted_under(make):
    case = make_refunds.case(make, paid=4_250_00, funded=6_000_00, owed_by="employer")
    long_ago = clock.now() - timedelta(days=400)
    MoneyPolicy.update(valid_from=date(2025, 1, 1)).execute()
    Contract.update(decided_at=long_ago).where(Contract.id == case.contract.id).execute()
    before = fees.position_of(case.enrolment.id)
    from_now_on(shortfall_owed_by="student")
    child = amend(make, case, funded=9_750_00)
    refunds.withdraw_for_contract(contract=child, reason="fell", by=case.registrar.id)
    after = fees.position_of(case.enrolment.id)
    assert (after.company_share, after.owes) == (before.company_share, before.owes)


def test_what_a_smaller_amendment_stopped_is_proposed_anew_when_it_falls(make):
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00, owed_by="student")
    child = amend(make, case, funded=6_000_00)
    assert [one.state for one in Refund.select().order_by(Refund.id)] == ["cancelled", "proposed"]
    for _ in range(2):
        refunds.withdraw_for_contract(contract=child, reason="fell", by=case.registrar.id)
    *_, newest = Refund.select().order_by(Refund.id)
    facts = (newest.state, newest.amount_cents, newest.contract_id)
    assert facts == ("proposed", 4_250_00, case.contract.id)
    decision = {"reason": "x", "version": newest.version, "key": uuid4().hex}
    service.refuse(newest.id, by=people(make).first.id, **decision)
    refunds.withdraw_for_contract(contract=child, reason="fell", by=case.registrar.id)
    assert Refund.select().count() == 3, "a refusal is not overruled by the same news"


def test_a_contract_that_falls_gives_its_bill_back_to_the_company_of_the_broken_one(make, billed):
    other = make.company("Other Ltd")
    after = follow(make, billed, billed.contract, funded=6_000_00, company=other)
    bills = fees.position_of(billed.enrolment.id).companies
    assert {one.name: one.cents for one in bills} == {
        "Orsay Risk Advisory": 3_750_00,
        "Other Ltd": -3_750_00,
    }
    refunds.withdraw_for_contract(contract=after, reason="fell", by=billed.registrar.id)
    bills = fees.position_of(billed.enrolment.id).companies
    assert {one.name: one.cents for one in bills} == {"Orsay Risk Advisory": 0, "Other Ltd": 0}


def test_a_company_that_takes_the_name_of_another_does_not_get_its_money(make, billed):
    other = make.company("Other Ltd")
    after = follow(make, billed, billed.contract, funded=6_000_00, company=other)
    first, second = Payer.select().where(Payer.kind == "company").order_by(Payer.id)
    with transaction():
        tell_new_name(other, first.name)
        Company.update(name=first.name).where(Company.id == other.id).execute()
    assert Payer.find(second.id).name == first.name
    Contract.update(funded_cents=6_500_00, version=Contract.version + 1).where(
        Contract.id == after.id
    ).execute()
    refunds.open_for_answer(contract=Contract.find(after.id), changed=True, by=billed.registrar.id)
    position = fees.position_of(billed.enrolment.id)
    assert position.owed_by(second.id) == 3_250_00
    assert position.owed_by(first.id) == -3_750_00


def test_a_letter_does_not_deny_the_refund_that_an_earlier_version_opened(make):
    case = make_refunds.case(make, paid=4_250_00, funded=6_000_00)
    make_refunds.approve(Refund.get(), by=make_refunds.colleague(make, "finance", "Grace Hopper"))
    last = OutgoingMail.select().count()
    amend(make, case, funded=9_750_00)
    (letter,) = OutgoingMail.select().order_by(OutgoingMail.id).offset(last)
    assert "Nothing comes back beyond the €4,250.00 of your earlier refunds" in letter.body


def parent_of(make, enrolment):
    parent = fees.PayerKind.PARENT
    return fees.add_payer(enrolment.id, kind=parent, name="Pat", email="pat@example.org")


def told(after):
    """Subjects of the mails to the parent since then."""
    mails = OutgoingMail.select().order_by(OutgoingMail.id).offset(after)
    return [one.subject for one in mails if one.recipient == "pat@example.org"]


@pytest.mark.parametrize(("funded", "said"), [(9_750_00, "no longer asked"), (6_000_00, "Still")])
def test_parents_hear_what_a_contract_leaves_to_pay(make, funded, said):
    make.policy(shortfall_owed_by="student")
    enrolment = make_fees.plan(make)
    parent = parent_of(make, enrolment)
    make_fees.pay(make, enrolment, 1_500_00, payer=parent)
    last = OutgoingMail.select().count()
    registrar = make_refunds.colleague(make, "registrar", "Rosa Registrar")
    make_refunds.accept(make.contract(enrolment), funded=funded, by=registrar)
    (mail,) = [
        one
        for one in OutgoingMail.select().order_by(OutgoingMail.id).offset(last)
        if one.subject == "What is due for Ada Byron has changed"
    ]
    assert (mail.recipient, said in mail.body) == ("pat@example.org", True)


def test_parents_hear_that_a_contract_pays_less_and_then_no_more(make):
    make.policy(shortfall_owed_by="student")
    case = make_refunds.case(make, paid=1_500_00, funded=9_750_00)
    parent_of(make, case.enrolment)
    last = OutgoingMail.select().count()
    child = amend(make, case, funded=6_000_00)
    refunds.withdraw_for_contract(contract=child, reason="fell", by=case.registrar.id)
    refunds.withdraw_for_contract(contract=case.contract, reason="fell", by=case.registrar.id)
    mails = OutgoingMail.select().order_by(OutgoingMail.id).offset(last)
    said = [one.body for one in mails if one.subject.startswith("What is due")]
    assert ["pays less than before" in one for one in said] == [True, False, False]
    assert ["pays for Ada Byron now" in one for one in said] == [False, True, False]
    assert ["No work-study contract pays" in one for one in said] == [False, False, True]


def test_a_parent_whose_part_a_correction_takes_out_hears_of_it(make):
    case = make_refunds.case(make, paid=4_250_00, parent=1_500_00, funded=9_750_00)
    Payer.update(email="pat@example.org", locale="en").where(Payer.kind == "parent").execute()
    refund, last = Refund.get(), OutgoingMail.select().count()
    service.edit(
        refund.id,
        shares={fees.student_payer(case.enrolment.id).id: Cents(2_750_00)},
        reason="x",
        version=refund.version,
        key=uuid4().hex,
        by=case.registrar.id,
    )
    assert told(last) == ["The refund for the fees of Ada Byron was corrected"]


def test_no_contract_is_accepted_for_a_student_who_has_left(make, app):
    registrar = make_refunds.colleague(make, "registrar", "Rosa Registrar")
    enrolment = make_fees.plan(make)
    contract = make_contracts.submitted(make, app, enrolment=enrolment)
    facts = {"reason": "Moved", "version": 1, "key": uuid4().hex, "by": registrar.id}
    till.leave(enrolment.id, kept=Cents(0), **facts)
    with pytest.raises(NotPossible, match="has left"):
        make_contracts.decide(deciding.accept, contract, registrar, funded=Cents(9_750_00))
