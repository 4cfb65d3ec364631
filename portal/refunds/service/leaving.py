"""A part of a refund may be on its way while another part came back; the room that sends transfers knows."""

from collections.abc import Callable

from portal.kernel.errors import NotPossible

_at_the_bank: list[Callable[[int], bool]] = []


def expect_transfers(at_the_bank: Callable[[int], bool]) -> None:
    """From now on `at_the_bank` says of a held refund whether money for it may still leave."""
    _at_the_bank[:] = [at_the_bank]


def is_leaving(refund_id: int) -> bool:
    """May the bank still pay a part of this refund? Ask while holding it."""
    return any(ask(refund_id) for ask in _at_the_bank)


def check_not_leaving(refund_id: int) -> None:
    """`NotPossible` while the bank may still pay: the same money would go out, or count, twice."""
    if is_leaving(refund_id):
        raise NotPossible("A part of this refund is still at the bank. Wait for the bank’s answer.")
