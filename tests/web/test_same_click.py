"""The same click does its one thing; with other words it is refused, and what exists is named."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from portal import fees
from portal.certificates import service as certificates
from portal.certificates.models import Certificate
from portal.fees.models import MoneyPolicy, Payment
from portal.infra.files import storage
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.payouts import service as payouts
from portal.payouts.models import PaymentOrder
from portal.refunds import service as refunds
from portal.refunds.models import Refund
from tests.support import make_fees
from tests.support.make_payouts import approved, people, prepared


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
