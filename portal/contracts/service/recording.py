"""The school writes down what a contract form says, or what somebody reads on a scan."""

from collections.abc import Mapping
from dataclasses import asdict

from portal import audit
from portal.contracts.models import Company, Contract
from portal.contracts.rules import (
    ContractState,
    Establishment,
    Particulars,
    check_dates,
    check_may_be_recorded,
    due_on,
)
from portal.contracts.service.events import tell_new_name
from portal.contracts.service.moving import situation_of
from portal.kernel.db import transaction
from portal.kernel.errors import Stale


def record(
    contract_id: int, *, facts: Particulars, company: Establishment, version: int, by: int
) -> None:
    """Write contract and company down as said. What stands so already stays: the same again has no effect.

    `NotPossible` once the contract is over, and for its days once the school has accepted it.
    """
    with transaction():
        contract = Contract.hold(contract_id)
        employer = Company.hold(contract.company_id)
        check_dates(facts.starts_on, facts.ends_on)
        said, told = _changes(contract, asdict(facts)), _changes(employer, asdict(company))
        if not said and not told:
            return
        check_may_be_recorded(
            contract.state, days_change=bool({"starts_on", "ends_on"} & set(said))
        )
        if contract.version != version:
            raise Stale("Somebody changed this contract while you were looking at it.")
        detail = _in_words(contract, said) + _in_words(employer, told)
        _write(contract, said)
        if told:
            tell_new_name(employer, str(told.get("name", employer.name)))
            Company.update(**told).where(Company.id == employer.id).execute()
        audit.record(
            "contract:recorded",
            subject=f"contract:{contract_id}",
            actor_id=by,
            detail=", ".join(detail),
        )


def _write(contract: Contract, said: Mapping[str, object]) -> None:
    for name, value in said.items():
        setattr(contract, name, value)
    due = due_on(ContractState(contract.state), situation_of(contract))
    columns = {**said, "due_on": due, "version": contract.version + 1}
    Contract.update(**columns).where(Contract.id == contract.id).execute()


def _changes(row: Contract | Company, said: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in said.items() if getattr(row, name) != value}


def _in_words(row: Contract | Company, said: Mapping[str, object]) -> list[str]:
    return [
        f"{name}: {_shown(getattr(row, name))} → {_shown(value)}" for name, value in said.items()
    ]


def _shown(value: object) -> str:
    return "–" if value in (None, "") else str(value)
