"""What accepting a contract would do, worked out by the rules of the real refund."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from portal import contracts, fees
from portal.contracts import Contract, MoneyEffect
from portal.kernel.money import Cents
from portal.refunds.queries.standing import Simulation, simulate


def brought_by(contract: Contract, funded: Cents) -> Cents:
    """What funders bring. The contract after broken ones never asks for tuition that was funded before.

    Where new tuition was asked for after a break, later contracts pay for it beside what earlier ones paid.
    """
    return _beside(list(_broken_before(contract)), funded, contract.ended_on)


def _beside(broken: list[Contract], funded: Cents, ended_on: date | None) -> Cents:
    """`funded` by a contract that ended then, if it has, beside what the `broken` ones before it paid."""
    if not broken:
        return funded
    anew = fees.asked_anew_on(broken[0].enrolment_id)
    most: dict[int, int] = {}
    for cents, end in [
        (funded, ended_on),
        *((one.funded_cents or 0, one.ended_on) for one in broken),
    ]:
        times = sum(
            end is None or day < end for day in anew
        )  # that new tuition had been asked for by then
        most[times] = max(most.get(times, 0), cents)
    return Cents(sum(most.values()))


def began_on(contract: Contract) -> date:
    """The first day that it pays for: that of the first of the broken contracts before it."""
    return min([contract.starts_on, *(one.starts_on for one in _broken_before(contract))])


def first_days(several: Iterable[Contract]) -> dict[int, date]:
    """As `began_on`, of all the contracts of some enrolments by their ids; no query."""
    known = {one.id: one for one in several}
    return {
        one.id: min(
            [one.starts_on, *(old.starts_on for old in _broken_before(one, known.__getitem__))]
        )
        for one in known.values()
    }


def _broken_before(
    contract: Contract, find: Callable[[int], Contract] = Contract.find
) -> Iterator[Contract]:
    """The broken contracts that it comes after, newest first; an amendment stands where its contract stands."""
    while True:
        while contract.amends_id is not None:
            contract = find(contract.amends_id)
        if contract.follows_id is None:
            return
        contract = find(contract.follows_id)
        yield contract


def imagine(enrolment_id: int, *, starts_on: date, funded: Cents) -> Simulation:
    """What a contract would do that the student would declare today: after a broken one it follows that one."""
    if broken := contracts.last_broken(enrolment_id):
        starts_on = min(starts_on, began_on(broken))
        funded = _beside([broken, *_broken_before(broken)], funded, None)
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
