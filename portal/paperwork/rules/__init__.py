"""What a filled form says, what is odd about it, and how it differs from what the portal knows."""

from portal.paperwork.rules.comparing import (
    Difference,
    Record,
    cross_check,
    prefill,
    prefill_employer,
)
from portal.paperwork.rules.reading import PROBLEMS, REMARKS, Reading
from portal.paperwork.rules.remarks import remarks_on

__all__ = [
    "PROBLEMS",
    "REMARKS",
    "Difference",
    "Reading",
    "Record",
    "cross_check",
    "prefill",
    "prefill_employer",
    "remarks_on",
]
