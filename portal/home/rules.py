from datetime import datetime, timedelta
from enum import StrEnum

from portal.kernel.i18n import mark

#: How long something that moved by itself is still news.
NEWS = timedelta(days=14)
NOON, EVENING = 12, 18


class Task(StrEnum):
    """What a student is asked to do, or should know, on the home page."""

    PAYMENT_LATE = "payment-late"
    CONTRACT_RETURNED = "contract-returned"
    CONTRACT_MISSING = "contract-missing"
    REFUND_NEEDS_INFORMATION = "refund-needs-information"
    REFUND_APPROVED = "refund-approved"
    REFUND_PAID = "refund-paid"
    REFUND_REFUSED = "refund-refused"


class Nearness(StrEnum):
    """How far away the next class is."""

    NOW = "now"
    WITHIN_THE_HOUR = "within-the-hour"
    TODAY = "today"
    TOMORROW = "tomorrow"
    LATER = "later"


CONTRACT_TASKS = {
    "changes_requested": Task.CONTRACT_RETURNED,
    "draft": Task.CONTRACT_MISSING,
}
#: Which of the four steps of a contract is going on: declared, sent, checked, accepted.
CONTRACT_STEPS = {"draft": 2, "changes_requested": 2, "submitted": 3, "checked": 3}
#: The last step: the school has accepted.
ACCEPTED_STEP = 4
REFUND_TASKS = {
    "approved": Task.REFUND_APPROVED,
    "exported": Task.REFUND_APPROVED,
    "paid": Task.REFUND_PAID,
    "refused": Task.REFUND_REFUSED,
}


def greeting(hour: int) -> str:
    """The sentence for the hour on the school's clock."""
    if hour < NOON:
        return mark("Good morning, %(name)s")
    if hour < EVENING:
        return mark("Good afternoon, %(name)s")
    return mark("Good evening, %(name)s")


def nearness(starts: datetime, now: datetime) -> Nearness:
    """Both on the school's clock, so that “today” is the school's day."""
    if starts <= now:
        return Nearness.NOW
    if starts - now <= timedelta(hours=1):
        return Nearness.WITHIN_THE_HOUR
    days = (starts.date() - now.date()).days
    return {0: Nearness.TODAY, 1: Nearness.TOMORROW}.get(days, Nearness.LATER)


def minutes_until(starts: datetime, now: datetime) -> int:
    """Whole minutes, rounded up: never “in 0 minutes”."""
    return max(1, -((now - starts) // timedelta(minutes=1)))


def tasks(
    *,
    late: bool,
    contract_state: str,
    refund_state: str,
    refund_moved_at: datetime | None,
    now: datetime,
) -> list[Task]:
    """What to do first, then what is new; an empty state means that there is no such thing."""
    found = [Task.PAYMENT_LATE] if late else []
    if contract_state in CONTRACT_TASKS:
        found.append(CONTRACT_TASKS[contract_state])
    if refund_state == "info_needed":
        found.append(Task.REFUND_NEEDS_INFORMATION)
    is_news = refund_moved_at is not None and now - refund_moved_at < NEWS
    if is_news and refund_state in REFUND_TASKS:
        found.append(REFUND_TASKS[refund_state])
    return found
