"""What the school reads about funding bodies: who has which contract, what is late, which agreement is whose."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from portal.contracts.models import BranchCorrection, Contract
from portal.contracts.queries.crosscheck import known_by_form
from portal.contracts.queries.reading import decided_by_silence
from portal.contracts.queries.rows import contracts
from portal.contracts.rules import (
    TABLE,
    ContractKind,
    ContractState,
    Need,
    flat_share,
    opco_for,
)
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import streamed
from portal.kernel.errors import Missing
from portal.kernel.money import Cents

#: Contracts an OPCO has or should have, and what the list calls each group.
GROUPS = {
    "to-send": (ContractState.SIGNED, ContractState.INCOMPLETE),
    "waiting": (ContractState.TRANSMITTED,),
    "refused": (ContractState.REFUSED, ContractState.IMPLICIT_REFUSAL),
    "accepted": (ContractState.ACCEPTED, ContractState.IMPLICIT_ACCEPTANCE, ContractState.ACTIVE),
}
MOST_FILINGS = 200


class Filing(NamedTuple):
    """What the page about one contract and its OPCO starts from."""

    opco: str
    employer_share: Cents


def with_funder(group: str) -> list[Contract]:
    """At most 200 contracts of a group, the earliest deadline first; one query."""
    return list(
        contracts()
        .where(Contract.state.in_(GROUPS[group]))
        .order_by(Contract.due_on.is_null(), Contract.due_on, Contract.id)
        .limit(MOST_FILINGS)
    )


def to_export(group: str) -> Iterator[Contract]:
    """Every contract of a group, one after the other; one query. `Missing` for an unknown group."""
    if group not in GROUPS:
        raise Missing("There is no such list.")
    rows = contracts().where(Contract.state.in_(GROUPS[group]))
    return streamed(rows.order_by(Contract.due_on, Contract.id))


def suggested(contract: Contract) -> Filing:
    """The OPCO of the company's agreement, or of the form's, and the employer's flat share; two queries."""
    idcc = contract.company.idcc or str(known_by_form(contract).get("idcc", ""))
    after_break = contract.follows_id is not None
    concluded = contract.concluded_on or contract.starts_on
    return Filing(
        contract.opco or opco_for(idcc, corrections()),
        flat_share(ContractKind(contract.kind), concluded, after_break=after_break),
    )


def corrections() -> dict[str, str]:
    """What staff know better than the list, by agreement; one query."""
    return {row.idcc: row.opco for row in BranchCorrection.select()}


def corrected() -> list[BranchCorrection]:
    """The corrections with who made them, by agreement; one query."""
    return list(
        BranchCorrection.select(BranchCorrection, Person)
        .join(Person)
        .order_by(BranchCorrection.idcc)
    )


def late_count() -> int:
    """Contracts whose legal day has passed while the school or the OPCO should have acted; one query."""
    states = (*GROUPS["to-send"], *GROUPS["waiting"])
    late: Any = Contract.state.in_(states) & (Contract.due_on < clock.today())
    return Contract.select().where(late).count()


def next_steps(contract: Contract) -> list[str]:
    """What may be written down about the funder now, by the table of transitions; one query at most."""
    steps = {
        "transmit": ContractState.TRANSMITTED,
        "incomplete": ContractState.INCOMPLETE,
        "accepted": ContractState.ACCEPTED,
        "refused": ContractState.REFUSED,
    }
    lines = {name: TABLE.get((ContractState(contract.state), to)) for name, to in steps.items()}
    spoken = not decided_by_silence(contract)
    return [
        name
        for name, line in lines.items()
        if line
        and line.kind in (None, contract.kind)
        and not (spoken and Need.SILENT in line.needs)
    ]
