"""Who hears what of a refund that goes to several payers: each letter names the parts that it is about."""

from uuid import uuid4

import pytest

from portal import fees, refunds
from portal.fees.models import Payer
from portal.kernel.errors import NotPossible
from portal.notifications.models import OutgoingMail
from portal.payouts import service as payouts
from portal.payouts.models import Transfer
from portal.refunds import service
from portal.refunds.models import Refund, RefundShare
from tests.support import make_payouts, make_refunds
from tests.support.make_payouts import answer, people, released

OWN, PARENTS, BOTH = "€2,750.00", "€1,500.00", "€4,250.00"


@pytest.fixture
def family(make):
    """A refund at the bank: 2,750 to the student, 1,500 to a parent with an address."""
    refund = make_payouts.approved(make, parent=1_500_00)
    Payer.update(email="parent@example.org", locale="en").where(Payer.kind == "parent").execute()
    return refund


@pytest.fixture
def order(make, family):
    return released(make, [family])


class Post:
    """What was written since the last look, by reader."""

    def __init__(self, student):
        self.student = student.email
        self.seen = 0
        self.new()

    def new(self):
        found = list(OutgoingMail.select().where(OutgoingMail.id > self.seen))
        self.seen = max([one.id for one in found], default=self.seen)
        return found

    def to(self):
        mails = self.new()
        student = [one.body for one in mails if one.recipient == self.student]
        parent = [one.body for one in mails if one.recipient == "parent@example.org"]
        others = {self.student, "parent@example.org"}
        return student, parent, [one.body for one in mails if one.recipient not in others]


@pytest.fixture
def post(family):
    return Post(family.enrolment.student.person)


def told(make, order, **statuses):
    """The bank's answer, by kind of payer."""
    numbers = {
        one.payer.kind: one.end_to_end for one in Transfer.select().where(Transfer.order == order)
    }
    said = {numbers[kind]: status for kind, status in statuses.items()}
    payouts.read_answer(answer(order, said), by=people(make).first.id)


def fresh(family):
    return Refund.find(family.id)


def again(make, family):
    now = fresh(family)
    service.propose_again(now.id, version=now.version, key=uuid4().hex, by=people(make).first.id)


def cancel(make, family):
    now = fresh(family)
    facts = {"version": now.version, "key": uuid4().hex, "by": people(make).first.id}
    service.cancel(now.id, reason="x", **facts)


def test_whoever_was_paid_hears_nothing_of_the_other_part(make, family, order, post):
    post.new()
    told(make, order, parent="ACSC", student="RJCT")
    student, parent, _ = post.to()
    paid, back = student
    assert f"{PARENTS} to Parent Byron has left" in paid
    assert OWN in back
    assert BOTH not in paid + back
    assert "Name another account" in back
    assert len(parent) == 1
    assert f"{PARENTS} to you has left" in parent[0]

    again(make, family)
    (student,), parent, finance = post.to()
    assert OWN in student
    assert PARENTS not in student
    assert parent == []
    assert finance
    assert all(OWN in one and BOTH not in one for one in finance)

    make_refunds.approve(fresh(family), by=people(make).first)
    second = released(make, [fresh(family)])
    told(make, second, student="ACSC")
    student, parent, _ = post.to()
    assert parent == []
    assert len(student) == 3, "approved, at the bank, on its way"
    assert all(OWN in one and BOTH not in one for one in student)


def test_the_student_names_no_account_when_only_the_parents_part_came_back(
    make, family, order, post
):
    post.new()
    told(make, order, parent="RJCT", student="ACSC")
    student, parent, _ = post.to()
    back = next(one for one in student if "could not pay" in one)
    assert f"{PARENTS} to Parent Byron" in back
    assert "another account" not in back
    assert all(BOTH not in one for one in student)
    assert len(parent) == 1
    assert PARENTS in parent[0]

    now, me = fresh(family), family.enrolment.student.person_id
    facts = {"version": now.version, "key": uuid4().hex, "by": me}
    with pytest.raises(NotPossible):
        service.answer(now.id, text="x", iban=make_payouts.IBANS[2], holder="x", **facts)
    cancel(make, family)
    (student,), parent, _ = post.to()
    assert f"{PARENTS} to Parent Byron was cancelled" in student
    assert len(parent) == 1


