"""One way in for every file somebody sends: received, inspected, scanned, kept; or refused, with its fingerprint."""

from portal.uploads.rules import NotAccepted, Purpose
from portal.uploads.service import (
    Inspect,
    Taken,
    drop,
    held_among,
    rejected,
    released,
    sweep,
    take,
    trust,
    turn_away,
)

__all__ = [
    "Inspect",
    "NotAccepted",
    "Purpose",
    "Taken",
    "drop",
    "held_among",
    "rejected",
    "released",
    "sweep",
    "take",
    "trust",
    "turn_away",
]
