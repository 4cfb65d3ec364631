"""The ledger is written once and never changed, and it refuses what does not add up."""

from datetime import date

import pytest
from peewee import IntegrityError

from portal import fees
from portal.fees import ledger
from portal.fees.ledger import SourceReused, Unbalanced
from portal.fees.models import LedgerEntry, LedgerTransaction
from portal.fees.rules import Account, Entry, PayerKind
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Missing, NotPossible
from tests.support import make_fees


@pytest.fixture(autouse=True)
def on_10_december(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 10))


PAIR = [Entry(Account.RECEIVABLE, 100), Entry(Account.TUITION, -100)]


def test_entries_that_do_not_sum_to_zero_are_refused(make):
    enrolment = make.enrolment()

    with pytest.raises(Unbalanced), transaction():
        ledger.post(enrolment.id, "test:1", [*PAIR, Entry(Account.BANK, 1)])

    assert LedgerTransaction.select().count() == 0


def test_a_source_has_one_effect(make):
    enrolment, other = make.enrolment(), make.enrolment()
    with transaction():
        assert ledger.post(enrolment.id, "test:1", PAIR)
        assert not ledger.post(enrolment.id, "test:1", reversed(PAIR))

    for enrolment_id, entries in [
        (enrolment.id, [entry._replace(cents=-entry.cents) for entry in PAIR]),
        (other.id, PAIR),
    ]:
        with pytest.raises(SourceReused), transaction():
            ledger.post(enrolment_id, "test:1", entries)

    assert LedgerEntry.select().count() == 2


def test_nothing_is_posted_outside_a_decision(make):
    with pytest.raises(RuntimeError, match="inside the transaction"):
        ledger.post(make.enrolment().id, "test:1", PAIR)


@pytest.mark.parametrize("table", [LedgerEntry, LedgerTransaction])
def test_the_database_refuses_to_change_what_happened(make, table):
    make_fees.plan(make)

    with pytest.raises(IntegrityError, match="append-only"), transaction():
        table.update(enrolment=1).execute()
    with pytest.raises(IntegrityError, match="append-only"), transaction():
        table.delete().execute()


def test_a_refund_is_never_more_than_that_payer_paid(make):
    enrolment = make_fees.plan(make)
    mother = fees.add_payer(enrolment.id, kind=PayerKind.PARENT, name="Anne")
    make_fees.pay(make, enrolment, 1_000_00, payer=mother)
    student = make_fees.pay(make, enrolment, 500_00).payer_id
    father = fees.add_payer(enrolment.id, kind=PayerKind.PARENT, name="William")
    make_fees.pay(make, enrolment, 9_750_00, payer=father)

    for shares in ({student: 500_01}, {mother.id: 1_000_01}, {student: 1, mother.id: 1_000_01}):
        with pytest.raises(NotPossible):
            fees.post_refund(enrolment.id, shares=shares, source="refund:1")

    assert fees.post_refund(
        enrolment.id, shares={student: 500_00, mother.id: 1_000_00}, source="refund:1"
    )
    assert not fees.post_refund(
        enrolment.id, shares={student: 500_00, mother.id: 1_000_00}, source="refund:1"
    )
    assert fees.position_of(enrolment.id).refunded == 1_500_00


def test_a_payout_needs_an_approved_refund(make):
    enrolment = make_fees.plan(make)
    payer_id = make_fees.pay(make, enrolment, 9_950_00).payer_id

    with pytest.raises(NotPossible):
        fees.post_payout(enrolment.id, shares={payer_id: 500_00}, source="payout:1")
    fees.post_refund(enrolment.id, shares={payer_id: 200_00}, source="refund:1")
    with pytest.raises(NotPossible):
        fees.post_payout(enrolment.id, shares={payer_id: 200_01}, source="payout:1")

    assert fees.post_payout(enrolment.id, shares={payer_id: 200_00}, source="payout:1")
    assert fees.position_of(enrolment.id).coming_back == 0


@pytest.mark.parametrize("shares", [{}, {1: 0}, {1: -5}])
def test_shares_are_positive_cents(make, shares):
    enrolment = make_fees.plan(make)

    with pytest.raises(ValueError, match="positive cents"):
        fees.post_refund(enrolment.id, shares=shares, source="refund:1")


