"""Money of a refund may be on its way, or about to be; the room that sends transfers knows."""

from collections.abc import Callable

from portal.kernel.errors import NotPossible
from portal.refunds.rules import Whereabouts, check_with_us

_ask: list[Callable[[int], Whereabouts]] = []


def expect_transfers(whereabouts: Callable[[int], Whereabouts]) -> None:
    """From now on `whereabouts` says of a held refund whether an order holds money for it."""
    _ask[:] = [whereabouts]


def is_leaving(refund_id: int) -> bool:
    """May the bank still pay a part of this refund? Ask while holding it."""
    return _whereabouts(refund_id) == Whereabouts.SENT


def check_not_leaving(refund_id: int) -> None:
    """`NotPossible` while an order holds a part of it: the same money would go out, or count, twice."""
    check_with_us(_whereabouts(refund_id))


def _whereabouts(refund_id: int) -> Whereabouts:
    """`NotPossible` in a process where nobody can tell: money stays where it is then."""
    if not _ask:
        raise NotPossible(
            "Nothing was changed: the portal cannot see here which payments are on their way."
        )
    return _ask[0](refund_id)
