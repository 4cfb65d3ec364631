"""How a contract may end early: on whose initiative, on which ground, and which text allows it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.contracts.rules.deadlines import TRIAL_DAYS, practical_days
from portal.contracts.rules.life import ContractKind, ContractState
from portal.kernel.clock import months_later
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark

DAY = timedelta(days=1)
#: How long after a break a new contract continues the training (Code du travail L6222-18-2).
MONTHS_TO_FOLLOW = 6


class Initiator(StrEnum):
    EMPLOYER = "employer"
    STUDENT = "student"
    BOTH = "both"
    SCHOOL = "school"
    COURT = "court"


class Ground(StrEnum):
    NOT_BEGUN = "not-begun"
    TRIAL = "trial"
    AGREEMENT = "agreement"
    RESIGNATION = "resignation"
    MISCONDUCT = "misconduct"
    UNFITNESS = "unfitness"
    FORCE_MAJEURE = "force-majeure"
    LIQUIDATION = "liquidation"
    EXCLUSION = "exclusion"
    DIPLOMA = "diploma"
    OTHER = "other"


INITIATORS = {
    Initiator.EMPLOYER: mark("The employer"),
    Initiator.STUDENT: mark("The student"),
    Initiator.BOTH: mark("Both together"),
    Initiator.SCHOOL: mark("The school"),
    Initiator.COURT: mark("A court or the administration"),
}
GROUNDS = {
    Ground.NOT_BEGUN: mark("Given up before the first day"),
    Ground.TRIAL: mark("Within the first 45 days in the company (L6222-18; trial period L1242-10)"),
    Ground.AGREEMENT: mark("Written agreement of both (L6222-18, L1243-1)"),
    Ground.RESIGNATION: mark("Resignation of the apprentice, after the mediator (L6222-18)"),
    Ground.MISCONDUCT: mark("Serious misconduct (L6222-18, L1243-1)"),
    Ground.UNFITNESS: mark("Unfit for the work, found by the doctor (L6222-18, L1243-1)"),
    Ground.FORCE_MAJEURE: mark("Force majeure (L6222-18, L1243-1)"),
    Ground.LIQUIDATION: mark("Liquidation of the company (L6222-18)"),
    Ground.EXCLUSION: mark("Excluded by the school for good (L6222-18-1)"),
    Ground.DIPLOMA: mark("Diploma obtained before the end (L6222-19)"),
    Ground.OTHER: mark("Another ground, explained below"),
}
#: Grounds that only the articles on apprenticeship know.
APPRENTICES_ONLY = {
    Ground.RESIGNATION,
    Ground.LIQUIDATION,
    Ground.EXCLUSION,
    Ground.DIPLOMA,
}


@dataclass(frozen=True)
class Trial:
    """The first 45 days in the company: the first one, the last one, and how many `day` makes.

    Without the school days (not `exact`) the real last day is later than `last`, never earlier.
    """

    since: date
    last: date
    day: date
    count: int
    exact: bool

    @property
    def within(self) -> bool:
        return self.day <= self.last


def trial_of(since: date, day: date, school_days: frozenset[date] | None = None) -> Trial:
    """Where `day` lies in the 45 days of practical training that begin on `since` (Code du travail L6222-18).

    None: nobody knows the school days, so every working day is counted.
    """
    away = school_days or frozenset()
    last, left = since - DAY, TRIAL_DAYS
    while left:
        last += DAY
        left -= practical_days(last, last, away)
    exact = school_days is not None
    return Trial(since, last, day, practical_days(since, day, away), exact)


def check_ground(
    kind: ContractKind, ground: Ground, *, on: date, starts_on: date, trial: Trial
) -> None:
    """`NotPossible` when the law does not know this ground on day `on`."""
    if (ground == Ground.NOT_BEGUN) != (on < starts_on):
        if on < starts_on:
            raise NotPossible("The contract has not begun on that day. Choose that ground.")
        raise NotPossible("The contract has begun on that day. Choose another ground.")
    apprentice = kind == ContractKind.APPRENTICESHIP
    if ground == Ground.TRIAL and apprentice and trial.exact and not trial.within:
        raise NotPossible("The first 45 days in the company ended on %(day)s.", day=trial.last)
    if not apprentice and ground in APPRENTICES_ONLY:
        raise NotPossible("This ground is for apprentices only.")


def follows_until(ended_on: date) -> date:
    """The last day on which a new contract may begin that continues the training of a broken one (L6222-18-2)."""
    return months_later(ended_on, MONTHS_TO_FOLLOW)


def check_may_follow(state: str, ended_on: date | None, *, starts_on: date) -> None:
    """`NotPossible` unless a contract that starts on `starts_on` may follow this one, which was broken."""
    if state != ContractState.TERMINATED or ended_on is None:
        raise NotPossible("Only a contract that was broken has a successor.")
    if starts_on <= ended_on:
        raise NotPossible("The new contract begins after the old one has ended.")
    if starts_on > follows_until(ended_on):
        raise NotPossible(
            "The six months to find another employer ended on %(day)s.",
            day=follows_until(ended_on),
        )
