"""Who may decide a refund, and what becomes of an approval when the account behind it changes."""

import re

import pytest

from portal import fees, refunds
from portal.contracts.models import Contract
from portal.fees import service as fee_service
from portal.kernel import clock
from portal.kernel.errors import NotAllowed
from portal.kernel.i18n import translate
from portal.kernel.iso20022 import reason_in_words
from portal.payouts import service as payouts
from portal.refunds import service
from portal.refunds.models import Refund, RefundShare
from tests.support import make_fees, make_payouts, make_refunds
from tests.support.make_payouts import IBANS
from tests.support.threads import at_once

pytestmark = pytest.mark.slow


def fresh(refund):
    return Refund.find(refund.id)


def test_who_accepted_the_contract_does_not_approve_although_a_colleague_noted_the_opco(make):
    make.policy(refund_from="accepted")
    both = make.staff("registrar", "finance", name="Both Hats")
    case = make_refunds.case(make, paid=4_250_00, funded=9_750_00, by=both)
    colleague = make.staff("registrar", name="Nadia Benali")
    contract = Contract.find(case.contract.id)
    refunds.open_for_answer(contract=contract, changed=False, by=colleague.id)
    refund = Refund.get()
    assert refund.proposed_by_id == colleague.id
    with pytest.raises(NotAllowed, match="accepted the contract"):
        make_refunds.approve(refund, by=both)
    make_refunds.approve(refund, by=make.staff("finance", name="Somebody Else"))


@pytest.mark.parametrize("cents", [4_250_00, 9_750_00], ids=["approved", "one of two approvals"])
def test_an_approval_for_another_account_counts_no_more(make, cents):
    refund = make_refunds.refund(make, cents=cents)
    payer = fees.student_payer(refund.enrolment_id)
    make_fees.account(payer.id, iban=IBANS[0], holder="Ada")
    make_refunds.approve(refund, by=make.staff("finance"))

    fees.set_account(payer.id, iban=IBANS[1], holder="Eve", by=None)

    assert (fresh(refund).state, fresh(refund).first_approved_by) == ("proposed", None)
    for n, name in enumerate(("Linus", "Katherine")):
        assert fresh(refund).state == "proposed", f"{n} approvals are not enough"
        make_refunds.approve(fresh(refund), by=make.staff("finance", name=name))
    assert fresh(refund).state == "approved"
    assert fees.position_of(refund.enrolment_id).coming_back == cents


def test_a_parents_new_account_reopens_what_the_bank_sent_back(make):
    case = make_refunds.case(make, paid=4_250_00, parent=1_500_00, funded=9_750_00)
    refund = Refund.get()
    for share in RefundShare.select():
        make_fees.account(share.payer_id, iban=IBANS[1], holder="Ada")
    make_refunds.approve(refund, by=make.staff("finance"))
    order = make_payouts.released(make, [fresh(refund)])
    parent = fees.Payer.get(fees.Payer.kind == "parent")
    numbers = {one.payer_id: one.end_to_end for one in order.lines}
    told = {number: "RJCT" if who == parent.id else "ACSC" for who, number in numbers.items()}
    payouts.read_answer(make_payouts.answer(order, told), by=case.clerk.id)
    assert fresh(refund).state == "returned"

    fees.set_account(fees.student_payer(case.enrolment.id).id, iban=IBANS[2], holder="A", by=None)
    assert fresh(refund).state == "returned", "the student's part has left"
    fees.set_account(parent.id, iban=IBANS[2], holder="Parent", by=None)
    assert fresh(refund).state == "proposed"


def test_an_approval_and_another_account_at_once_leave_no_unseen_account(make):
    grace = make.staff("finance")
    for _ in range(15):
        refund = make_refunds.refund(make, cents=1_500_00)
        payer = fees.student_payer(refund.enrolment_id)
        make_fees.account(payer.id, iban=IBANS[0], holder="Ada")
        at_once(
            lambda refund=refund: make_refunds.approve(refund, by=grace),
            lambda payer=payer: fees.set_account(payer.id, iban=IBANS[1], holder="Eve", by=None),
        )
        assert fresh(refund).state == "proposed"


