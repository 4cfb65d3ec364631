"""What an acceptance would cause in rooms above this one. Nothing is written."""

from collections.abc import Callable

from portal.contracts.models import Contract
from portal.contracts.rules import MoneyEffect
from portal.kernel.money import Cents


def _nothing(_contract: Contract, _funded: Cents) -> MoneyEffect | None:
    return None


_effect_of: Callable[[Contract, Cents], MoneyEffect | None] = _nothing


def expect_money_effect(effect_of: Callable[[Contract, Cents], MoneyEffect | None]) -> None:
    """Say what a contract that brings so many cents does to the money. Refunds stand above, so the app tells it."""
    global _effect_of
    _effect_of = effect_of


def money_effect(contract: Contract, funded: Cents) -> MoneyEffect | None:
    """What accepting `contract` with `funded` cents causes, by the code of the real refund; None when unknown.

    `NotPossible` when the acceptance itself would be refused, for example without a payment plan.
    """
    return _effect_of(contract, funded)
