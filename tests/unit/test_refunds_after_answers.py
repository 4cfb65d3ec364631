"""News about a contract that counts already: the funder's answer, an amendment, a plan agreed since."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from portal import fees, refunds
from portal.contracts import Contract
from portal.contracts import service as deciding
from portal.fees import service as till
from portal.fees.models import MoneyPolicy, PaymentPlan
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents
from portal.notifications.models import OutgoingMail
from portal.refunds import queries, service
from portal.refunds.models import Refund
from portal.refunds.queries.foreseeing import began_on, first_days
from tests.support import make_contracts, make_fees, make_refunds
from tests.support.make_payouts import people
from tests.unit.test_refunds_in_turns import amend, follow, from_now_on, parent_of, told


def registrar_of(make):
    return make_refunds.colleague(make, "registrar", "Rosa Registrar")


def standing(enrolment):
    position = fees.position_of(enrolment.id)
    return position.owes, position.funded, position.company_share


def open_lines(enrolment):
    lines = fees.lines_of(enrolment.id, fees.position_of(enrolment.id).owes)
    return [(one.due_on, one.rest) for one in lines if one.open]


def version_of(enrolment):
    return PaymentPlan.get(PaymentPlan.enrolment == enrolment).version


def agree(enrolment, lines, by):
    facts = {"reason": "x", "version": version_of(enrolment), "key": uuid4().hex, "by": by.id}
    till.agree(enrolment.id, lines=lines, **facts)


def answer(contract, by, *, changed=False, **facts):
    """The funder accepts, which is a new version of the contract."""
    Contract.update(version=Contract.version + 1, **facts).where(
        Contract.id == contract.id
    ).execute()
    told = Contract.find(contract.id)
    refunds.open_for_answer(contract=told, changed=changed, by=by.id)


@pytest.fixture
def waiting(make):
    """Accepted by the school with 6,000, while the refund waits for the funder: 2,250 are the student's."""
    make.policy(shortfall_owed_by="student", refund_from="accepted")
    enrolment, registrar = make_fees.plan(make), registrar_of(make)
    make_fees.pay(make, enrolment, 1_500_00)
    contract = make.contract(enrolment)
    make_refunds.accept(contract, funded=6_000_00, by=registrar)
    return SimpleNamespace(enrolment=enrolment, contract=contract, registrar=registrar)


def in_a_month():
    return clock.today() + timedelta(days=30)


def in_ten_months(cents):
    return [(clock.today() + timedelta(days=300), Cents(cents))]


def test_a_funders_plain_yes_leaves_the_plan_that_was_agreed_by_hand(make, waiting):
    agreed = in_ten_months(2_250_00)
    agree(waiting.enrolment, agreed, waiting.registrar)
    answer(waiting.contract, waiting.registrar)
    assert open_lines(waiting.enrolment) == agreed


@pytest.mark.parametrize("falls", [False, True])
def test_an_amendment_that_brings_the_same_leaves_the_plan_that_was_agreed_by_hand(make, falls):
    case = make_refunds.case(make, paid=1_500_00, funded=6_000_00, owed_by="student")
    parent_of(make, case.enrolment)
    agreed = in_ten_months(2_250_00)
    agree(case.enrolment, agreed, case.registrar)
    seen = queries.simulate(
        case.enrolment.id, starts_on=case.contract.starts_on, funded=Cents(6_000_00)
    )
    last = OutgoingMail.select().count()

    child = amend(make, case, funded=6_000_00)
    if falls:
        refunds.withdraw_for_contract(contract=child, reason="fell", by=case.registrar.id)

    assert (seen.preview.cancelled, seen.preview.added) == ([], [])
    assert open_lines(case.enrolment) == agreed
    assert told(last) == []


def test_a_late_start_that_moves_only_the_companys_part_leaves_an_agreed_plan(make):
    make.policy(shortfall_owed_by="employer", late_start="pro_rata")
    enrolment, registrar = make_fees.plan(make), registrar_of(make)
    late = enrolment.cohort.starts_on + timedelta(days=130)
    contract = make.contract(enrolment, starts_on=late, ends_on=enrolment.cohort.ends_on)
    make_refunds.accept(contract, funded=9_750_00, by=registrar)
    own, _, billed = standing(enrolment)
    agreed = in_ten_months(own)
    agree(enrolment, agreed, registrar)
    answer(contract, registrar, changed=True, funded_cents=0)
    assert billed == 0
    assert standing(enrolment) == (own, 0, 9_750_00 - own)
    assert open_lines(enrolment) == agreed


