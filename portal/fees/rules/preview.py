from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.fees.rules.accounts import Position
from portal.fees.rules.checks import suspended
from portal.fees.rules.funding import NOTHING_SETTLED, FundingTarget, Settled, funding_target
from portal.fees.rules.plan import PlanLine, respread
from portal.fees.rules.standing import Line, LineState, missing_from, stand
from portal.fees.rules.terms import Terms
from portal.kernel.money import Cents


@dataclass(frozen=True)
class Preview:
    """What a contract does to a plan: lines struck out, lines that follow, what is owed then (cents)."""

    before: Position
    target: FundingTarget
    cancelled: Sequence[Line]
    added: Sequence[PlanLine]
    owes: Cents
    settled: Settled = NOTHING_SETTLED

    @property
    def billed(self) -> Cents:
        """What the company of this contract is billed; bills from before new tuition was asked for are not its own."""
        return Cents(self.target.company_share - self.settled.company_share)


def preview_funding(
    before: Position,
    lines: Sequence[Line],
    terms: Terms,
    today: date,
    *,
    settled: Settled = NOTHING_SETTLED,
    given_up: int = 0,
) -> Preview:
    """Lines not yet paid in full fall; what is still owed is spread over the dates that are left.

    A plan that follows a contract and asks for exactly that already stays: it may have been agreed by hand. `given_up`
    are cents of approved refunds that the contract would stop: they are credit again.
    """
    target = funding_target(before.price, terms, settled)
    owed = Cents(before.owes - given_up)
    owes = Cents(owed + before.taken_over - target.funded - target.company_share)
    standing = stand(lines, owed, today)
    follows = before.taken_over or suspended(
        lines
    )  # The first contract suspends, whatever it pays.
    if follows and owes == owed and not missing_from(standing, owes):
        return Preview(before, target, [], [], owes, settled)
    struck = _struck(standing, owes, today)
    added = _added(standing, struck, owes, today)
    return Preview(before, target, struck, added, owes, settled)


def _struck(standing: Sequence[Line], owes: Cents, today: date) -> list[Line]:
    """What is open, and what was paid ahead and is to be paid again: new lines beside it would count as paid first."""
    again = {line.id for line in stand(standing, owes, today) if line.open and line.due_on >= today}
    return [line for line in standing if line.open or line.id in again]


def _added(
    standing: Sequence[Line], struck: Sequence[Line], owes: Cents, today: date
) -> list[PlanLine]:
    if owes <= 0:
        return []
    paid = [one.due_on for one in standing if one.state == LineState.PAID and one not in struck]
    days = [line.due_on for line in standing if line.cancelled or line in struck]
    return respread(owes, days, today, paid_until=max(paid, default=today))
