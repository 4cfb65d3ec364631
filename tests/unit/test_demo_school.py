"""The demo's school: everything a visitor is promised is there, on whatever day it was filled."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from uuid import uuid4

import pytest
from peewee import fn
from stdnum.fr import siret

from portal import audit, contracts, demo, fees, refunds, timetable
from portal.certificates.models import Certificate
from portal.contracts import Company, Contract, inspection
from portal.contracts import service as contract_verbs
from portal.contracts.models import ContractDocument
from portal.demo.work import CERFA
from portal.fees.models import LedgerEntry
from portal.identity import Person
from portal.identity.passwords import matches
from portal.identity.views.door import DEMO_ACCOUNTS, DEMO_PASSWORD
from portal.kernel import clock
from portal.programme import Course, Enrolment, GroupMembership, enrolment_of
from portal.refunds import service as refund_verbs
from portal.refunds.models import Refund, RefundShare
from portal.timetable.models import Lesson

SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
DAYS = [
    datetime(2026, 10, 2, 9, tzinfo=UTC),
    datetime(2026, 12, 27, 18, tzinfo=UTC),
    datetime(2027, 2, 10, 9, tzinfo=UTC),
    datetime(2027, 4, 30, 9, tzinfo=UTC),
    datetime(2028, 2, 29, 9, tzinfo=UTC),
    datetime(2027, 8, 15, 9, tzinfo=UTC),
]


@pytest.fixture
def school(app, db):
    """The demo, filled just now."""
    demo.seed(storage=app.extensions["storage"])


def person(name):
    return Person.get(Person.email == f"{name}@demo.example")


def states(table, column="state"):
    return {getattr(row, column) for row in table.select()}


def test_a_whole_school_is_there(app, school):
    assert Course.select().where(Course.block == "core").count() == 6
    assert Course.select().where(Course.block == "specialty").count() == 11
    assert Enrolment.select().count() == 40
    languages = GroupMembership.select(fn.COUNT(GroupMembership.id)).group_by(
        GroupMembership.enrolment
    )
    assert {count for (count,) in languages.tuples()} == {2}
    assert {lesson.kind for lesson in Lesson.select()} == {
        "class",
        "seminar",
        "conference",
        "exam",
    }
    assert states(Lesson, "status") == {"planned", "moved", "cancelled"}
    assert Company.select().count() == 8
    assert all(siret.is_valid(company.siret) for company in Company.select())
    assert states(Contract) == {"draft", "submitted", "changes_requested", "signed", "cancelled"}
    assert states(Refund) == {"proposed", "approved", "paid", "refused"}
    assert states(Certificate, "status") == {"valid", "replaced", "revoked"}


def test_refunds_of_every_difficulty_wait(school):
    waiting = list(Refund.select().where(Refund.state == "proposed"))
    assert len(waiting) >= 3
    assert {refund.approvals_needed for refund in waiting} == {1, 2}
    payers = RefundShare.select(fn.COUNT(RefundShare.id)).where(RefundShare.refund.in_(waiting))
    assert 2 in {count for (count,) in payers.group_by(RefundShare.refund).tuples()}


def test_money_and_trail_are_true(school):
    sums = LedgerEntry.select(fn.SUM(LedgerEntry.amount_cents)).group_by(LedgerEntry.transaction)
    assert {int(total) for (total,) in sums.tuples()} == {0}
    instants = [line.at for line in audit.models.AuditEvent.select()]
    assert instants == sorted(instants)
    assert instants[-1] < clock.now()


def test_only_the_five_accounts_sign_in(school):
    holders = list(Person.select().where(Person.password_hash != ""))
    assert {holder.email for holder in holders} == {
        f"{name}@demo.example" for name in DEMO_ACCOUNTS
    }
    assert matches(holders[0].password_hash, DEMO_PASSWORD)


def test_papers_lie_in_storage_as_they_were_sent(app, school):
    sent = {sha256(paper.read_bytes()).hexdigest() for paper in CERFA.glob("*.pdf")}
    assert {one.sha256 for one in ContractDocument.select()} == sent
    for one in ContractDocument.select():
        with app.extensions["storage"].open(one.name) as document:
            assert sha256(document.read()).hexdigest() == one.sha256
    for paper in CERFA.glob("*.pdf"):
        with paper.open("rb") as document:
            assert inspection.inspect(document) == []


def test_the_whole_chain_can_be_played(school):
    enrolment = enrolment_of(person("student").id)
    (contract,) = Contract.select().where(Contract.enrolment == enrolment)
    assert (contract.state, contract.contact_id) == ("submitted", person("company").id)
    assert fees.position_of(enrolment.id).received == 4_250_00

    contract_verbs.accept(
        contract.id,
        funded=9_750_00,
        version=contract.version,
        key=uuid4().hex,
        by=person("registrar").id,
    )
    refund = Refund.get(Refund.enrolment == enrolment)
    refund_verbs.approve(
        refund.id, version=refund.version, key=uuid4().hex, by=person("finance").id
    )

    (shown,) = refunds.of_enrolment(enrolment.id)
    assert (shown.state, shown.amount_cents) == ("approved", 4_250_00)
    assert fees.position_of(enrolment.id).owes == 0


def test_the_company_finds_one_contract_that_was_returned(school):
    mine = Contract.select().where(Contract.contact == person("company"))
    assert {"submitted", "changes_requested"} <= {contract.state for contract in mine}


def test_filling_it_again_changes_nothing(app, school):
    before = Person.select().count(), Lesson.select().count(), Refund.select().count()
    assert not demo.is_empty()
    demo.seed(storage=app.extensions["storage"])
    assert (Person.select().count(), Lesson.select().count(), Refund.select().count()) == before


@SQLITE
@pytest.mark.parametrize("now", DAYS, ids=lambda now: f"{now:%d-%B}")
def test_it_lives_on_any_day_of_the_year(app, db, now):
    with clock.set_to(now):
        demo.seed(storage=app.extensions["storage"])

        student = person("student").id
        coming = timetable.next_lesson(student, now)
        enrolment = enrolment_of(student)
        lines = fees.lines_of(enrolment.id, fees.position_of(enrolment.id).owes)
        assert coming.starts - now < timedelta(days=9)
        assert fees.position_of(enrolment.id).received == 4_250_00
        assert sum(line.open and line.due_on > clock.today() for line in lines) == 4
        assert contracts.waiting_count() == 2
        assert refunds.waiting_count() == 3
        waits = Refund.select().where(Refund.state == "proposed")
        assert all(now - refund.proposed_at < timedelta(days=9) for refund in waits)


@SQLITE
def test_no_student_has_two_lessons_at_once(school):
    lessons = Lesson.select().where(Lesson.status != "cancelled").order_by(Lesson.starts_at)
    for group in {row.group_id for row in lessons} - {None}:
        mine = [row for row in lessons if row.group_id in (None, group)]
        for earlier, later in pairwise(mine):
            assert earlier.ends_at <= later.starts_at
