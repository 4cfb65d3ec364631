"""The demo's school: everything a visitor is promised is there, on whatever day it was filled."""

from hashlib import sha256
from itertools import pairwise

import pytest
from peewee import fn
from stdnum.fr import siret

from portal import demo
from portal.audit.models import AuditEvent
from portal.certificates.models import Certificate
from portal.contracts import Company, Contract, inspection, queries
from portal.contracts.models import ContractDocument
from portal.demo.forms import CERFA
from portal.fees.models import LedgerEntry
from portal.identity import Person
from portal.identity.passwords import matches
from portal.identity.views.door import DEMO_ACCOUNTS, DEMO_PASSWORD
from portal.kernel import clock
from portal.programme import Course, Enrolment, GroupMembership, Student
from portal.refunds.models import Refund, RefundShare
from portal.timetable.models import Lesson
from tests.support.living import account, installation_in

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path, lived_in):
    return installation_in(tmp_path, lived_in)


@pytest.fixture
def school(db):
    """The demo, as `make run` fills it."""


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
    assert states(Contract) == {
        "draft",
        "submitted",
        "changes_requested",
        "signed",
        "transmitted",
        "active",
        "cancelled",
    }
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
    instants = [line.at for line in AuditEvent.select()]
    assert instants == sorted(instants)
    assert instants[-1] < clock.now()


def test_only_the_five_accounts_sign_in(school):
    holders = list(Person.select().where(Person.password_hash != ""))
    assert {holder.email for holder in holders} == {
        f"{name}@demo.example" for name in DEMO_ACCOUNTS
    }
    assert matches(holders[0].password_hash, DEMO_PASSWORD)


def test_papers_lie_in_storage_as_they_were_sent(app, school):
    assert {one.sent_as for one in ContractDocument.select()} == {
        paper.name for paper in CERFA.glob("*.pdf")
    }
    for one in ContractDocument.select():
        with app.extensions["storage"].open(one.name) as document:
            assert sha256(document.read()).hexdigest() == one.sha256
    for paper in CERFA.glob("*.pdf"):
        with paper.open("rb") as document:
            assert inspection.inspect(document) == []


def test_the_form_that_waits_says_what_was_declared(school):
    mine = Contract.select().join(Enrolment).join(Student)
    waiting = mine.where(Student.person == account("student")).get()
    assert waiting.state == "submitted"
    assert [one for one in queries.findings(waiting) if one.blocks] == []
    assert queries.differences_of(waiting) == []


def test_the_company_finds_one_contract_that_was_returned(school):
    mine = Contract.select().where(Contract.contact == account("company"))
    assert {"submitted", "changes_requested"} <= {contract.state for contract in mine}


def test_filling_it_again_changes_nothing(app, school):
    before = Person.select().count(), Lesson.select().count(), Refund.select().count()
    assert not demo.is_empty()
    demo.seed(storage=app.extensions["storage"])
    assert (Person.select().count(), Lesson.select().count(), Refund.select().count()) == before


def test_no_student_has_two_lessons_at_once(school):
    lessons = Lesson.select().where(Lesson.status != "cancelled").order_by(Lesson.starts_at)
    for group in {row.group_id for row in lessons} - {None}:
        mine = [row for row in lessons if row.group_id in (None, group)]
        for earlier, later in pairwise(mine):
            assert earlier.ends_at <= later.starts_at
