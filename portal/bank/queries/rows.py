"""Lines as the bank page shows them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal import fees
from portal.bank.models import Allocation, BankLine
from portal.bank.queries.readings import Reading, may_undo, readings_of
from portal.identity import Person
from portal.kernel.money import Cents

Parts = list[tuple[fees.Brief, Cents]]


@dataclass(frozen=True)
class ReadingRow:
    """The `number`-th reading of a line (from 0): whose money, and when what it takes back had come."""

    number: int
    reading: Reading
    parts: Parts
    paid_on: date | None


@dataclass(frozen=True)
class LineRow:
    """One line as the list shows it, with its likeliest readings in words and amounts."""

    id: int
    version: int
    state: str
    what: str
    why: str
    booked_on: date
    cents: Cents
    name: str
    account: str
    remittance: str
    additional: str
    return_reason: str
    reason: str
    automatic: bool
    decided_by: str
    decided_at: datetime | None
    can_undo: bool
    readings: list[ReadingRow] = field(default_factory=list)
    parts: Parts = field(default_factory=list)

    @property
    def first(self) -> ReadingRow | None:
        return self.readings[0] if self.readings else None


def rows_of(found: list[BankLine]) -> list[LineRow]:
    """Lines with the payers and payments their readings name; a few queries for all of them."""
    readings = {line.id: readings_of(line) for line in found}
    parts = _parts([line.id for line in found])
    taken = [one.payment_id for some in readings.values() for one in some]
    taken += [line.reversed_payment_id for line in found]
    paid = fees.paid_before({key for key in taken if key is not None})
    for line in found:
        if back := paid.get(line.reversed_payment_id or 0):
            parts[line.id] = [(back.payer_id, back.cents)]
    people = {payer_id for some in readings.values() for one in some for payer_id in one.parts}
    people |= {payer_id for some in parts.values() for payer_id, _ in some}
    people |= {one.payer_id for one in paid.values()}
    briefs = fees.briefs(people)
    names = _names([line.decided_by_id for line in found])
    return [
        _row(
            line,
            [_reading(number, one, paid, briefs) for number, one in enumerate(readings[line.id])],
            [(briefs[payer_id], cents) for payer_id, cents in parts[line.id]],
            names,
        )
        for line in found
    ]


def _reading(
    number: int, one: Reading, paid: dict[int, fees.PaidBefore], briefs: dict[int, fees.Brief]
) -> ReadingRow:
    back = paid.get(one.payment_id or 0)
    parts = {back.payer_id: back.cents} if back else one.parts
    return ReadingRow(
        number,
        one,
        [(briefs[payer_id], cents) for payer_id, cents in parts.items()],
        back.received_on if back else None,
    )


def _row(
    line: Any,
    readings: list[ReadingRow],
    parts: Parts,
    names: dict[int, str],
) -> LineRow:
    return LineRow(
        id=line.id,
        version=line.version,
        state=line.state,
        what=line.what,
        why=line.why,
        booked_on=line.booked_on,
        cents=line.amount_cents,
        name=line.name,
        account=fees.masked(line.iban),
        remittance=line.remittance,
        additional=line.additional,
        return_reason=line.return_reason,
        reason=line.reason,
        automatic=bool(line.automatic),
        decided_by=names.get(line.decided_by_id, ""),
        decided_at=line.decided_at,
        can_undo=may_undo(line),
        readings=readings,
        parts=parts,
    )


def _parts(line_ids: list[int]) -> dict[int, list[tuple[int, Cents]]]:
    found: dict[int, list[tuple[int, Cents]]] = defaultdict(list)
    rows: Any = (
        Allocation.select(Allocation.line, Allocation.payer, Allocation.amount_cents)
        .where(Allocation.line.in_(line_ids) & Allocation.undone_at.is_null())
        .order_by(Allocation.id)
        .tuples()
    )
    for line_id, payer_id, cents in rows:
        found[line_id].append((payer_id, cents))
    return found


def _names(person_ids: list[int | None]) -> dict[int, str]:
    wanted = {key for key in person_ids if key}
    if not wanted:
        return {}
    return {person.id: person.name for person in Person.select().where(Person.id.in_(wanted))}