def test_a_payer_who_was_paid_hears_of_no_cancellation(make, family, order, post):
    told(make, order, parent="ACSC", student="RJCT")
    post.new()
    cancel(make, family)
    (student,), parent, _ = post.to()
    assert parent == []
    assert OWN in student
    assert BOTH not in student


def test_each_part_has_its_own_day_of_leaving(make, family, order, post):
    post.new()
    told(make, order, parent="ACSC")
    student, parent, _ = post.to()
    assert len(parent) == 1
    assert [f"{PARENTS} to Parent Byron" in one for one in student] == [True]
    told(make, order, student="ACSC")
    (student,), parent, _ = post.to()
    assert parent == []
    assert f"transfer of {OWN} has left" in student


def test_what_is_paid_by_hand_after_a_return_is_told_to_its_payer_only(make, family, order, post):
    told(make, order, parent="ACSC", student="RJCT")
    again(make, family)
    make_refunds.approve(fresh(family), by=people(make).first)
    post.new()
    now = fresh(family)
    facts = {"version": now.version, "key": uuid4().hex, "by": people(make).first.id}
    service.pay(now.id, note="by hand", **facts)
    (student,), parent, _ = post.to()
    assert parent == []
    assert f"transfer of {OWN} has left" in student


def test_a_letter_about_all_parts_says_whose_each_is(make, family, post):
    OutgoingMail.delete().execute()
    post.seen = 0
    released(make, [family])
    (student,), parent, _ = post.to()
    assert BOTH in student
    assert f"{PARENTS} to Parent Byron" in student
    assert len(parent) == 1
    assert BOTH not in parent[0]


def test_the_private_page_of_a_payer_who_was_paid_says_so(make, family, order):
    told(make, order, parent="ACSC", student="RJCT")
    parts = {one.payer.kind: one.payer_id for one in RefundShare.select()}
    words = {kind: refunds.returning_to(payer)[0].word for kind, payer in parts.items()}
    assert words == {"parent": "Paid", "student": "Sent back by the bank"}


@pytest.mark.parametrize(("rejected", "asked"), [("student", True), ("parent", False)])
def test_only_students_whose_own_part_came_back_are_asked_for_an_account(
    make, client, family, order, rejected, asked
):
    paid = "parent" if rejected == "student" else "student"
    told(make, order, **{rejected: "RJCT", paid: "ACSC"})
    page = client.sign_in(family.enrolment.student.person).page(f"/refunds/{family.id}")
    assert bool(page.select("form[action$='/answer']")) == asked
    assert ("The school waits for your answer." in page.text) == asked
    assert "Transferred on" in page.select_one("dl.facts").text
    home = client.page("/").text
    assert f"{OWN if asked else PARENTS} is not paid yet" in home
    assert BOTH not in home


def test_a_part_that_came_back_is_no_reason_to_touch_the_account_of_another(make, family, order):
    told(make, order, parent="RJCT", student="ACSC")
    mine = fees.student_payer(family.enrolment_id)
    fees.set_account(mine.id, iban=make_payouts.IBANS[2], holder="A", by=people(make).first.id)
    assert fresh(family).state == "returned"


def to_approve(after):
    """Who was asked to approve since then."""
    mails = OutgoingMail.select().order_by(OutgoingMail.id).offset(after)
    return sorted(one.recipient for one in mails if "to approve" in one.subject)


def test_who_may_not_approve_is_not_asked_to(make):
    nadia = make.staff("finance", "registrar", name="Nadia Both")
    director = make.staff("director", name="Dora Director")
    make_refunds.refund(make, by=nadia)
    assert to_approve(0) == [director.email], "nobody else could"
    last = OutgoingMail.select().count()
    grace = make.staff("finance", name="Grace Hopper")
    make_refunds.refund(make, by=nadia)
    assert to_approve(last) == [grace.email]
