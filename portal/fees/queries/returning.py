"""What goes back to a payer. Refunds stand above this room, so they tell it."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from portal.kernel.money import Cents


class Returning(NamedTuple):
    """A payer's part of a refund; `word` (a marked sentence), `icon` and `tone` are those of its state since `at`."""

    number: str
    cents: Cents
    at: datetime
    word: str
    icon: str
    tone: str


def _nothing(_payer_id: int) -> list[Returning]:
    return []


_ask: Callable[[int], list[Returning]] = _nothing


def expect_refunds(returning_to: Callable[[int], list[Returning]]) -> None:
    """From now on `returning_to` says what goes back to a payer, newest first."""
    global _ask
    _ask = returning_to


def returning_to(payer_id: int) -> list[Returning]:
    return _ask(payer_id)