def test_an_amendment_that_brings_more_lays_the_agreed_plan_out_anew(make):
    case = make_refunds.case(
        make, paid=1_500_00, funded=6_000_00, owed_by="student", due_from=in_a_month()
    )
    agree(case.enrolment, in_ten_months(2_250_00), case.registrar)
    amend(make, case, funded=7_000_00)
    assert sum(cents for _, cents in open_lines(case.enrolment)) == 1_250_00
    assert len(open_lines(case.enrolment)) > 1


@pytest.fixture
def given_back(make):
    """All was paid ahead; then a contract gave it back."""
    case = make_refunds.case(
        make, paid=9_750_00, funded=9_750_00, owed_by="student", due_from=in_a_month()
    )
    Refund.update(approvals_needed=1).execute()
    make_refunds.approve(Refund.get(), by=people(make).first)
    one, by = Refund.get(), people(make).second.id
    service.pay(one.id, note="x", version=one.version, key=uuid4().hex, by=by)
    parent_of(make, case.enrolment)
    return case


def lines_told(after):
    """How many lines the only letter to the parent since then names."""
    (mail,) = [
        one
        for one in OutgoingMail.select().order_by(OutgoingMail.id).offset(after)
        if one.recipient == "pat@example.org"
    ]
    return mail.body.count("–")


def test_what_is_asked_again_after_all_was_paid_ahead_is_asked_on_the_days_that_are_named(
    make, given_back
):
    last = OutgoingMail.select().count()
    seen = queries.simulate(
        given_back.enrolment.id, starts_on=given_back.contract.starts_on, funded=Cents(6_000_00)
    )
    amend(make, given_back, funded=6_000_00)
    asked = open_lines(given_back.enrolment)
    assert [(one.due_on, one.cents) for one in seen.preview.added] == asked
    assert sum(cents for _, cents in asked) == 3_750_00
    assert lines_told(last) == len(asked) > 1


def test_what_a_contract_that_falls_leaves_to_pay_is_asked_on_the_days_that_are_left(given_back):
    last = OutgoingMail.select().count()
    contract = Contract.find(given_back.contract.id)
    before = fees.lines_of(given_back.enrolment.id, Cents(0))
    refunds.withdraw_for_contract(contract=contract, reason="fell", by=given_back.registrar.id)
    asked = open_lines(given_back.enrolment)
    today = clock.today()
    assert [day for day, _ in asked] == [one.due_on for one in before if one.due_on >= today]
    assert sum(cents for _, cents in asked) == 9_750_00
    assert lines_told(last) == len(asked)


def test_an_agreed_line_that_was_paid_ahead_asks_again_when_the_contract_pays_less(make):
    case = make_refunds.case(make, paid=1_500_00, funded=6_000_00, owed_by="student")
    agree(case.enrolment, in_ten_months(2_250_00), case.registrar)
    make_fees.pay(make, case.enrolment, 2_250_00, by=case.clerk)
    seen = queries.simulate(
        case.enrolment.id, starts_on=case.contract.starts_on, funded=Cents(5_000_00)
    )
    amend(make, case, funded=5_000_00)
    asked = open_lines(case.enrolment)
    assert [(one.due_on, one.cents) for one in seen.preview.added] == asked
    assert sum(cents for _, cents in asked) == 1_000_00


def test_a_funders_plain_yes_moves_no_bill_under_a_newer_policy(make):
    make.policy(shortfall_owed_by="employer", refund_from="accepted")
    enrolment, registrar = make_fees.plan(make), registrar_of(make)
    make_fees.pay(make, enrolment, 1_500_00)
    contract = make.contract(enrolment)
    make_refunds.accept(contract, funded=6_000_00, by=registrar)
    before = standing(enrolment)
    from_now_on(
        shortfall_owed_by="student", refund_from="accepted", second_approval_above_cents=1_000_00
    )

    for _ in range(2):
        refunds.open_for_answer(contract=Contract.find(contract.id), changed=False, by=registrar.id)

    assert before == standing(enrolment) == (-1_500_00, 6_000_00, 3_750_00)
    (refund,) = Refund.select()
    calculation = queries.calculation_of(refund)
    assert (refund.amount_cents, calculation.company_share) == (1_500_00, 3_750_00)
    assert refund.policy_version == 1
    assert refund.approvals_needed == 2, "how many approve is for today's policy"
    make_refunds.approve(refund, by=people(make).first)


def test_another_amount_of_the_funder_is_followed_under_the_policy_of_its_day(make, waiting):
    from_now_on(shortfall_owed_by="employer", refund_from="accepted")
    answer(waiting.contract, waiting.registrar, changed=True, funded_cents=5_000_00)
    assert standing(waiting.enrolment) == (-1_500_00, 5_000_00, 4_750_00)