def test_a_payer_of_another_enrolment_is_missing(make):
    enrolment = make_fees.plan(make)
    other = make_fees.plan(make, make.enrolment(make.person("Zoé Moreau")))

    with pytest.raises(Missing):
        make_fees.pay(make, enrolment, 100, payer=fees.student_payer(other.id))


@pytest.mark.parametrize(("cents", "day"), [(0, 10), (-1, 10), (100_000_001, 10), (100, 11)])
def test_money_that_cannot_have_arrived(make, cents, day):
    enrolment = make_fees.plan(make)

    with pytest.raises(NotPossible):
        make_fees.pay(make, enrolment, cents, on=date(2026, 12, day))


@pytest.mark.parametrize("day", [date(1, 1, 1), date(202, 9, 1), date(2024, 11, 30)])
def test_money_that_arrived_too_long_ago(make, day):
    enrolment = make_fees.plan(make)

    with pytest.raises(NotPossible, match="two years ago"):
        make_fees.pay(make, enrolment, 100, on=day)


def test_a_plan_is_opened_once(make):
    enrolment = make_fees.plan(make)

    assert fees.open_plan(enrolment.id).id == fees.open_plan(enrolment.id).id
    assert fees.position_of(enrolment.id).price == 9_750_00
    with pytest.raises(NotPossible, match="another payment plan"):
        fees.open_plan(enrolment.id, kind=fees.PlanKind.FULL)


def test_a_cohort_without_a_price_has_no_plan(make):
    with pytest.raises(NotPossible, match="no price"):
        fees.open_plan(make.enrolment().id)


def test_the_latest_price_of_a_cohort_counts(make):
    enrolment = make.enrolment()
    first = make.schedule(enrolment.cohort)
    facts = {name: value for name, value in first.__data__.items() if name not in ("id", "version")}
    type(first).create(**facts | {"version": 2, "tuition_cents": 10_000_00})

    fees.open_plan(enrolment.id)

    assert fees.position_of(enrolment.id).price == 10_000_00


def test_policies_follow_one_another(make):
    assert fees.policy_on(date(2026, 6, 1)).version == 0
    make.policy(discount_base="balance")
    fees.MoneyPolicy.create(version=2, valid_from=date(2027, 1, 1))

    assert fees.policy_on(date(2025, 12, 31)).version == 0
    assert fees.policy_on(date(2026, 12, 31)).version == 1
    assert fees.policy_on(date(2027, 1, 1)).version == 2


def test_references_of_payers_are_their_own(make):
    enrolment = make_fees.plan(make)
    parents = [fees.add_payer(enrolment.id, kind=PayerKind.PARENT, name="Parent") for _ in "ab"]

    student = fees.student_payer(enrolment.id)

    assert fees.student_payer(enrolment.id).id == student.id
    assert len({payer.reference for payer in [student, *parents]}) == 3


def test_what_other_rooms_ask_about_money(make, monkeypatch):
    late, paid, soon = (
        make_fees.plan(make, make.enrolment(make.person(f"A B{n}"))) for n in range(3)
    )
    make_fees.pay(make, late, 4_000_00)
    make_fees.pay(make, paid, 9_750_00)
    make_fees.pay(make, soon, 4_250_00)

    assert fees.overdue_count() == 1
    assert fees.owed_by_enrolment([late.id, paid.id, 999]) == {
        late.id: 5_750_00,
        paid.id: 0,
        999: 0,
    }
    due = fees.next_due(late.id)
    assert (due.cents, due.late, due.days) == (250_00, True, 5)
    assert fees.next_due(paid.id) is None
    assert fees.next_due(soon.id).due_on == date(2027, 1, 5)
    monkeypatch.setattr(clock, "today", lambda: date(2027, 1, 6))
    assert fees.overdue_count() == 2
    assert [item.kind for item in fees.timeline_of(soon.id)].count("line") == 7
    assert fees.timeline_of(make.enrolment(make.person("No Plan")).id) == []
