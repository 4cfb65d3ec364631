"""The funding body (OPCO): sent to it, incomplete for it, complete, answered."""

from collections.abc import Mapping
from datetime import date

from portal import audit
from portal.contracts import letters, queries
from portal.contracts.models import BranchCorrection, Contract
from portal.contracts.rules import Actor, ContractState, check_filing_day
from portal.contracts.service.events import decided_by_funder
from portal.contracts.service.holding import amended_by, hold_with_amended
from portal.contracts.service.moving import move
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents


def transmit(
    contract_id: int, *, on: date, opco: str, version: int, key: str, by: int, number: str = ""
) -> None:
    """The file went to the OPCO on day `on`, complete as far as the school knows: its 20 days run.

    Code du travail D6224-1 and D6325-1. Also after a refusal, and when an incomplete file was completed.
    `number` is the OPCO's deposit number, when it is known already. The same `key` again
    changes nothing, here and in every verb of this module; refusals as for `move`.
    """
    with transaction():
        contract = Contract.hold(contract_id)
        _check_day(contract, on, after=queries.last_move_on(contract_id))
        again = contract.state != ContractState.SIGNED
        _file(
            contract,
            ContractState.TRANSMITTED,
            {
                "opco": opco,
                "opco_number": number or contract.opco_number,
                "transmitted_on": contract.transmitted_on if again else on,
                "complete_on": on,
                "answered_on": None,
            },
            on=on,
            version=version,
            key=key,
            by=by,
        )


def ask_for_more(
    contract_id: int, *, on: date, reason: str, version: int, key: str, by: int
) -> None:
    """The OPCO calls the file incomplete: its term stops, student and company read what is missing."""
    with transaction():
        contract = Contract.hold(contract_id)
        _check_day(contract, on)
        if _file(
            contract,
            ContractState.INCOMPLETE,
            {"complete_on": None},
            on=on,
            reason=reason,
            version=version,
            key=key,
            by=by,
        ):
            letters.incomplete(contract, reason)


def note_acceptance(
    contract_id: int,
    *,
    on: date,
    number: str,
    funded: Cents,
    employer_share: Cents | None,
    version: int,
    key: str,
    by: int,
) -> None:
    """The OPCO accepted on day `on` under its deposit number. `funded` and the employer's share in cents."""
    with transaction():
        contract = hold_with_amended(contract_id)
        _check_day(contract, on)
        changed = funded != contract.funded_cents
        columns = {
            "answered_on": on,
            "opco_number": number,
            "funded_cents": funded,
            "employer_share_cents": employer_share,
        }
        target = ContractState.ACCEPTED
        if _file(contract, target, columns, on=on, version=version, key=key, by=by):
            accepted(contract, changed=changed, by=by)


def note_refusal(
    contract_id: int, *, on: date, reason: str, version: int, key: str, by: int
) -> None:
    """The OPCO refused on day `on`. The student owes nothing for it: who pays is for school and company to settle."""
    with transaction():
        contract = Contract.hold(contract_id)
        _check_day(contract, on)
        if _file(
            contract,
            ContractState.REFUSED,
            {"answered_on": on},
            on=on,
            reason=reason,
            version=version,
            key=key,
            by=by,
        ):
            letters.refused(contract, reason)


def accepted(contract: Contract, *, changed: bool, by: int | None) -> None:
    """What follows an acceptance, said or silent: letters, money, and the end of the contract it amends.

    Nobody decided a silent one: its money then follows who accepted the contract for the school.
    """
    decided_by_funder.tell(contract=contract, changed=changed, by=by or contract.decided_by_id)
    for amended in amended_by(contract):
        actor = Actor.SCHOOL if by else Actor.LAW
        move(amended, ContractState.SUPERSEDED, actor=actor, by=by)
    letters.accepted_by_funder(contract)


def _check_day(contract: Contract, on: date, *, after: date | None = None) -> None:
    check_filing_day(
        on,
        today=clock.today(),
        starts_on=contract.starts_on,
        sent_on=contract.complete_on or contract.transmitted_on,
        last_on=after if contract.state != ContractState.SIGNED else None,
    )


def _file(
    contract: Contract,
    target: ContractState,
    columns: Mapping[str, object],
    *,
    on: date,
    version: int,
    key: str,
    by: int,
    reason: str = "",
) -> bool:
    """Move the contract; False when this very click did it already, `NotPossible` when it told something else."""
    if contract.decision_key == key and contract.state == target:
        if any(getattr(contract, name) != told for name, told in columns.items()):
            raise NotPossible("This click was already used for another decision.")
        return False
    move(
        contract,
        target,
        actor=Actor.SCHOOL,
        by=by,
        version=version,
        on=on,
        reason=reason,
        detail=" ".join(filter(None, [on.isoformat(), reason])),
        facts={**columns, "decision_key": key},
    )
    return True


def correct_branch(idcc: str, opco: str, *, by: int) -> None:
    """From now on the agreement `idcc` (four digits) belongs to `opco`, whatever the list says."""
    with transaction():
        known = BranchCorrection.get_or_none(BranchCorrection.idcc == idcc)
        if known is not None and known.opco == opco:
            return
        BranchCorrection.insert(
            idcc=idcc, opco=opco, corrected_by=by, corrected_at=clock.now()
        ).on_conflict(
            conflict_target=[BranchCorrection.idcc],
            update={"opco": opco, "corrected_by": by, "corrected_at": clock.now()},
        ).execute()
        audit.record(
            "contract:branch-corrected", subject=f"agreement:{idcc}", actor_id=by, detail=opco
        )
