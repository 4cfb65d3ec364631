"""The same click does its one thing; with other words it is refused, and what exists is named."""

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from portal import fees
from portal.bank import service as bank
from portal.certificates import service as certificates
from portal.certificates.models import Certificate
from portal.contracts import service as contracts
from portal.contracts.models import Contract
from portal.fees import service as plans
from portal.fees.models import MoneyPolicy, Payment
from portal.infra.files import storage
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.payouts import service as payouts
from portal.payouts.models import PaymentOrder
from portal.refunds import service as refunds
from portal.refunds.models import Refund
from tests.support import make_bank, make_contracts, make_fees, make_refunds
from tests.support.make_payouts import IBANS, approved, people, prepared, released


@pytest.fixture
def click():
    return uuid4().hex


def test_an_order_for_other_refunds_or_another_day(make, click):
    one, other = approved(make), approved(make)
    order = prepared(make, [one], key=click)
    assert prepared(make, [one], key=click) == order
    for wanted, later in (([other], 1), ([one, other], 1), ([one], 2)):
        with pytest.raises(NotPossible, match=order.number):
            payouts.prepare(
                [refund.id for refund in wanted],
                execution_on=clock.today() + timedelta(days=later),
                key=click,
                by=people(make).first.id,
            )
    assert PaymentOrder.select().count() == 1


def test_a_policy_with_other_choices(make, click):
    director = make.staff("director")

    def adopt(**choices):
        return fees.adopt_policy(
            valid_from=choices.pop("on", clock.today()),
            after=0,
            key=click,
            by=director.id,
            **{"note": "Audit", "recent_account_days": 7} | choices,
        )

    assert adopt() == adopt()
    for other in ({"recent_account_days": 0}, {"on": clock.today() + timedelta(days=9)}):
        with pytest.raises(NotPossible, match=r"no\. 1"):
            adopt(**other)
    assert MoneyPolicy.select().count() == 1


def test_a_credit_for_other_payers(make, click):
    enrolment = make_fees.plan(make)
    parent = fees.add_payer(enrolment.id, kind=fees.PayerKind.PARENT, name="Parent Byron")
    student = fees.student_payer(enrolment.id)
    make_fees.pay(make, enrolment, 10_000_00)
    make_fees.pay(make, enrolment, 2_000_00, payer=parent)

    def give(**cents):
        refunds.give_credit_back(
            enrolment.id,
            shares={
                {"student": student.id, "parent": parent.id}[who]: sum_
                for who, sum_ in cents.items()
            },
            reason="Paid too much",
            key=click,
            by=people(make).first.id,
        )

    for _ in range(2):
        give(student=100_00, parent=50_00)
    number = Refund.get().number
    for other in ({"student": 150_00}, {"student": 50_00, "parent": 100_00}, {"parent": 10_00}):
        with pytest.raises(NotPossible, match=number):
            give(**other)
    assert Refund.select().count() == 1


def test_a_payment_of_another_day_or_means(make, click):
    enrolment = make_fees.plan(make)
    facts = {"key": click, "by": make.staff("finance"), "on": date(2026, 11, 2)}
    assert make_fees.pay(make, enrolment, 100_00, **facts) == make_fees.pay(
        make, enrolment, 100_00, **facts
    )
    for other in ({"on": date(2026, 11, 3)}, {"means": "cash"}, {"note": "another"}):
        with pytest.raises(NotPossible):
            make_fees.pay(make, enrolment, 100_00, **facts | other)
    assert Payment.select().count() == 1


def test_a_certificate_of_somebody_else(make, click):
    mine, theirs = make.enrolment(), make.enrolment(make.person("Bob Brown"))

    def issue(enrolment, language="en"):
        return certificates.issue(
            enrolment.id,
            language=language,
            key=click,
            by=enrolment.student.person_id,
            storage=storage(),
        )

    number = issue(mine).number
    assert issue(mine).number == number
    for enrolment, language in ((theirs, "en"), (mine, "fr")):
        with pytest.raises(NotPossible, match=number):
            issue(enrolment, language)
    assert Certificate.select().count() == 1


def test_a_decision_about_a_refund_with_another_reason(make, click):
    refund = make_refunds.refund(make)
    facts = {"version": refund.version, "key": click, "by": people(make).first.id}
    for _ in range(2):
        refunds.ask(refund.id, question="Which account?", **facts)
    with pytest.raises(NotPossible):
        refunds.ask(refund.id, question="Whose account?", **facts)
    facts["version"] = Refund.find(refund.id).version
    facts["key"] = uuid4().hex
    for _ in range(2):
        refunds.cancel(refund.id, reason="The contract fell", **facts)
    with pytest.raises(NotPossible):
        refunds.cancel(refund.id, reason="Something else", **facts)


