"""What must have happened by when, and which text says so."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.contracts.rules.life import ContractKind
from portal.contracts.rules.working_days import is_holiday, working_days_after
from portal.kernel.clock import months_later
from portal.kernel.i18n import mark

DAYS_TO_SEND = 5
DAYS_TO_ANSWER = 20
#: Days of practical training in the company during which either side may leave (Code du travail L6222-18).
TRIAL_DAYS = 45
SOON = 3
SATURDAY = 6


@dataclass(frozen=True)
class Deadline:
    """A last day, what must have happened by then, and the text that says so."""

    on: date
    says: str
    source: str

    def days_left(self, today: date) -> int:
        """Calendar days; 0 on the last day, negative when it has passed."""
        return (self.on - today).days

    def tone(self, today: date) -> str:
        left = self.days_left(today)
        return "bad" if left < 0 else "warn" if left <= SOON else "ok"


def transmission_deadline(kind: ContractKind, starts_on: date) -> Deadline:
    """The company sends the file to its OPCO within five days after the first day, for apprentices working days."""
    if kind == ContractKind.APPRENTICESHIP:
        return Deadline(
            working_days_after(starts_on, DAYS_TO_SEND),
            mark("Sent to the OPCO"),
            mark("Code du travail D6224-1: five working days after the first day"),
        )
    return Deadline(
        starts_on + timedelta(days=DAYS_TO_SEND),
        mark("Sent to the OPCO"),
        mark("Code du travail D6325-1: five days after the first day"),
    )


def answer_deadline(kind: ContractKind, complete_on: date) -> Deadline:
    """The OPCO has twenty days from the complete file; then its silence decides, for each kind otherwise.

    Calendar days: a term at whose end silence decides is not put off by a Sunday or a holiday.
    """
    last = complete_on + timedelta(days=DAYS_TO_ANSWER)
    if kind == ContractKind.APPRENTICESHIP:
        return Deadline(
            last,
            mark("Answer of the OPCO; silence refuses"),
            mark("Code du travail D6224-2: silence of 20 days is a refusal"),
        )
    return Deadline(
        last,
        mark("Answer of the OPCO; silence accepts"),
        mark("Code du travail D6325-2: silence of 20 days is an acceptance"),
    )


def latest_answer(kind: ContractKind, starts_on: date) -> date:
    """When the OPCO's term ends at the latest, if the company sends a complete file in time."""
    return answer_deadline(kind, transmission_deadline(kind, starts_on).on).on


def practical_days(since: date, until: date, school_days: frozenset[date] = frozenset()) -> int:
    """Days spent in the company from `since` to `until`, both included: Monday to Friday, neither holiday nor school."""
    days = (since + timedelta(days=n) for n in range((until - since).days + 1))
    return sum(
        day.isoweekday() < SATURDAY and not is_holiday(day) and day not in school_days
        for day in days
    )


def within_trial(since: date, until: date, school_days: frozenset[date] = frozenset()) -> bool:
    """Whether a contract that ends on `until` ends within its first 45 practical days."""
    return practical_days(since, until, school_days) <= TRIAL_DAYS


def starts_late(starts_on: date, cycle_starts_on: date) -> bool:
    """Whether the contract begins more than three months after the training (L6222-12, L6222-12-1)."""
    return starts_on > months_later(cycle_starts_on, 3)
