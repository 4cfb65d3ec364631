"""A contract that falls before it began takes its refunds with it, as far as they have not left."""

from collections.abc import Sequence

from portal import audit, contracts, fees
from portal.contracts import Contract, ContractState
from portal.kernel.db import transaction
from portal.kernel.money import Cents
from portal.programme import Enrolment
from portal.refunds import queries
from portal.refunds.models import Refund
from portal.refunds.queries.counting import FELL, Ground, ground_of, has_fallen
from portal.refunds.rules import RefundState
from portal.refunds.service.proposing import propose_what_comes_back
from portal.refunds.service.withdrawing import withdraw, withdraw_above, withdraw_from_debtors

#: The funder pays, in words or by its silence.
FUNDER_PAYS = (
    ContractState.ACCEPTED,
    ContractState.IMPLICIT_ACCEPTANCE,
    ContractState.ACTIVE,
    ContractState.COMPLETED,
)


def withdraw_for_contract(*, contract: Contract, reason: str, by: int) -> None:
    """Cancel what waits, and let the student owe the year again. Telling it twice changes nothing.

    A refund that is at the bank or paid stays what it is: the plan then asks for that money again. One in
    an order that nobody released is cancelled: such an order can then only be withdrawn. With the contract
    fall its amendments and whose place it took, told as one. An amendment that falls leaves the funding of
    the contract it was to amend, and a contract that was to follow a broken one leaves that one's, and its
    company's bill: nothing is taken back after a break (Code du travail L6222-18-2).
    """
    with transaction():
        held = Refund.hold_all(queries.stoppable_ids(contract.enrolment_id))
        Enrolment.hold(contract.enrolment_id)
        if has_fallen(contract):
            return
        stands, fallen = contracts.stands_after(contract), contracts.fallen_with(contract)
        ground = ground_of(stands, but=fallen) if stands else None
        terms, source = _terms_of(ground), f"contract:{contract.id}:{FELL}"
        stopped = _stop(held, fallen, terms, reason, by)
        employer = queries.employer_of(ground.contract if ground else contract)
        fees.apply_funding(contract.enrolment_id, terms=terms, employer=employer, source=source)
        withdraw_from_debtors([one for one in held if one.company_payer_id], by)
        audit.record(
            "fees:funding-ended",
            subject=f"enrolment:{contract.enrolment_id}",
            actor_id=by,
            detail=", ".join(f"contract:{id}" for id in sorted(fallen)),
        )
        if stands and ground and _comes_back_again(stands, ground, fallen, stopped):
            propose_what_comes_back(stands, source, terms, ground.policy, by)


def _stop(
    held: Sequence[Refund], fallen: set[int], terms: fees.Terms, reason: str, by: int
) -> list[Refund]:
    """Cancel the refunds of what fell; the others to the family that had to be cancelled then, too."""
    family = [one for one in held if one.company_payer_id is None]
    for refund in family:
        if refund.contract_id in fallen:
            withdraw(refund, reason, by)
    others = [one for one in family if one.contract_id not in fallen]
    return withdraw_above(others, terms, reason, by)


def _terms_of(ground: Ground | None) -> fees.Terms:
    if ground is None:
        return fees.Terms(Cents(0), "student")
    return queries.terms_under(ground.policy, ground.contract)


def _comes_back_again(
    stands: Contract, ground: Ground, fallen: set[int], stopped: Sequence[Refund]
) -> bool:
    """Whether money is a credit once more that a refund was stopped for, now or when the fallen contract came.

    Or that the funder's answer about the contract that stands would have given back, had the fallen one not
    counted then. What somebody refused since is not proposed again.
    """
    credit = fees.position_of(stands.enrolment_id).credit
    if credit <= sum(queries.promised(stands.enrolment_id).values()):
        return False
    if stopped:
        return True
    mine = Refund.select().where(Refund.contract.in_(ground.family))
    newest = mine.order_by(Refund.id.desc()).first()
    if newest is None:
        return stands.state in FUNDER_PAYS
    if newest.state == RefundState.REFUSED:
        return False
    return newest.state == RefundState.CANCELLED or contracts.answered_meanwhile(stands, fallen)
