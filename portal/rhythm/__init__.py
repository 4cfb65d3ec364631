"""Where a cohort is on which day: at school or in its companies."""

from portal.rhythm.queries import of_contract, school_days
from portal.rhythm.rules import Calendar, Totals

__all__ = ["Calendar", "Totals", "of_contract", "school_days"]
