"""What happened on a contract's file: its moves, what people wrote, what a contact says the company is called."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from peewee import JOIN, SQL, Case, Value, fn

from portal.contracts.models import CompanyCorrection, Contract, ContractMessage, ContractMove
from portal.identity import Person

HERE = "here"


class Event(NamedTuple):
    """A move (`text` is its reason), a message, or a correction (`text` is the name, `more` the address).

    `on` is the legal day of a move; `by` is empty when the law did it. The `target` of a correction is `HERE`
    when it was written on this very contract and not on another one of the company.
    """

    what: str
    id: int
    at: datetime
    by_id: int | None
    by: str
    role: str
    text: str
    more: str
    target: str
    on: date | None


@dataclass(frozen=True)
class History:
    """Each in the order it happened; `correction` waits for the school."""

    moves: list[Event]
    messages: list[Event]
    correction: Event | None


def history(contract: Contract) -> History:
    """Everything on a contract's file; one query."""
    parts = _moves(contract).union_all(_messages(contract)).union_all(_corrections(contract))
    events = sorted((Event(*row) for row in parts.tuples()), key=lambda event: (event.at, event.id))
    of = {what: [event for event in events if event.what == what] for what in WHAT}
    return History(of["move"], of["message"], next(iter(of["correction"]), None))


WHAT = ("move", "message", "correction")


def _moves(contract: Contract) -> Any:
    move = ContractMove
    return (
        move.select(
            Value("move"), move.id, move.at, *_by(), move.reason, Value(""), move.target, move.on
        )
        .join(Person, JOIN.LEFT_OUTER, on=(move.by == Person.id))
        .where(move.contract == contract.id)
    )


def _messages(contract: Contract) -> Any:
    message, none = ContractMessage, SQL("NULL")
    return (
        message.select(
            Value("message"),
            message.id,
            message.at,
            *_by(),
            message.text,
            Value(""),
            Value(""),
            none,
        )
        .join(Person, on=(message.author == Person.id))
        .where(message.contract == contract.id)
    )


def _corrections(contract: Contract) -> Any:
    correction, none = CompanyCorrection, SQL("NULL")
    waiting = (correction.company == contract.company_id) & (correction.state == "waiting")
    return (
        correction.select(
            Value("correction"),
            correction.id,
            correction.proposed_at,
            *_by(),
            correction.name,
            correction.address,
            Case(None, [(correction.contract == contract.id, HERE)], ""),
            none,
        )
        .join(Person, on=(correction.proposed_by == Person.id))
        .where(waiting)
    )


def _by() -> tuple[Any, ...]:
    empty = Value("")
    return Person.id, fn.COALESCE(Person.name, empty), fn.COALESCE(Person.role, empty)
