from dataclasses import dataclass

from portal.kernel.money import Cents


@dataclass(frozen=True)
class Terms:
    """What a contract takes over: `funded` cents, and who owes what the funder leaves ("employer", "student").

    `covered_days` of `year_days` count where a late contract pays by the day; 0 of 0: the whole year.
    """

    funded: Cents
    shortfall_owed_by: str
    covered_days: int = 0
    year_days: int = 0

    def part(self, cents: int) -> Cents:
        """What of `cents` the contract covers, rounded down."""
        return Cents(cents * self.covered_days // self.year_days if self.year_days else cents)
