"""The states of an order and of its transfers."""

from datetime import date
from enum import StrEnum

from portal.kernel.errors import NotAllowed, NotPossible
from portal.kernel.i18n import mark


class OrderState(StrEnum):
    PREPARED = "prepared"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Closed(StrEnum):
    """What a person says of an order whose end the bank does not tell."""

    NEVER_TAKEN = "never_taken"
    EXECUTED = "executed"


CLOSED_LABELS = {
    Closed.NEVER_TAKEN: mark("The bank never took this file"),
    Closed.EXECUTED: mark("The bank executed it"),
}


class TransferState(StrEnum):
    """`WAITING` for the release; `SENT` to the bank; the rest is the bank's answer, or ours."""

    WAITING = "waiting"
    SENT = "sent"
    PAID = "paid"
    REJECTED = "rejected"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


#: A share of a refund has at most one transfer in one of these.
LIVING = (TransferState.WAITING, TransferState.SENT, TransferState.PAID)
#: How a released order stands when every transfer of it was paid or came back.
FINISHED = "finished"
ORDER_LABELS: dict[str, tuple[str, str, str]] = {
    OrderState.PREPARED: (mark("To release"), "hourglass", "warn"),
    OrderState.RELEASED: (mark("At the bank"), "send", "info"),
    FINISHED: (mark("Finished"), "circle-check", "ok"),
    OrderState.WITHDRAWN: (mark("Withdrawn"), "ban", ""),
}
TRANSFER_LABELS = {
    TransferState.WAITING: (mark("To release"), "hourglass", "warn"),
    TransferState.SENT: (mark("At the bank"), "send", "info"),
    TransferState.PAID: (mark("Paid"), "circle-check", "ok"),
    TransferState.REJECTED: (mark("Rejected by the bank"), "triangle-alert", "bad"),
    TransferState.RETURNED: (mark("Sent back by the bank"), "triangle-alert", "bad"),
    TransferState.WITHDRAWN: (mark("Withdrawn"), "ban", ""),
}


def standing_of(state: str, *, in_flight: int) -> str:
    """How an order is labelled; `in_flight` is what of it is at the bank, in transfers or in cents."""
    return FINISHED if state == OrderState.RELEASED and not in_flight else state


def check_releaser(releaser_id: int, prepared_by_id: int) -> None:
    """Four eyes on every order: who prepared it does not release it."""
    if releaser_id == prepared_by_id:
        raise NotAllowed("You prepared this order, so a second person releases it.")


def check_closer(closer_id: int, released_by_id: int | None) -> None:
    """Who let the file go to the bank does not say what became of it: again two people."""
    if closer_id == released_by_id:
        raise NotAllowed("You released this order, so another person says what became of it.")


def check_executed_day(executed_on: date, released_on: date, today: date) -> None:
    if executed_on > today:
        raise NotPossible("The bank cannot have executed it on a day to come.")
    if executed_on < released_on:
        raise NotPossible("The bank cannot have executed it before it was released.")


#: Days that money may wait at the bank: a year mistyped must not keep it there for ever.
MOST_AHEAD = 60


def check_wanted_day(execution_on: date, today: date) -> None:
    """`NotPossible` for a day of execution in the past, or further ahead than anybody means."""
    if execution_on < today:
        raise NotPossible("The day of execution cannot lie in the past.")
    if (execution_on - today).days > MOST_AHEAD:
        raise NotPossible(
            "The day of execution cannot lie more than %(days)s days ahead.", days=MOST_AHEAD
        )


def check_execution_day(execution_on: date, today: date) -> None:
    """A bank refuses a file whose day is over, or moves it to a day that nobody chose."""
    if today > execution_on:
        raise NotPossible(
            "The day of execution is over. Withdraw this order and prepare a new one."
        )
