"""The school's queue: lists by state, the earliest deadline first, as quick among twenty thousand as among fifty."""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, NamedTuple

from peewee import Select, Value, fn

from portal.contracts.models import Company, Contract
from portal.contracts.queries.rows import contracts, with_papers
from portal.contracts.rules import BINDING, ContractState
from portal.kernel.db import database
from portal.kernel.text import fold
from portal.programme import Enrolment, Student

PER_PAGE = 50
#: Beyond this many, a list says “more than”: nobody reads the figure, and counting it would cost.
MOST_COUNTED = 500
TABS = {
    "to-review": (ContractState.SUBMITTED, ContractState.CHECKED),
    "missing": (ContractState.DRAFT, ContractState.INCOMPLETE),
    "returned": (ContractState.CHANGES_REQUESTED,),
    "accepted": BINDING,
    "all": tuple(ContractState),
}


class Place(NamedTuple):
    """Where a page of the queue ended: the last row's deadline (None for rows without one) and its id."""

    due_on: date | None
    id: int

    @property
    def address(self) -> str:
        """As it stands in an address: 2026-11-30.17, or .17 without a deadline."""
        return f"{self.due_on.isoformat() if self.due_on else ''}.{self.id}"


START = Place(date.min, 0)


@dataclass(frozen=True)
class Wanted:
    """Which contracts somebody looks for. `state` narrows the tab to one of its states."""

    tab: str = "to-review"
    kind: str = ""
    state: str = ""
    search: str = ""

    @property
    def narrowed(self) -> bool:
        return self != Wanted(self.tab)

    @property
    def states(self) -> tuple[ContractState, ...]:
        return tuple(one for one in TABS[self.tab] if self.state in ("", one))


class Page(NamedTuple):
    """Contracts of a page; `next` is where the following one begins, None on the last."""

    contracts: list[Contract]
    next: Place | None


class Count(NamedTuple):
    """How many contracts there are; `more`: these are only the first ones."""

    number: int
    more: bool

    def __str__(self) -> str:
        return f"{self.number}+" if self.more else str(self.number)


def queue(wanted: Wanted, *, after: Place = START) -> Page:
    """One page of a list with `papers`, the earliest deadline first, those without one last; three queries."""
    ids = _ids(wanted, after, PER_PAGE + 1)
    rows = {row.id: row for row in contracts().where(Contract.id.in_(ids[:PER_PAGE] or [0]))}
    found = with_papers([rows[id] for id in ids[:PER_PAGE] if id in rows])
    last = Place(found[-1].due_on, found[-1].id) if found and len(ids) > PER_PAGE else None
    return Page(found, last)


def next_to_review(after: int) -> int | None:
    """The id of the contract to check next, once the one with id `after` is done with; two queries."""
    here = Contract.get_or_none(Contract.id == after)
    later = Place(here.due_on, here.id) if here else START
    for place in (later, START):
        for found in _ids(Wanted(), place, 2):
            if found != after:
                return found
    return None


def counts() -> dict[str, Count]:
    """How many contracts each tab of the queue holds; one query that reads at most 501 rows of a state."""
    rows: Any = reduce(lambda left, right: left.union_all(right), map(_counted, ContractState))
    many = {state: int(count) for state, count in rows.bind(database).tuples()}
    sums = {tab: sum(many.get(state, 0) for state in states) for tab, states in TABS.items()}
    return {
        tab: Count(min(count, MOST_COUNTED), count > MOST_COUNTED) for tab, count in sums.items()
    }


def _ids(wanted: Wanted, after: Place, most: int) -> list[int]:
    """At most `most` ids behind `after`. Each state is read along the index (state, due_on, id) and stops there."""
    if not wanted.states:
        return []
    parts = [_dated(wanted, state, after, most) for state in wanted.states if after.due_on]
    parts += [_undated(wanted, state, after, most) for state in wanted.states]
    together: Any = reduce(lambda left, right: left.union_all(right), parts)
    some = together.alias("some")
    ordered = (
        Select([some], [some.c.id])
        .order_by(some.c.late, some.c.due_on, some.c.id)
        .limit(most)
        .bind(database)
    )
    return [int(id) for (id,) in ordered.tuples()]


def _dated(wanted: Wanted, state: ContractState, after: Place, most: int) -> Any:
    place = (Contract.due_on >= after.due_on) & (
        (Contract.due_on > after.due_on) | (Contract.id > after.id)
    )
    return _part(wanted, state, place, (Contract.due_on, Contract.id), most, late=0)


def _undated(wanted: Wanted, state: ContractState, after: Place, most: int) -> Any:
    place = Contract.due_on.is_null() & (Contract.id > (0 if after.due_on else after.id))
    return _part(wanted, state, place, (Contract.id,), most, late=1)


def _part(
    wanted: Wanted, state: ContractState, place: Any, order: tuple, most: int, *, late: int
) -> Any:
    one = (
        Contract.select(Contract.id, Contract.due_on, Value(late).alias("late"))
        .where((Contract.state == state) & place & _narrow(wanted))
        .order_by(*order)
        .limit(most)
        .alias(f"some_{state}_{late}")
    )
    return Select([one], [one.c.id, one.c.due_on, one.c.late])


def _narrow(wanted: Wanted) -> Any:
    condition: Any = Contract.id > 0
    if wanted.kind:
        condition &= Contract.kind == wanted.kind
    if wanted.search:
        pupils = (
            Enrolment.select(Enrolment.id)
            .join(Student)
            .where(Student.folded.contains(fold(wanted.search)))
        )
        firms = Company.select(Company.id).where(
            Company.name.contains(wanted.search) | (Company.siret == wanted.search.replace(" ", ""))
        )
        condition &= Contract.enrolment.in_(pupils) | Contract.company.in_(firms)
    return condition


def _counted(state: ContractState) -> Any:
    some = (
        Contract.select(Contract.state)
        .where(Contract.state == state)
        .limit(MOST_COUNTED + 1)
        .alias(f"some_{state}")
    )
    return Select([some], [Value(state.value), fn.COUNT(some.c.state)])
