"""The inbox: lists by state, filtered, as quick among a hundred thousand refunds as among fifty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import add, and_
from typing import Any, NamedTuple

from peewee import Select, Value, fn

from portal.contracts import Company
from portal.fees import Payer
from portal.kernel import clock
from portal.kernel.db import database
from portal.kernel.money import Cents
from portal.kernel.text import fold
from portal.programme import Enrolment, Student
from portal.refunds.models import Refund
from portal.refunds.queries.rows import Row, listed, summed, with_accounts
from portal.refunds.rules import TABS, RefundState

PER_PAGE = 50
#: Beyond this many, a list says “more than”: nobody reads the figure, and counting it would cost.
MOST_COUNTED = 1000
#: No decision, however many refunds it is about, is written longer than that.
LONGEST_DECISION = timedelta(minutes=1)
OLDEST_FIRST = ("to-approve", "waiting", "to-pay")


@dataclass(frozen=True)
class Wanted:
    """Which refunds a person wants to see; amounts in cents, age in days since the proposal."""

    tab: str = "to-approve"
    search: str = ""
    older_than: int | None = None
    least: Cents | None = None
    most: Cents | None = None
    cohort_ids: frozenset[int] | None = None

    @property
    def narrowed(self) -> bool:
        return self != Wanted(self.tab)


class Heap(NamedTuple):
    """How many refunds there are of a kind, and how many cents in all; `more`: these are only the first ones."""

    refunds: int
    cents: int
    more: bool = False


class Changes(NamedTuple):
    """Rows on screen that changed since a moment; the moment and the versions to ask from the next time."""

    rows: list[Row]
    newest: datetime
    shown: dict[int, int]


def rows(wanted: Wanted, *, page: int = 1) -> tuple[list[Row], bool]:
    """One page of a list, longest waiting first (decided ones: newest first), and whether there are more."""
    start, stop = (page - 1) * PER_PAGE, page * PER_PAGE + 1
    if wanted.narrowed:
        found = list(_narrowed(wanted).limit(PER_PAGE + 1).offset(start))
    else:
        ids = _ids(wanted.tab, stop)[start:stop]
        found = list(_ordered(listed().where(Refund.id.in_(ids)), wanted.tab)) if ids else []
    shown = [Row(*facts) for facts in found[:PER_PAGE]]
    return with_accounts(shown), len(found) > PER_PAGE


def matching(wanted: Wanted) -> Any:
    """The query of a whole list; its tuples fit `Row`."""
    return _narrowed(wanted)


def heaps() -> dict[str, Heap]:
    """Number and sum of each list of the inbox; one query that reads at most a thousand rows of a state.

    The sum of what waits for an approval is what is still to leave the bank.
    """
    counts: Any = reduce(lambda left, right: left.union_all(right), map(_counted, RefundState))
    by_state = {
        state: Heap(min(int(count), MOST_COUNTED), int(cents or 0), int(count) > MOST_COUNTED)
        for state, count, cents in counts.bind(database).tuples()
    }
    return {tab: _together([by_state[state] for state in states]) for tab, states in TABS.items()}


def newest_change() -> datetime | None:
    """When any refund last changed; one look into an index."""
    return Refund.select(fn.MAX(Refund.changed_at)).scalar()


def changes_since(moment: datetime, shown: Mapping[int, int]) -> Changes | None:
    """Which of the refunds on screen, versions by id, changed; None, for one query, when none has of late.

    A change bears the instant at which its decision began: a long one is seen after shorter ones that began later.
    """
    newest = newest_change()
    if newest is None or (newest <= moment and clock.now() - newest > LONGEST_DECISION):
        return None
    found = [
        Row(*facts) for facts in listed().where(Refund.id.in_(list(shown))).order_by(Refund.id)
    ]
    changed = with_accounts([row for row in found if row.version != shown[row.id]])
    if not changed and newest <= moment:
        return None
    seen = dict(shown) | {row.id: row.version for row in changed}
    return Changes(changed, max(newest, moment), seen)


def _ids(tab: str, stop: int) -> list[int]:
    """The first `stop` ids of a list. Each state is read along its own index and stops there."""
    if tab == "all":
        return [one.id for one in Refund.select(Refund.id).order_by(Refund.id.desc()).limit(stop)]
    oldest_first = tab in OLDEST_FIRST
    order = Refund.id.asc() if oldest_first else Refund.id.desc()
    some = [
        one.id
        for state in TABS[tab]
        for one in Refund.select(Refund.id).where(Refund.state == state).order_by(order).limit(stop)
    ]
    return sorted(some, reverse=not oldest_first)[:stop]


def _narrowed(wanted: Wanted) -> Any:
    conditions = [Refund.state.in_(TABS[wanted.tab])]
    if wanted.search:
        company = Company.name.contains(wanted.search) | Payer.name.contains(wanted.search)
        found = Student.folded.contains(fold(wanted.search)) | company
        conditions.append(found | (Refund.number == wanted.search.strip().upper()))
    if wanted.older_than is not None:
        conditions.append(Refund.proposed_at <= clock.now() - timedelta(days=wanted.older_than))
    if wanted.least is not None:
        conditions.append(Refund.amount_cents >= wanted.least)
    if wanted.most is not None:
        conditions.append(Refund.amount_cents <= wanted.most)
    if wanted.cohort_ids is not None:
        conditions.append(Enrolment.cohort.in_(wanted.cohort_ids))
    return _ordered(listed().where(reduce(and_, conditions)), wanted.tab)


def _ordered(query: Any, tab: str) -> Any:
    return query.order_by(Refund.id if tab in OLDEST_FIRST else Refund.id.desc())


def _counted(state: RefundState) -> Any:
    some = (
        Refund.select(Refund.state, summed(state).alias("cents"))
        .where(Refund.state == state)
        .limit(MOST_COUNTED + 1)
        .alias(f"some_{state}")
    )
    return Select([some], [Value(state.value), fn.COUNT(some.c.state), fn.SUM(some.c.cents)])


def _together(parts: list[Heap]) -> Heap:
    return Heap(
        reduce(add, (part.refunds for part in parts)),
        reduce(add, (part.cents for part in parts)),
        any(part.more for part in parts),
    )
