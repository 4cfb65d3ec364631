"""The least a work-study contract may pay, by age and year (Code du travail D6222-26, D6325-15)."""

from collections.abc import Iterable
from datetime import date

from portal.contracts.rules.life import ContractKind
from portal.kernel.money import Cents

#: Gross monthly SMIC for 35 hours a week, in cents, from the day it holds (decrees on the SMIC).
SMIC = (
    (date(2023, 5, 1), 1_747_20),
    (date(2024, 1, 1), 1_766_92),
    (date(2024, 11, 1), 1_801_80),
    (date(2026, 1, 1), 1_823_03),
)
FULL_WEEK = 35 * 60
#: Percent of the SMIC in the first, second and third year, for ages below the bound.
APPRENTICES = ((18, (27, 39, 55)), (21, (43, 51, 67)), (26, (53, 61, 78)))
#: Percent of the SMIC below the bound, for holders of a diploma of level 4 or more.
PROFESSIONALS = ((21, 65), (26, 80))
WHOLE = 100


def smic(on: date) -> Cents:
    """The monthly SMIC on that day; before the table begins, its first amount."""
    known = [cents for since, cents in SMIC if since <= on] or [SMIC[0][1]]
    return Cents(known[-1])


def percent(kind: ContractKind, age: int, year: int) -> int:
    if kind == ContractKind.PROFESSIONALISATION:
        return next((share for bound, share in PROFESSIONALS if age < bound), WHOLE)
    shares = next((shares for bound, shares in APPRENTICES if age < bound), (WHOLE,) * 3)
    return shares[min(max(year, 1), 3) - 1]


def year_of_apprenticeship(spans: Iterable[tuple[date, date]]) -> int:
    """The year reached under earlier contracts, each from first to last day; 1 for who was never an apprentice.

    A contract that follows pays at least what the last year of the one before did (Code du travail D6222-29).
    """
    days = sum((last - first).days + 1 for first, last in spans)
    return 1 + max(0, days - 1) // 366


def minimum_pay(
    kind: ContractKind, *, age: int, year: int, on: date, weekly_minutes: int = FULL_WEEK
) -> Cents:
    """Cents a month, rounded down: a form may round either way and is not wrong for a cent."""
    return Cents(smic(on) * percent(kind, age, year) * weekly_minutes // (WHOLE * FULL_WEEK))
