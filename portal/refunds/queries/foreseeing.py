"""What accepting a contract would do, worked out by the rules of the real refund."""

from portal.contracts import Contract, MoneyEffect
from portal.kernel.money import Cents
from portal.refunds.queries.standing import simulate


def brought_by(contract: Contract, funded: Cents) -> Cents:
    """What funders bring. The contract after a broken one never asks for tuition that was funded before."""
    if contract.follows is not None:
        return Cents(max(funded, contract.follows.funded_cents or 0))
    return funded


def effect_of(contract: Contract, funded: Cents) -> MoneyEffect:
    """What follows when the school accepts `contract` with `funded` cents. Nothing is written."""
    seen = simulate(
        contract.enrolment_id,
        starts_on=contract.starts_on,
        funded=brought_by(contract, funded),
    )
    return MoneyEffect(
        suspended=len(seen.preview.cancelled),
        refund=Cents(seen.calculation.refund),
        waits=seen.waits,
        approvals=seen.approvals,
        owes=Cents(max(0, seen.preview.owes)),
        billed=seen.preview.target.company_share,
    )
