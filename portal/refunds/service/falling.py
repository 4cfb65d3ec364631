"""A contract that falls before it began takes its refunds with it, as far as they have not left."""

from portal import audit, fees
from portal.contracts import Contract
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.money import Cents
from portal.programme import Enrolment
from portal.refunds import queries
from portal.refunds.models import Refund
from portal.refunds.rules import RefundState
from portal.refunds.service.proposing import propose_what_comes_back
from portal.refunds.service.withdrawing import withdraw, withdraw_from_debtors


def withdraw_for_contract(*, contract: Contract, reason: str, by: int) -> None:
    """Cancel what waits, and let the student owe the year again. Telling it twice changes nothing.

    A refund that is at the bank or paid stays what it is: the plan then asks for that money again. One in
    an order that nobody released is cancelled: such an order can then only be withdrawn. An amendment that
    falls leaves the funding of the contract it was to amend, and a contract that was to follow a broken one
    leaves that one's, and its company's bill: nothing is taken back after a break (Code du travail L6222-18-2).
    """
    with transaction():
        held = Refund.hold_all(queries.stoppable_ids(contract.enrolment_id))
        for refund in held:
            if refund.contract_id == contract.id:
                withdraw(refund, reason, by)
        Enrolment.hold(contract.enrolment_id)
        source, before = f"contract:{contract.id}:fell", contract.amends or contract.follows
        policy = _policy_of(before)
        terms = _terms_of(before, policy)
        company_name = (before or contract).company.name
        fees.apply_funding(
            contract.enrolment_id, terms=terms, company_name=company_name, source=source
        )
        withdraw_from_debtors([one for one in held if one.company_payer_id], by)
        audit.record(
            "fees:funding-ended",
            subject=f"enrolment:{contract.enrolment_id}",
            actor_id=by,
            detail=f"contract:{contract.id}",
        )
        if before is not None and _was_overtaken(before, source):
            propose_what_comes_back(before, source, terms, policy, by)


def _policy_of(before: Contract | None) -> fees.MoneyPolicy:
    """The one that the contract which stands again was accepted under."""
    if before is None or before.decided_at is None:
        return fees.policy_on(clock.today())
    return fees.policy_on(clock.school_time(before.decided_at).date())


def _terms_of(before: Contract | None, policy: fees.MoneyPolicy) -> fees.Terms:
    if before is None:
        return fees.Terms(Cents(0), "student")
    funded = queries.brought_by(before, Cents(before.funded_cents or 0))
    return queries.terms_of(policy, before.enrolment_id, queries.began_on(before), funded)


def _was_overtaken(before: Contract, source: str) -> bool:
    """Whether a refund of the contract that stands again was stopped, and its money is a credit once more."""
    told = Refund.select().where(Refund.source == source).exists()
    stopped = (Refund.contract == before.id) & (Refund.state == RefundState.CANCELLED)
    credit = fees.position_of(before.enrolment_id).credit
    waiting = sum(queries.promised(before.enrolment_id).values())
    return not told and credit > waiting and Refund.select().where(stopped).exists()
