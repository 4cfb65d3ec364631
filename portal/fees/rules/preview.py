from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.fees.rules.accounts import FundingTarget, Position, funding_target
from portal.fees.rules.plan import PlanLine, respread
from portal.fees.rules.standing import Line
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


def preview_funding(
    before: Position, lines: Sequence[Line], terms: Terms, today: date, given_up: int = 0
) -> Preview:
    """Lines not yet paid in full fall; what is still owed is spread over the dates that are left.

    `given_up` are cents of approved refunds that the contract would stop: they are credit again.
    """
    target = funding_target(before.price, terms)
    taken_over = target.funded + target.company_share
    owes = Cents(before.owes + before.taken_over - taken_over - given_up)
    days = [line.due_on for line in lines if line.cancelled or line.open]
    added = respread(Cents(owes), days, today) if owes > 0 else []
    return Preview(before, target, [line for line in lines if line.open], added, owes)
