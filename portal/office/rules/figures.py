"""The arithmetic behind the overview: months side by side, parts of a whole, the year that runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from portal.kernel.money import Cents, split_in_proportion

WIDTH, GAP = 1000, 4


@dataclass(frozen=True)
class Month:
    """What was expected and what was received in one month; `begins` is its first day."""

    begins: date
    expected: Cents
    received: Cents

    @property
    def gap(self) -> Cents:
        """Negative when less came than was expected."""
        return Cents(self.received - self.expected)


def months(expected: Mapping[date, int], received: Mapping[date, int]) -> list[Month]:
    """The months in which anything was expected or received, from sums by day."""
    asked, came = _by_month(expected), _by_month(received)
    return [
        Month(begins, Cents(asked.get(begins, 0)), Cents(came.get(begins, 0)))
        for begins in sorted(asked.keys() | came.keys())
    ]


class Part(NamedTuple):
    """A part of a whole: cents, per cent, and where its bar stands on a width of 1,000."""

    key: str
    cents: Cents
    per_cent: int
    x: int
    width: int


def parts(shares: Mapping[str, int]) -> list[Part]:
    """Parts with whole per cents that add up to 100 and bars with gaps between; shares of nothing are left out."""
    some = {key: cents for key, cents in shares.items() if cents > 0}
    if not some:
        return []
    weights = list(some.values())
    per_cents = split_in_proportion(Cents(100), weights)
    widths = split_in_proportion(Cents(WIDTH - GAP * (len(some) - 1)), weights)
    starts = [sum(widths[:n]) + GAP * n for n in range(len(some))]
    facts = zip(some.items(), per_cents, starts, widths, strict=True)
    return [Part(key, Cents(cents), pc, x, width) for (key, cents), pc, x, width in facts]


class _Cohort(Protocol):
    year: str
    starts_on: date
    ends_on: date


def year_now(cohorts: Sequence[_Cohort], today: date) -> str:
    """The school year that runs or comes next, else the last one; empty without cohorts."""
    going = [cohort for cohort in cohorts if cohort.ends_on >= today]
    if going:
        return min(going, key=lambda cohort: cohort.starts_on).year
    return max(cohorts, key=lambda cohort: cohort.starts_on).year if cohorts else ""


def _by_month(sums: Mapping[date, int]) -> dict[date, int]:
    found: dict[date, int] = {}
    for day, cents in sums.items():
        found[day.replace(day=1)] = found.get(day.replace(day=1), 0) + cents
    return found
