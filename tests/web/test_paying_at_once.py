"""Paying the year at once: until when, by when, and who hears of it."""

from datetime import date

import pytest

from portal import fees
from portal.fees import queries, service
from portal.fees.models import Reminder
from portal.kernel.errors import NotPossible
from tests.support import make_fees


def choose(enrolment):
    service.choose_full(enrolment.id, by=enrolment.student.person_id)


def balance(enrolment):
    lines = fees.lines_of(enrolment.id, fees.position_of(enrolment.id).owes)
    return next(line for line in lines if line.kind == "balance")


def test_who_chooses_within_the_policys_time_is_not_late_that_day(make, on):
    make.policy(full_until=date(2026, 12, 15))
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 1_500_00)
    on(2026, 12, 1)
    choose(enrolment)

    line = balance(enrolment)
    assert (line.due_on, line.state) == (date(2026, 12, 15), "due")
    assert service.remind() == 0


def test_on_the_last_day_it_is_due_that_day_and_no_reminder_follows_at_once(make, on):
    make.policy(full_until=date(2026, 12, 15))
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 1_500_00)
    on(2026, 12, 15)
    choose(enrolment)

    assert balance(enrolment).state == "due"
    assert service.remind() == 0
    assert Reminder.select().count() == 0


def test_a_choice_that_ends_early_is_still_paid_with_the_first_instalment(make, on):
    make.policy(full_until=date(2026, 10, 15))
    enrolment = make_fees.plan(make)
    choose(enrolment)

    assert balance(enrolment).due_on == date(2026, 11, 5)


def test_a_later_policy_moves_no_deadline_of_a_plan_that_is_there(make, on):
    enrolment = make_fees.plan(make)
    make.policy(instalment_day=28)
    assert queries.account_of(enrolment.id).price.full_until == date(2026, 11, 5)
    on(2026, 11, 6)

    with pytest.raises(NotPossible, match="last day"):
        choose(enrolment)


def test_a_later_policy_dates_the_one_payment_as_the_plan_did(make, on):
    enrolment = make_fees.plan(make)
    make.policy(instalment_day=1)
    on(2026, 11, 5)
    choose(enrolment)

    line = balance(enrolment)
    assert (line.due_on, line.state) == (date(2026, 11, 5), "due")


def test_a_policy_that_names_the_last_day_gives_plans_that_are_there_that_time(make, on):
    enrolment = make_fees.plan(make)
    make.policy(full_until=date(2026, 12, 15))
    on(2026, 12, 10)
    choose(enrolment)

    assert balance(enrolment).due_on == date(2026, 12, 15)


def test_everybody_who_pays_hears_of_the_choice_and_no_company(make, on, post_box):
    enrolment = make_fees.plan(make)
    for kind, name in ((fees.PayerKind.PARENT, "mum"), (fees.PayerKind.COMPANY, "firm")):
        fees.add_payer(enrolment.id, kind=kind, name=name, email=f"{name}@example.org")
    mum = next(one for one in fees.payers_of(enrolment.id) if one.name == "mum")
    choose(enrolment)
    choose(enrolment)

    letters = {one["To"]: one for one in post_box}
    student = enrolment.student.person
    assert sorted(one["To"] for one in post_box) == sorted([student.email, "mum@example.org"])
    text = letters["mum@example.org"].get_content()
    assert mum.reference in text
    assert student.name in text
    assert "/fees" not in text
    assert "/fees" in letters[student.email].get_content()
