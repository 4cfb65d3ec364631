from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from portal.fees.rules.plan import LineKind
from portal.kernel.money import Cents

NOTHING = Cents(0)


class LineState(StrEnum):
    """`DUE` is the next line to pay, `TO_COME` are those after it. A late line stays late until it is all paid."""

    PAID = "paid"
    PART_PAID = "part_paid"
    DUE = "due"
    TO_COME = "to_come"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"


OPEN = (LineState.PART_PAID, LineState.DUE, LineState.TO_COME, LineState.OVERDUE)


@dataclass(frozen=True)
class Line:
    """A line of a plan and, once `stand` has looked at it, how it stands.

    `settled` is the part of `cents` that is paid for; `days` separate today from the due date, in
    either direction; `ordinal` counts the lines of one kind, as in “Instalment 3”.
    """

    id: int
    position: int
    kind: LineKind
    due_on: date
    cents: Cents
    cancelled_on: date | None = None
    cancelled_by: str = ""
    settled: Cents = NOTHING
    state: LineState = LineState.TO_COME
    days: int = 0
    ordinal: int = 0

    @property
    def cancelled(self) -> bool:
        return self.cancelled_on is not None

    @property
    def rest(self) -> Cents:
        """What this line still asks for."""
        return Cents(0 if self.cancelled else self.cents - self.settled)

    @property
    def open(self) -> bool:
        return self.state in OPEN


def stand(lines: Iterable[Line], owes: Cents, today: date) -> list[Line]:
    """Each line, oldest due first, with what settles it and its state on `today`.

    What is settled follows from what the ledger says is owed and not from receipts: money given
    back, funded, or paid for a line cancelled since must never settle a second line.
    """
    ordered = sorted(lines, key=lambda line: (line.due_on, line.position))
    left = max(0, _asked(ordered) - max(0, owes))
    standing: list[Line] = []
    for line in ordered:
        settled = 0 if line.cancelled else min(left, line.cents)
        left -= settled
        standing.append(_stood(line, Cents(settled), standing, today))
    return _numbered(standing)


@dataclass(frozen=True)
class ToPay:
    """What to send now: everything late, else what the next line still asks for."""

    cents: Cents
    due_on: date
    days: int
    late: bool


def to_pay(lines: Iterable[Line]) -> ToPay | None:
    """None when nothing is left to pay. `days` late, or before it is due; of several late lines the oldest counts."""
    standing = list(lines)
    late = [line for line in standing if line.state == LineState.OVERDUE]
    asked = late or [line for line in standing if line.open][:1]
    if not asked:
        return None
    cents = Cents(sum(line.rest for line in asked))
    return ToPay(cents, asked[0].due_on, asked[0].days, bool(late))


def missing_from(lines: Iterable[Line], owes: Cents) -> Cents:
    """What is owed and no line asks for."""
    return Cents(max(0, owes - _asked(lines)))


def _asked(lines: Iterable[Line]) -> int:
    return sum(line.cents for line in lines if not line.cancelled)


def _stood(line: Line, settled: Cents, before: Sequence[Line], today: date) -> Line:
    state = _state(line, settled, before, today)
    return replace(line, settled=settled, state=state, days=abs((line.due_on - today).days))


def _state(line: Line, settled: Cents, before: Sequence[Line], today: date) -> LineState:
    if line.cancelled:
        return LineState.CANCELLED
    if settled == line.cents:
        return LineState.PAID
    if line.due_on < today:
        return LineState.OVERDUE
    if settled:
        return LineState.PART_PAID
    a_nearer_one = any(one.state in (LineState.DUE, LineState.PART_PAID) for one in before)
    return LineState.TO_COME if a_nearer_one else LineState.DUE


def _numbered(lines: Sequence[Line]) -> list[Line]:
    """Instalments keep their number when some are cancelled; re-spread lines are counted among the living."""
    seen: Counter[tuple[LineKind, bool]] = Counter()
    numbered = []
    for line in lines:
        group = (line.kind, line.cancelled and line.kind == LineKind.REMAINDER)
        seen[group] += 1
        numbered.append(replace(line, ordinal=seen[group]))
    return numbered