def test_a_correction_of_a_refund_with_another_amount(make, click):
    refund = make_refunds.refund(make)
    payer = fees.student_payer(refund.enrolment_id).id

    def edit(cents, reason="Half of it"):
        refunds.edit(
            refund.id,
            shares={payer: cents},
            reason=reason,
            version=1,
            key=click,
            by=refund.proposed_by_id,
        )

    for _ in range(2):
        edit(100_00)
    for wanted in ((200_00,), (100_00, "Another reason")):
        with pytest.raises(NotPossible):
            edit(*wanted)


def test_a_plan_with_other_lines(make, click):
    enrolment = make_fees.plan(make)
    version, clerk = 1, make.staff("finance").id
    owes = fees.position_of(enrolment.id).owes
    day = clock.today() + timedelta(days=40)

    def agree(*lines):
        plans.agree(
            enrolment.id, lines=lines, reason="Agreed", version=version, key=click, by=clerk
        )

    for _ in range(2):
        agree((day, owes))
    with pytest.raises(NotPossible):
        agree((day + timedelta(days=1), owes))
    line = next(one for one in fees.lines_of(enrolment.id, owes) if one.open)
    facts = {"reason": "Later", "version": 2, "key": uuid4().hex, "by": clerk}
    for _ in range(2):
        plans.postpone(enrolment.id, line.id, to=day + timedelta(days=9), **facts)
    with pytest.raises(NotPossible):
        plans.postpone(enrolment.id, line.id, to=day + timedelta(days=8), **facts)
    with pytest.raises(NotPossible):
        plans.postpone(enrolment.id, line.id + 1, to=day + timedelta(days=9), **facts)


def test_another_file_of_the_bank(make, click):
    def send(data):
        return bank.receive(
            BytesIO(data), sent_as="c.xml", key=click, by=people(make).first.id, storage=storage()
        )

    make_bank.school(make)
    data = make_bank.message(
        make_bank.statement(make_bank.booking("1500.00", reference="B1"))
    ).encode()
    assert send(data) == send(data)
    with pytest.raises(NotPossible, match=r"c\.xml"):
        send(data.replace(b"B1", b"B2"))


def test_a_contract_sent_back_or_ended_with_other_words(make, app, click):
    contract = make_contracts.submitted(make, app)
    registrar = make.staff("registrar", name="Rosa Registrar")
    facts = {"version": contract.version, "key": click, "by": registrar.id}
    for _ in range(2):
        contracts.send_back(contract.id, reason="Page 2 is missing", **facts)
    with pytest.raises(NotPossible):
        contracts.send_back(contract.id, reason="Page 3 is missing", **facts)

    case = make_refunds.case(make, paid=1_500_00, funded=6_000_00)
    other = Contract.find(case.contract.id)
    facts = {"version": other.version, "key": click, "by": case.registrar.id}
    on = other.starts_on - timedelta(days=1)
    for _ in range(2):
        contracts.end(other.id, on=on, reason="Gave up", **facts)
    for day, why in ((on, "Closed"), (on - timedelta(days=1), "Gave up")):
        with pytest.raises(NotPossible):
            contracts.end(other.id, on=day, reason=why, **facts)
    assert Contract.find(other.id).end_reason == "Gave up"


def test_an_answer_that_names_another_account(make, click):
    refund = make_refunds.refund(make)
    asks = {"version": refund.version, "key": uuid4().hex, "by": people(make).first.id}
    refunds.ask(refund.id, question="Which account?", **asks)
    student = refund.enrolment.student.person
    facts = {"version": Refund.find(refund.id).version, "key": click, "by": student.id}
    for _ in range(2):
        refunds.answer(refund.id, text="This one.", iban=IBANS[0], holder="Ada", **facts)
    with pytest.raises(NotPossible):
        refunds.answer(refund.id, text="This one.", iban=IBANS[2], holder="Ada", **facts)
    assert fees.student_payer(refund.enrolment_id).iban == IBANS[0]


def test_an_order_settled_for_another_reason(make, click):
    order = released(make, [approved(make)])
    facts = {"version": order.version, "key": click, "by": people(make).first.id}
    for _ in range(2):
        payouts.never_taken(order.id, reason="The bank refused the file.", **facts)
    with pytest.raises(NotPossible):
        payouts.never_taken(order.id, reason="Nobody sent it.", **facts)
