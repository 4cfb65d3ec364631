"""What each state, role and day allows."""

from collections.abc import Collection
from datetime import date

from portal.contracts.rules.life import BINDING, EDITABLE, OPEN, OVER, ContractState, DocumentState
from portal.contracts.rules.words import CLOSED, UNMOVABLE
from portal.kernel.clock import months_later
from portal.kernel.errors import NotAllowed, NotPossible

#: Staff who may read every contract and its papers.
READERS = frozenset({"registrar", "finance", "director"})
MOST_DECLARED_A_DAY = 10
#: No file goes to a funder earlier before the first day than this.
MONTHS_AHEAD = 6


def check_takes_documents(state: str, kind: str = "cerfa") -> None:
    """The signed form is fixed once the school has accepted it; other papers come until the contract is over."""
    if kind != "cerfa" and state not in OVER:
        return
    if sentence := CLOSED.get(ContractState(state)):
        raise NotPossible(sentence)


def check_may_be_opened(state: str) -> None:
    """Nobody opens a file that the virus check still owes its answer about."""
    if state == DocumentState.HELD:
        raise NotPossible("This file waits for its virus check. Try again in some minutes.")


def may_send(role: str, permissions: Collection[str]) -> bool:
    """Student and company send papers; of the staff only those who check them."""
    return role != "staff" or bool({"registrar", "director"} & set(permissions))


def check_may_send(role: str, permissions: Collection[str]) -> None:
    if not may_send(role, permissions):
        raise NotAllowed("Only the registrar and the director add papers to a contract.")


def check_may_write(role: str, permissions: Collection[str]) -> None:
    if not may_send(role, permissions):
        raise NotAllowed("Only the registrar and the director write about a contract.")


def takes_documents(state: str, kind: str = "cerfa") -> bool:
    try:
        check_takes_documents(state, kind)
    except NotPossible:
        return False
    return True


def check_may_be_decided(state: str) -> None:
    if state not in (ContractState.SUBMITTED, ContractState.CHECKED):
        raise NotPossible(UNMOVABLE[ContractState(state)])


def check_may_change(state: str) -> None:
    if state not in EDITABLE:
        raise NotPossible("This contract is being checked or closed. It cannot be changed now.")


def check_may_be_recorded(state: str, *, days_change: bool) -> None:
    """Facts of the form may be written down while a contract lives, its days only before the school accepts it."""
    if state in OVER:
        raise NotPossible("This contract is over. Its record stays as it is.")
    if days_change and state not in OPEN:
        raise NotPossible(
            "The days of an accepted contract are fixed. Amend the contract to change them."
        )


def check_may_be_cancelled(state: str) -> None:
    if state not in OPEN:
        raise NotPossible("This contract is accepted. Write to the school to end it.")


def check_may_be_given_up(state: str) -> None:
    if state not in OPEN:
        raise NotPossible("The school has accepted this contract. End it instead.")


def check_may_end(state: str) -> None:
    if state in BINDING:
        return
    if state in OVER:
        raise NotPossible("This contract has ended already. Your click changed nothing.")
    raise NotPossible("The school has not accepted this contract, so there is nothing to end.")


def ends_as(on: date, starts_on: date, ends_on: date, *, pending: bool = False) -> ContractState:
    """What a contract becomes that ends on day `on`; `NotPossible` when that is not before its last day.

    `pending`: an amendment that has not taken its contract's place has not begun, whatever its days.
    """
    if not 2000 <= on.year <= 2100:
        raise NotPossible("Check the year.")
    if pending:
        return ContractState.CANCELLED
    if on >= ends_on:
        raise NotPossible("The contract ends by itself on its last day.")
    return ContractState.CANCELLED if on < starts_on else ContractState.TERMINATED


def check_may_be_amended(state: str) -> None:
    if state not in BINDING:
        raise NotPossible("Only an accepted contract can be amended.")


def check_filing_day(
    on: date, *, today: date, starts_on: date, sent_on: date | None, last_on: date | None
) -> None:
    """A day somebody types for what the funder was sent or said: past, and in order.

    `sent_on`: the day of the file that is answered; `last_on`: the day of what the funder said before.
    """
    if on > today:
        raise NotPossible("This day is still to come.")
    if on < months_later(starts_on, -MONTHS_AHEAD):
        raise NotPossible("Check the year.")
    if sent_on is not None and on < sent_on:
        raise NotPossible("This is before the day the file was sent.")
    if last_on is not None and on < last_on:
        raise NotPossible("This is before what the OPCO said last.")
