"""What rooms above tell this one: what goes back to a payer, and whether a contract was broken."""

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


def _unbroken(_enrolment_id: int) -> bool:
    return False


_is_broken: Callable[[int], bool] = _unbroken


def expect_breaks(is_broken: Callable[[int], bool]) -> None:
    """From now on `is_broken` says whether a contract of an enrolment was broken and no other one followed."""
    global _is_broken
    _is_broken = is_broken


def is_broken(enrolment_id: int) -> bool:
    return _is_broken(enrolment_id)
