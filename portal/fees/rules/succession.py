"""Which version of a policy holds when: of those that have begun, the one that was written last."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

ONE_DAY = timedelta(days=1)


class Reign(NamedTuple):
    """A version holds through `last_on` (None: until further notice), or never, because `replaced_by` came first."""

    last_on: date | None = None
    replaced_by: int | None = None


def reigns(versions: Iterable[tuple[int, date]]) -> dict[int, Reign]:
    """By version, from each one's number and first day."""
    found: dict[int, Reign] = {}
    newer: list[tuple[int, date]] = []
    for version, begins in sorted(versions, reverse=True):
        found[version] = _reign(begins, newer)
        newer.append((version, begins))
    return found


def _reign(begins: date, newer: list[tuple[int, date]]) -> Reign:
    before = [version for version, day in newer if day <= begins]
    if before:
        return Reign(replaced_by=min(before))
    days = [day for _, day in newer]
    return Reign(last_on=min(days) - ONE_DAY if days else None)
