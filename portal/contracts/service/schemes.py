"""Under which scheme a student goes on when a contract has fallen."""

from collections.abc import Callable, Iterable
from datetime import date

from portal.contracts.models import Contract
from portal.contracts.rules import ContractState
from portal.programme import Scheme


def _never(_enrolment_id: int) -> Iterable[date]:
    return ()


_asked_anew_on: Callable[[int], Iterable[date]] = _never


def expect_new_tuition(days_of: Callable[[int], Iterable[date]]) -> None:
    """Say on which days new tuition was asked of an enrolment. Fees stand beside this room, so the app tells it."""
    global _asked_anew_on
    _asked_anew_on = days_of


def scheme_after(stands: Contract | None) -> Scheme:
    """The scheme when `stands` counts again: initial for no contract, and after a break once new tuition was asked.

    Until then who lost the employer stays an apprentice of the school (Code du travail L6222-18-2).
    """
    if stands is None or _went_on_without(stands):
        return Scheme.INITIAL
    return Scheme(stands.kind)


def _went_on_without(broken: Contract) -> bool:
    ended_on = broken.ended_on
    if broken.state != ContractState.TERMINATED or ended_on is None:
        return False
    return any(day >= ended_on for day in _asked_anew_on(broken.enrolment_id))
