"""Where the bank's answer and what is known differ, a person asks the bank before money leaves twice."""

from portal.kernel.errors import NotPossible
from portal.kernel.iso20022 import NEVER_TAKEN, is_duplicate
from portal.payouts.rules.answers import Status, Told
from portal.payouts.rules.life import TransferState


def check_known(number: str, state: str, reason_code: str, told: Told) -> None:
    """`NotPossible` when the bank tells of the transfer `number` what cannot be, as its `state` is known.

    `reason_code` is why it counts as rejected. What was told before, or is late, passes: it changes nothing.
    """
    rejected = told.status == Status.REJECTED
    # The bank has the transfer, and was given it once more.
    again = rejected and is_duplicate(told.code)
    if state == TransferState.SENT and again:
        raise NotPossible(
            "The bank rejects %(number)s as a duplicate, so it may have taken a first copy of this order. "
            "Look at the bank first, then say on the page of the order whether the bank executed it "
            "or never took it. Nothing was changed.",
            number=number,
        )
    if state == TransferState.PAID and rejected and not again:
        raise NotPossible(
            "The bank rejects %(number)s, which counts here as paid. Ask the bank: if the money came back, "
            "a statement tells it, and the refund opens again by that. Nothing was changed.",
            number=number,
        )
    if state == TransferState.REJECTED and (again or not rejected):
        _check_given_up(number, reason_code, paid=told.status == Status.PAID)


def _check_given_up(number: str, reason_code: str, *, paid: bool) -> None:
    """The money may have left although it counts as rejected; news on the way there may only be late."""
    if reason_code == NEVER_TAKEN and paid:
        raise NotPossible(
            "The bank says that it paid %(number)s, but somebody said that it never took this order. "
            "Do not pay it again before you have asked the bank. Nothing was changed.",
            number=number,
        )
    if reason_code == NEVER_TAKEN:
        raise NotPossible(
            "The bank says that it has %(number)s, but somebody said that it never took this order. "
            "Do not pay it again before you have asked the bank. Nothing was changed.",
            number=number,
        )
    if paid:
        raise NotPossible(
            "The bank says that it paid %(number)s, which counts here as rejected. "
            "Do not pay it again before you have asked the bank. Nothing was changed.",
            number=number,
        )
