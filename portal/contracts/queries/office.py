"""What the school reads: the queue, its counts, the names of all papers."""

from math import ceil
from typing import Any, NamedTuple

from peewee import fn

from portal.contracts.models import Contract, ContractDocument
from portal.contracts.queries.rows import contracts, one, with_papers
from portal.contracts.rules import BINDING, ContractState

PAGE = 50
TABS = {
    "to-review": (ContractState.SUBMITTED, ContractState.CHECKED),
    "returned": (ContractState.CHANGES_REQUESTED,),
    "accepted": BINDING,
    "all": tuple(ContractState),
}


class Page(NamedTuple):
    """Contracts `first` to `last` of `total`, on page `number` of `pages`."""

    contracts: list[Contract]
    number: int
    pages: int
    first: int
    last: int
    total: int


def review(contract_id: int) -> Contract:
    """The contract as staff see it in the queue, or `Missing`; two queries."""
    return one(Contract.id == contract_id)


def waiting_count() -> int:
    """How many contracts the school has to check; one query."""
    return Contract.select().where(Contract.state == ContractState.SUBMITTED).count()


def counts() -> dict[str, int]:
    """How many contracts each tab of the queue holds; one query."""
    rows: Any = Contract.select(Contract.state, fn.COUNT(Contract.id)).group_by(Contract.state)
    many = {state: int(count) for state, count in rows.tuples()}
    return {tab: sum(many.get(state, 0) for state in states) for tab, states in TABS.items()}


def queue(tab: str, number: int, total: int) -> Page:
    """One page of a tab, longest waiting first, with `papers`; two queries. `total` comes from `counts`."""
    pages = max(1, ceil(total / PAGE))
    number = min(max(1, number), pages)
    rows = (
        contracts()
        .where(Contract.state.in_(TABS[tab]))
        .order_by(
            Contract.submitted_at.is_null(),
            Contract.submitted_at,
            Contract.declared_at,
            Contract.id,
        )
        .paginate(number, PAGE)
    )
    first = (number - 1) * PAGE
    found = with_papers(list(rows))
    return Page(found, number, pages, first + 1 if found else 0, first + len(found), total)


def document_names() -> set[str]:
    """The names in storage of every contract document; one query."""
    return {row.name for row in ContractDocument.select(ContractDocument.name)}
