from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from portal.fees.rules.names import PlanKind
from portal.kernel.money import Cents, percentage, split_evenly

#: How long somebody has to pay what no date of the plan is left for.
GRACE = timedelta(days=30)


class LineKind(StrEnum):
    DEPOSIT = "deposit"
    INSTALMENT = "instalment"
    BALANCE = "balance"
    REMAINDER = "remainder"
    AGREED = "agreed"


@dataclass(frozen=True)
class Price:
    """What a year costs. `discount_base` says what the reduction is taken of: `tuition` or `balance`."""

    tuition: Cents
    deposit: Cents
    deposit_due_on: date
    instalments: int
    first_due_on: date
    day_of_month: int
    discount_basis_points: int
    discount_base: str
    #: Last day to choose payment in full; None: the first due date.
    last_day_in_full: date | None = None

    @property
    def full_until(self) -> date:
        return self.last_day_in_full or self.first_due_on

    @property
    def balance_due_on(self) -> date:
        """Who chooses in time to pay at once is not late on that day."""
        return max(self.first_due_on, self.full_until)

    @property
    def balance(self) -> Cents:
        """What is left after the deposit."""
        return Cents(self.tuition - self.deposit)

    @property
    def reduction_base(self) -> Cents:
        return self.tuition if self.discount_base == "tuition" else self.balance

    @property
    def reduction(self) -> Cents:
        """What paying in full saves; never more than the balance, as the deposit is asked first."""
        return min(percentage(self.reduction_base, self.discount_basis_points), self.balance)

    def of(self, kind: PlanKind) -> Cents:
        return Cents(self.tuition - (self.reduction if kind == PlanKind.FULL else 0))


class PlanLine(NamedTuple):
    kind: LineKind
    due_on: date
    cents: Cents


def plan_lines(price: Price, kind: PlanKind) -> list[PlanLine]:
    """The deposit, then equal instalments month by month, or the whole reduced balance on one day."""
    deposit = PlanLine(LineKind.DEPOSIT, price.deposit_due_on, price.deposit)
    rest = _balance(price) if kind == PlanKind.FULL else _instalments(price)
    return [line for line in [deposit, *rest] if line.cents]


def _balance(price: Price) -> list[PlanLine]:
    rest = Cents(price.of(PlanKind.FULL) - price.deposit)
    return [PlanLine(LineKind.BALANCE, price.balance_due_on, rest)]


def _instalments(price: Price) -> list[PlanLine]:
    days = due_dates(price.first_due_on, price.day_of_month, price.instalments)
    shares = split_evenly(price.balance, price.instalments)
    return [PlanLine(LineKind.INSTALMENT, *pair) for pair in zip(days, shares, strict=True)]


def due_dates(first: date, day_of_month: int, times: int) -> list[date]:
    """`first`, then `day_of_month` of each month that follows (1 to 28, so that every month has it)."""
    months = (first.month - 1 + n for n in range(1, times))
    return [first, *(date(first.year + n // 12, n % 12 + 1, day_of_month) for n in months)]


def respread(
    owed: Cents, days_left: Iterable[date], today: date, *, paid_until: date = date.min
) -> list[PlanLine]:
    """New lines for `owed` over the due dates that are left, or one after a month of grace.

    None comes before a line that is paid, `paid_until`: money settles the oldest due first.
    """
    first = max(today, paid_until)
    days = sorted({day for day in days_left if day >= first}) or [max(today + GRACE, first)]
    shares = split_evenly(owed, len(days))
    lines = [PlanLine(LineKind.REMAINDER, *pair) for pair in zip(days, shares, strict=True)]
    return [line for line in lines if line.cents]
