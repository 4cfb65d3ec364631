"""A contract falls, or is broken, after amendments, answers and new policies: what stood before stands again."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

from portal import fees, refunds
from portal.contracts import Contract
from portal.contracts import service as deciding
from portal.fees.models import PaymentPlan
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.notifications.models import OutgoingMail
from portal.programme import Enrolment
from portal.refunds import service
from portal.refunds.models import Refund
from tests.support import make_contracts, make_fees, make_refunds
from tests.support.make_payouts import people
from tests.unit.test_refunds_in_turns import (
    follow,
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


def went_on_without(make, case, contract, cents):
    """The contract was broken seven months ago, and new tuition is asked for."""
    ended = clock.today() - timedelta(days=220)
    (
        Contract.update(state="terminated", starts_on=ended - timedelta(days=30), ended_on=ended)
        .where(Contract.id == contract.id)
        .execute()
    )
    for one in Refund.select().where(Refund.state == "proposed"):
        refused(make, one)
    service.go_on_without(
        case.enrolment.id,
        lines=[(clock.today() + timedelta(days=300), Cents(cents))],
        reason="x",
        version=PaymentPlan.get(PaymentPlan.enrolment == case.enrolment).version,
        key=uuid4().hex,
        by=people(make).first.id,
    )


def mails_since(last):
    return list(OutgoingMail.select().order_by(OutgoingMail.id).offset(last))


# -- the scheme


def test_the_scheme_is_initial_again_when_the_contract_after_new_tuition_falls(make, app):
    case = make_refunds.case(make, paid=0, funded=9_750_00)
    went_on_without(make, case, case.contract, 3_000_00)
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
