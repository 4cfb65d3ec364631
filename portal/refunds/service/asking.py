"""Questions to the student about a refund, and their answers."""

from portal import audit, fees
from portal.kernel.db import transaction
from portal.kernel.errors import Missing, NotPossible
from portal.programme import enrolment
from portal.refunds import letters
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import (
    STOPPABLE,
    RefundState,
    check_answer,
    check_move,
    check_returned,
)
from portal.refunds.service.deciding import change, done_before

#: An approval belongs to what was approved; what comes back to be decided begins anew.
UNDECIDED = {
    "first_approved_by": None,
    "first_approved_at": None,
    "first_approval_key": None,
    "decided_by": None,
    "decided_at": None,
}


def ask(refund_id: int, *, question: str, version: int, key: str, by: int) -> None:
    """Ask the student something before the refund is decided. The same `key` asks once.

    `NotPossible` for the refund of a company, which could not answer here.
    """
    with transaction():
        refund = Refund.hold(refund_id)
        if done_before(refund, RefundState.INFO_NEEDED, key, question=question):
            return
        if refund.company_payer_id is not None:
            raise NotPossible("This money is the company’s. Write to the company.")
        check_move(RefundState(refund.state), RefundState.INFO_NEEDED)
        change(
            refund,
            version=version,
            state=RefundState.INFO_NEEDED,
            question=question,
            answer="",
            decision_key=key,
            **UNDECIDED,
        )
        audit.record("refund:asked", subject=f"refund:{refund_id}", actor_id=by, detail=question)
        letters.asked(refund, question)


def answer(
    refund_id: int, *, text: str, iban: str, holder: str, version: int, key: str, by: int
) -> None:
    """The student answers, and may name another account; the refund waits for its approval again.

    `Missing` when the refund is not the student's own; `NotPossible` for an IBAN that does not exist, and
    when nobody waits for an answer.
    """
    refund = Refund.find(refund_id)
    enrolment_id = refund.enrolment_id
    if refund.company_payer_id or enrolment(enrolment_id).student.person_id != by:
        raise Missing("There is no such refund.")
    payer_id = fees.student_payer(enrolment_id).id
    with transaction():
        # Before the refund, as everybody who changes an account does.
        payer = fees.Payer.hold(payer_id)
        refund = Refund.hold(refund_id)
        if done_before(refund, RefundState.PROPOSED, key, answer=text):
            if iban and fees.check_iban(iban) != payer.iban:
                raise NotPossible("This click was already used for another decision.")
            return
        check_answer(RefundState(refund.state))
        if refund.state == RefundState.RETURNED and not _is_waiting(refund, payer_id):
            raise NotPossible(
                "Your own part has left the bank already. The school settles the other part."
            )
        _decide_anew(refund, version=version, key=key, answer=text)
        if iban:
            fees.set_account(payer_id, iban=iban, holder=holder, by=by)
        audit.record("refund:answered", subject=f"refund:{refund_id}", actor_id=by)
        letters.answered(refund)


def propose_again(refund_id: int, *, version: int, key: str, by: int) -> None:
    """What the bank sent back goes to the same account once more, after new approvals. The same `key` proposes once."""
    with transaction():
        refund = Refund.hold(refund_id)
        if done_before(refund, RefundState.PROPOSED, key):
            return
        check_returned(RefundState(refund.state))
        _decide_anew(refund, version=version, key=key)
        audit.record("refund:proposed-again", subject=f"refund:{refund_id}", actor_id=by)
        letters.proposed_again(refund)


def reconsider(*, payer_id: int, by: int | None) -> None:
    """The account of a payer changed: what somebody approved for the old one waits for its approvals again.

    So does what the bank sent back from the old account. A part that has left the bank is not concerned.
    """
    mine = (RefundShare.payer == payer_id) & RefundShare.paid_at.is_null()
    found = Refund.select(Refund.id).join(RefundShare).where(mine & Refund.state.in_(STOPPABLE))
    for refund in Refund.hold_all(one.id for one in found):
        if not _hangs_on_account(refund):
            continue
        _decide_anew(refund, version=refund.version, key=None)
        audit.record("refund:reconsidered", subject=f"refund:{refund.id}", actor_id=by)
        letters.reconsidered(refund)


def _decide_anew(refund: Refund, *, version: int, key: str | None, **more: str) -> None:
    facts = {"decision_key": key, **UNDECIDED, **more}
    change(refund, version=version, state=RefundState.PROPOSED, **facts)


def _is_waiting(refund: Refund, payer_id: int) -> bool:
    mine = (RefundShare.refund == refund.id) & (RefundShare.payer == payer_id)
    return RefundShare.select().where(mine & RefundShare.paid_at.is_null()).exists()


def _hangs_on_account(refund: Refund) -> bool:
    if refund.state == RefundState.PROPOSED:
        return refund.first_approved_by_id is not None
    return refund.state in (RefundState.APPROVED, RefundState.RETURNED)
