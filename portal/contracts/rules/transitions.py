"""Whether a contract may make a move of the table, and by when it must have made the next one."""

from dataclasses import dataclass
from datetime import date

from portal.contracts.rules.deadlines import answer_deadline, transmission_deadline
from portal.contracts.rules.life import ContractKind, ContractState
from portal.contracts.rules.table import TABLE, Actor, Need, Transition
from portal.contracts.rules.words import UNMOVABLE
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark
from portal.kernel.money import Cents

S = ContractState


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A contract as a move sees it. `on` is the legal day of the move, `today` the day it is recorded.

    `pending`: it amends a contract that still stands, and so has not begun itself. `silent`: the funder's
    silence decided about it.
    """

    kind: ContractKind
    today: date
    on: date
    starts_on: date
    ends_on: date
    complete_on: date | None = None
    funded: Cents | None = None
    reason: str = ""
    form_sent: bool = True
    pending: bool = False
    silent: bool = False
    blocks: tuple[str, ...] = ()

    @property
    def answer_due(self) -> date | None:
        """The last day of the funder's term; None while it has no complete file."""
        return answer_deadline(self.kind, self.complete_on).on if self.complete_on else None


def check_move(
    source: ContractState, target: ContractState, actor: Actor, situation: Situation
) -> Transition:
    """The table's line for this move; `NotPossible` says in words what forbids it."""
    line = TABLE.get((source, target))
    if line is None or actor not in line.actors or line.kind not in (None, situation.kind):
        raise NotPossible(UNMOVABLE[source])
    for need in line.needs:
        _check(need, situation)
    return line


def _check(need: Need, seen: Situation) -> None:
    if need == Need.NOTHING_BLOCKS and seen.blocks:
        raise NotPossible(seen.blocks[0])
    met = {
        Need.FORM: seen.form_sent,
        Need.NOTHING_BLOCKS: not seen.blocks,
        Need.MONEY: bool(seen.funded and seen.funded > 0),
        Need.REASON: bool(seen.reason.strip()),
        Need.NOT_BEGUN: seen.pending or seen.on < seen.starts_on,
        Need.BEGUN: not seen.pending and seen.on >= seen.starts_on,
        Need.NOT_OVER: seen.on < seen.ends_on,
        Need.OVER: seen.on > seen.ends_on,
        Need.SILENCE: seen.answer_due is not None and seen.today > seen.answer_due,
        Need.SILENT: seen.silent,
        Need.IN_TIME: seen.answer_due is not None and seen.on <= seen.answer_due,
    }
    if not met[need]:
        raise NotPossible(MISSING[need])


MISSING = {
    Need.FORM: mark("The contract form has not been sent yet."),
    Need.NOTHING_BLOCKS: mark("Something in the file must be corrected first."),
    Need.MONEY: mark("An accepted contract brings some money. Enter the amount."),
    Need.REASON: mark("Write the reason."),
    Need.NOT_BEGUN: mark("The contract has begun on that day."),
    Need.BEGUN: mark("The contract has not begun on that day."),
    Need.NOT_OVER: mark("The contract ends by itself on its last day."),
    Need.OVER: mark("The contract is not over yet."),
    Need.SILENCE: mark("The funder’s 20 days are not over."),
    Need.SILENT: mark("The OPCO has answered this file already."),
    Need.IN_TIME: mark("The funder answered after its 20 days: the silence has decided."),
}


def due_on(state: ContractState, seen: Situation) -> date | None:
    """The day by which something must have happened to a contract in `state`; None when nothing is awaited."""
    if state in (S.DRAFT, S.CHANGES_REQUESTED):
        return seen.starts_on
    if state in (S.SUBMITTED, S.CHECKED, S.SIGNED):
        return transmission_deadline(seen.kind, seen.starts_on).on
    if state == S.TRANSMITTED:
        return seen.answer_due
    return {
        S.ACCEPTED: seen.starts_on,
        S.IMPLICIT_ACCEPTANCE: seen.starts_on,
        S.ACTIVE: seen.ends_on,
    }.get(state)
