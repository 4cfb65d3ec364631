"""When somebody may be reminded of what their file misses: on working days, at most once a week."""

from datetime import date, timedelta

from portal.contracts.rules.life import OPEN, ContractState
from portal.contracts.rules.working_days import is_working_day
from portal.kernel.errors import NotPossible

#: States in which student or company may owe a paper.
REMINDED = (*OPEN, ContractState.INCOMPLETE)
WEEK = timedelta(days=7)


def week_of(day: date) -> str:
    """The ISO 8601 week, such as 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def check_may_remind(
    today: date, *, last_on: date | None, paused_until: date | None, missing: int
) -> None:
    """`NotPossible` says why nobody is reminded today of `missing` papers. `paused_until` is still silent itself."""
    if not is_working_day(today):
        raise NotPossible("Reminders go out on working days only.")
    if not missing:
        raise NotPossible("Nothing is missing in this file.")
    if paused_until is not None and today <= paused_until:
        raise NotPossible("Reminders are paused until %(day)s.", day=paused_until)
    if last_on is not None and today < last_on + WEEK:
        raise NotPossible("A reminder went out on %(day)s: at most one a week.", day=last_on)