def test_answering_with_an_account_while_another_refund_is_paid_ends_well(make):
    grace = make.staff("finance")
    for _ in range(10):
        refund = make_refunds.refund(make, cents=1_500_00)
        make_refunds.approve(refund, by=grace)
        other = extra(make, refund)
        service.ask(other.id, question="?", version=1, key=make_refunds.key(), by=grace.id)
        student = refund.enrolment.student.person_id
        facts = {"text": "Mine.", "iban": IBANS[1], "holder": "Ada", "by": student}
        at_once(
            lambda r=refund: service.pay(
                r.id, note="", version=2, key=make_refunds.key(), by=grace.id
            ),
            lambda o=other, f=facts: service.answer(o.id, version=2, key=make_refunds.key(), **f),
        )
        assert fresh(other).state == "proposed"
        assert fresh(refund).state in ("paid", "proposed")


def extra(make, refund):
    """A second refund of the same student, from a credit."""
    make_fees.pay(make, refund.enrolment, 100_00, on=clock.today())
    payer = fees.student_payer(refund.enrolment_id)
    service.give_credit_back(
        refund.enrolment_id,
        shares={payer.id: 100_00},
        reason="x",
        key=make_refunds.key(),
        by=make_refunds.colleague(make, "finance", "Carla Credit").id,
    )
    return Refund.select().order_by(Refund.id.desc()).get()


def test_a_french_student_reads_in_french_why_the_bank_refused(make, new_client):
    person = make.person("Anaïs Lefèvre", locale="fr")
    refund = make_payouts.approved(make, enrolment=make.enrolment(person))
    order = make_payouts.released(make, [refund])
    by = make_payouts.people(make).first.id
    payouts.read_answer(make_payouts.answer(order, {refund.number: "RJCT"}), by=by)
    said = new_client().sign_in(person).page(f"/refunds/{refund.id}").text
    assert reason_in_words("AC04") not in said
    assert translate(reason_in_words("AC04"), "fr") in said
    inbox = new_client().sign_in(make.staff("finance", name="Reader"))
    assert reason_in_words("AC04") in inbox.page("/staff/refunds?state=waiting").text


def test_a_parent_is_told_of_each_step_and_sees_it_behind_the_private_link(
    make, new_client, post_box
):
    case = make_refunds.case(make, paid=1_500_00, funded=0, owed_by="student")
    parent = fees.add_payer(
        case.enrolment.id, kind=fees.PayerKind.PARENT, name="Hélène Byron", email="h@example.org"
    )
    fees.Payer.update(locale="en").where(fees.Payer.id == parent.id).execute()
    make_fees.pay(make, case.enrolment, 2_750_00, payer=parent, by=case.clerk)
    make_fees.account(parent.id, iban=IBANS[1], holder="Hélène Byron")
    student = fees.student_payer(case.enrolment.id)
    make_fees.account(student.id, iban=IBANS[2], holder="Ada")
    make_refunds.accept(case.contract, funded=9_750_00, by=case.registrar)
    refund = Refund.get()
    secret = private_link(parent, case.clerk, post_box)
    page = new_client()

    def seen():
        return page.page(secret).select_one("ol.list").text

    assert "2\xa0750,00\xa0€" in seen()
    assert "À approuver" in seen()
    make_refunds.approve(refund, by=make.staff("finance"))
    assert "Approuvé" in seen()
    order = make_payouts.released(make, [fresh(refund)])
    assert "À la banque" in seen()
    numbers = {one.payer_id: one.end_to_end for one in order.lines}
    told = {numbers[parent.id]: "RJCT", numbers[student.id]: "ACSC"}
    payouts.read_answer(make_payouts.answer(order, told), by=case.clerk.id)
    assert "banque" in seen()
    mails = [mail for mail in post_box if mail["To"] == "h@example.org"]
    told = [mail for mail in mails if "refund" in mail["Subject"].lower()]
    steps = [mail.get_content() for mail in told if "account" not in mail["Subject"]]
    assert len(set(steps)) == len(steps) == 4, "proposed, approved, at the bank, sent back"
    assert all("€2,750.00" in text and "1,500.00" not in text for text in steps)
    assert reason_in_words("AC04") in steps[-1]


def private_link(payer, clerk, post_box):
    fee_service.send_link(payer.id, by=clerk.id)
    mail = next(one for one in reversed(post_box) if one["To"] == payer.email)
    return re.search(r"/pay/\S+", mail.get_content()).group()
