"""The only writer of a contract's state: whatever is decided elsewhere passes the table of transitions here."""

from collections.abc import Mapping
from datetime import date

from portal import audit
from portal.contracts import queries
from portal.contracts.models import Contract, ContractMove
from portal.contracts.rules import Actor, ContractKind, ContractState, Situation, check_move, due_on
from portal.kernel import clock
from portal.kernel.errors import Stale


def move(
    contract: Contract,
    target: ContractState,
    *,
    actor: Actor,
    by: int | None,
    version: int | None = None,
    on: date | None = None,
    reason: str = "",
    blocks: tuple[str, ...] = (),
    detail: str = "",
    facts: Mapping[str, object] | None = None,
) -> None:
    """Bring a held `contract` to `target` as the table allows, with `facts` written beside it.

    `on` is the legal day (today unless said), `version` what the person saw, `blocks` the sentences that
    forbid a check or a signature. The row gets its next due day, the history a line, the trail an entry;
    `contract` itself is updated too. `NotPossible` when the table says no, `Stale` when somebody was faster.
    """
    seen = contract.version if version is None else version
    source = ContractState(contract.state)
    columns = dict(facts or {})
    for name, value in columns.items():
        setattr(contract, name, value)
    situation = situation_of(contract, on=on, reason=reason, blocks=blocks)
    check_move(source, target, actor, situation)
    columns |= {"state": target, "due_on": due_on(target, situation), "version": seen + 1}
    known = (Contract.id == contract.id) & (Contract.version == seen) & (Contract.state == source)
    if not Contract.update(**columns).where(known).execute():
        raise Stale("A new version was sent while you were looking at it. Read it first.")
    for name, value in columns.items():
        setattr(contract, name, value)
    ContractMove.create(
        contract=contract, source=source, target=target, on=situation.on, reason=reason, by=by
    )
    audit.record(
        f"contract:{NAMES.get(target, target)}",
        subject=f"contract:{contract.id}",
        actor_id=by,
        detail=detail or reason,
    )


def situation_of(
    contract: Contract,
    *,
    on: date | None = None,
    reason: str = "",
    blocks: tuple[str, ...] = (),
) -> Situation:
    """A contract as the table's rules see it; one query, one more for an amendment and for one that runs."""
    today = clock.today()
    return Situation(
        kind=ContractKind(contract.kind),
        today=today,
        on=on or today,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        complete_on=contract.complete_on,
        funded=contract.funded_cents,
        reason=reason,
        form_sent=queries.form_sent(contract.id),
        pending=queries.pending(contract),
        silent=queries.decided_by_silence(contract),
        blocks=blocks,
    )


#: What a move is called in the trail where the word differs from the state it leads to.
NAMES = {
    ContractState.SUBMITTED: "sent",
    ContractState.CHANGES_REQUESTED: "returned",
    ContractState.SIGNED: "accepted",
    ContractState.ACCEPTED: "funder-accepted",
    ContractState.REFUSED: "funder-refused",
}
