"""What accepting a contract would do, worked out by the rules of the real refund."""

from collections.abc import Iterator
from datetime import date

from portal import contracts
from portal.contracts import Contract, MoneyEffect
from portal.kernel.money import Cents
from portal.refunds.queries.standing import Simulation, simulate


def brought_by(contract: Contract, funded: Cents) -> Cents:
    """What funders bring. The contract after broken ones never asks for tuition that was funded before."""
    return Cents(max(funded, *(one.funded_cents or 0 for one in _broken_before(contract)), 0))


def began_on(contract: Contract) -> date:
    """The first day that it pays for: that of the first of the broken contracts before it."""
    return min([contract.starts_on, *(one.starts_on for one in _broken_before(contract))])


def _broken_before(contract: Contract) -> Iterator[Contract]:
    """The broken contracts that it comes after, newest first; an amendment stands where its contract stands."""
    while True:
        while contract.amends is not None:
            contract = contract.amends
        if contract.follows is None:
            return
        contract = contract.follows
        yield contract


def imagine(enrolment_id: int, *, starts_on: date, funded: Cents) -> Simulation:
    """What a contract would do that the student would declare today: after a broken one it follows that one."""
    if broken := contracts.last_broken(enrolment_id):
        starts_on = min(starts_on, began_on(broken))
        funded = brought_by(broken, Cents(max(funded, broken.funded_cents or 0)))
    return simulate(enrolment_id, starts_on=starts_on, funded=funded)


def effect_of(contract: Contract, funded: Cents) -> MoneyEffect:
    """What follows when the school accepts `contract` with `funded` cents. Nothing is written."""
    seen = simulate(
        contract.enrolment_id,
        starts_on=began_on(contract),
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
