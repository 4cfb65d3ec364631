"""What accepting a contract would do, worked out by the rules of the real refund."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from portal import contracts, fees
from portal.contracts import Contract, MoneyEffect
from portal.kernel.money import Cents
from portal.refunds.queries.standing import Simulation, simulate, terms_of


def brought_by(contract: Contract, funded: Cents) -> Cents | None:
    """What funders bring of what is asked. The contract after broken ones never asks for tuition that was funded before.

    Once new tuition was asked for after a break, all before is settled: None for a contract of that time.
    """
    since = fees.sources_since_anew(contract.enrolment_id)
    return _most(funded, _broken_before(contract), since) if _counts(contract, since) else None


def terms_under(policy: fees.MoneyPolicy, contract: Contract) -> fees.Terms:
    """What `contract` takes over under `policy` with what its funder pays."""
    funded = brought_by(contract, Cents(contract.funded_cents or 0))
    return terms_of(policy, contract.enrolment_id, began_on(contract), funded)


def employer_of(contract: Contract) -> fees.Employer:
    """Whom a contract bills what its funder does not pay."""
    return fees.Employer(contract.company.siret, contract.company.name)


def _most(funded: Cents, broken: Iterable[Contract], since: set[str] | None) -> Cents:
    paid = [one.funded_cents or 0 for one in broken if _counts(one, since)]
    return Cents(max([funded, *paid]))


def _counts(contract: Contract, since: set[str] | None) -> bool:
    """Whether it pays for what is asked now: `since` is what the ledger knows since new tuition was asked for."""
    if since is None or contract.state not in contracts.OVER:
        return True
    return any(source.startswith(f"contract:{contract.id}.") for source in since)


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
        since = fees.sources_since_anew(enrolment_id)
        funded = _most(funded, [broken, *_broken_before(broken)], since)
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
        billed=seen.preview.billed,
    )