def at_the_funder(make, app, *, paid, funded):
    """A contract that the school has accepted by its real verbs, with its funder, that begins in a month."""
    enrolment, registrar = make_fees.plan(make), registrar_of(make)
    make_fees.pay(make, enrolment, paid)
    days = {"starts_on": in_a_month(), "ends_on": clock.today() + timedelta(days=400)}
    contract = make_contracts.submitted(make, app, enrolment=enrolment, **days)
    contract = make_contracts.decide(deciding.accept, contract, registrar, funded=Cents(funded))
    contract = make_contracts.transmit(contract, registrar)
    return SimpleNamespace(enrolment=enrolment, contract=contract, registrar=registrar)


def answered(contract, by, funded):
    facts = {"on": clock.today(), "number": f"N{contract.id}", "employer_share": None}
    return make_contracts.decide(
        deciding.note_acceptance, contract, by, funded=Cents(funded), **facts
    )


def amended(app, case, *, funded):
    child = deciding.amend(
        case.contract.id, reason="x", version=case.contract.version, by=case.registrar.id
    )
    for kind in ("cerfa", "training_agreement"):
        make_contracts.send(app, Contract.find(child), text=f"second {kind}", kind=kind)
    return make_contracts.decide(
        deciding.accept, Contract.find(child), case.registrar, funded=Cents(funded)
    )


@pytest.mark.parametrize("refund_from", ["signed", "accepted"])
@pytest.mark.parametrize("said", [5_000_00, 6_000_00])
def test_a_late_answer_does_not_undo_the_amendment_that_counts(make, app, refund_from, said):
    make.policy(shortfall_owed_by="student", refund_from=refund_from)
    case = at_the_funder(make, app, paid=4_250_00, funded=6_000_00)
    child = amended(app, case, funded=9_750_00)
    last = Refund.select().count()

    answered(case.contract, case.registrar, said)

    assert standing(case.enrolment) == (-4_250_00, 9_750_00, 0)
    assert Refund.select().count() == last

    child = make_contracts.transmit(child, case.registrar)
    answered(child, case.registrar, 9_750_00)
    assert Contract.find(case.contract.id).state == "superseded"
    assert Contract.find(case.contract.id).funded_cents == said
    assert standing(case.enrolment) == (-4_250_00, 9_750_00, 0)
    assert sum(queries.promised(case.enrolment.id).values()) == 4_250_00


def test_an_answer_counts_while_the_amendment_is_not_accepted_by_the_school(make, app):
    make.policy(shortfall_owed_by="student", refund_from="accepted")
    case = at_the_funder(make, app, paid=4_250_00, funded=6_000_00)
    deciding.amend(
        case.contract.id, reason="x", version=case.contract.version, by=case.registrar.id
    )
    answered(case.contract, case.registrar, 9_750_00)
    assert standing(case.enrolment) == (-4_250_00, 9_750_00, 0)
    assert Refund.get().amount_cents == 4_250_00


def test_the_same_policy_again_touches_no_refund_of_a_contract_after_a_break(make):
    make.policy(late_start="pro_rata", shortfall_owed_by="student")
    enrolment = make_fees.plan(make)
    year, registrar = enrolment.cohort, registrar_of(make)
    case = SimpleNamespace(enrolment=enrolment, registrar=registrar)
    first = make.contract(enrolment, starts_on=year.starts_on, ends_on=year.ends_on)
    make_refunds.accept(first, funded=6_000_00, by=registrar)
    make_fees.pay(make, enrolment, 3_750_00)
    later = {"starts_on": year.starts_on + timedelta(days=130), "ends_on": year.ends_on}
    second = follow(make, case, first, funded=9_750_00, **later)
    assert Refund.get().amount_cents == 3_750_00
    assert queries.touched_by(MoneyPolicy.get()) == 0
    assert first_days([first, second]) == {one.id: began_on(one) for one in (first, second)}


def test_no_new_tuition_is_asked_of_a_student_who_has_left(make):
    case = make_refunds.case(make, paid=0, funded=9_750_00)
    ended = clock.today() - timedelta(days=220)
    Contract.update(state="terminated", ended_on=ended).where(
        Contract.id == case.contract.id
    ).execute()
    by = people(make).first.id
    service.leave(
        case.enrolment.id, reason="x", version=version_of(case.enrolment), key=uuid4().hex, by=by
    )
    facts = {"version": version_of(case.enrolment), "key": uuid4().hex, "by": by}
    with pytest.raises(NotPossible, match="has left"):
        service.go_on_without(case.enrolment.id, lines=in_ten_months(3_000_00), reason="x", **facts)
    assert standing(case.enrolment) == (0, 9_750_00, 0)
