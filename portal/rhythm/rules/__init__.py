"""School days and company days: plain decisions, no database."""

from portal.rhythm.rules.checks import check_free, check_period, fingerprint, may_share
from portal.rhythm.rules.days import (
    DAY_LABELS,
    PLACE_LABELS,
    Calendar,
    Day,
    DayKind,
    Month,
    Period,
    Place,
    Totals,
)
from portal.rhythm.rules.deciding import calendar, holiday_name, minutes_by_day

__all__ = [
    "DAY_LABELS",
    "PLACE_LABELS",
    "Calendar",
    "Day",
    "DayKind",
    "Month",
    "Period",
    "Place",
    "Totals",
    "calendar",
    "check_free",
    "check_period",
    "fingerprint",
    "holiday_name",
    "may_share",
    "minutes_by_day",
]
