"""How much comes back: domain guide, section 2. Amounts are cents."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from portal.kernel.clock import months_later
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark
from portal.kernel.money import Cents, split_in_proportion


class Step(StrEnum):
    """The lines of the calculation, as a person reads them."""

    PRICE = "price"
    FUNDED = "funded"
    COMPANY = "company"
    LEFT = "left"
    RECEIVED = "received"
    GIVEN_BACK = "given_back"
    KEPT = "kept"
    CREDIT = "credit"
    REFUND = "refund"


SENTENCES = {
    Step.PRICE: mark("Price of the year"),
    Step.FUNDED: mark("Paid by the funder"),
    Step.COMPANY: mark("Paid by the company"),
    Step.LEFT: mark("Left for the student"),
    Step.RECEIVED: mark("Received so far"),
    Step.GIVEN_BACK: mark("Given back before, or on its way"),
    Step.KEPT: mark("Kept for what is left"),
    Step.CREDIT: mark("Credit that nothing asks for"),
    Step.REFUND: mark("Refund"),
}


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a refund is worked out from. `promised` is refunded already or waits in another refund.

    `covered_days` of `year_days` lie under the contract where the policy counts by the day; 0 of 0: all.
    `settled_…` is what was asked, funded and billed before new tuition was asked for after a break: the
    contract pays for the rest of the price alone.
    """

    price: int
    received: int
    funded: int
    shortfall_owed_by: str
    promised: int = 0
    policy_version: int = 0
    covered_days: int = 0
    year_days: int = 0
    settled_price: int = 0
    settled_funded: int = 0
    settled_company: int = 0


@dataclass(frozen=True)
class Calculation:
    """A refund with every step that led to it; kept beside the refund for ever."""

    given: Given
    funded: int
    company_share: int
    left: int
    refund: int
    #: The credit it is taken from, when no contract caused it.
    credit: int = 0
    #: Why that credit goes back, in the words of who proposed it.
    why: str = ""

    @property
    def overdrawn(self) -> bool:
        """Was more promised before than comes back in all?"""
        return self.given.received - self.given.promised < self.left and self.given.promised > 0

    @property
    def steps(self) -> list[tuple[Step, int]]:
        """The bill, line by line; what is taken off is negative."""
        if self.credit:
            return [(Step.CREDIT, self.credit), (Step.REFUND, self.refund)]
        lines = [
            (Step.PRICE, self.given.price),
            (Step.FUNDED, -self.funded),
            (Step.COMPANY, -self.company_share),
            (Step.LEFT, self.left),
            (Step.RECEIVED, self.given.received),
            (Step.GIVEN_BACK, -self.given.promised),
            (Step.KEPT, -min(self.left, max(0, self.given.received - self.given.promised))),
            (Step.REFUND, self.refund),
        ]
        always = (Step.PRICE, Step.FUNDED, Step.LEFT, Step.RECEIVED, Step.REFUND)
        return [(step, cents) for step, cents in lines if cents or step in always]

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Calculation":
        facts = json.loads(text)
        return cls(**facts | {"given": Given(**facts["given"])})


def work_out(given: Given) -> Calculation:
    """Refund = max(0, received − max(0, price − funded)), less what was promised before.

    What the funder leaves is the employer's (then nothing is left for the student) or the student's.
    More funding than the price counts as the price: the discount of 5 % is never paid out.
    """
    if min(given.price, given.received, given.funded, given.promised) < 0:
        raise ValueError(f"a refund is worked out from positive cents, got {given}")
    asked = max(0, given.price - given.settled_price)
    covered = min(given.funded, asked)
    shortfall = asked - covered if given.shortfall_owed_by == "employer" else 0
    days = (given.covered_days, given.year_days)
    funded = given.settled_funded + part_of(covered, *days)
    company_share = given.settled_company + part_of(shortfall, *days)
    left = given.price - funded - company_share
    refund = max(0, given.received - given.promised - left)
    return Calculation(given, funded, company_share, left, refund)


def as_credit(amount: int, credit: int, *, policy_version: int, why: str = "") -> Calculation:
    """The calculation of money that is simply sent back: `amount` of a `credit`, and `why`."""
    given = Given(
        price=0, received=0, funded=0, shortfall_owed_by="student", policy_version=policy_version
    )
    return Calculation(
        given, funded=0, company_share=0, left=0, refund=amount, credit=credit, why=why
    )


def part_of(cents: int, covered_days: int, year_days: int) -> int:
    """What of `cents` falls on the covered days, rounded down; all of it when nobody counts days."""
    return cents * covered_days // year_days if year_days else cents


#: A contract may begin so long after the courses without changing anything (Code du travail L6222-12-1).
LATE_AFTER_MONTHS = 3


def covered_days(
    late_start: str, starts_on: date, year_starts_on: date, year_ends_on: date
) -> tuple[int, int]:
    """Days of the year under the contract, and of the year; (0, 0) while everything counts.

    `late_start` is the policy's word for a contract that begins more than three months after the
    courses: "full" or "pro_rata".
    """
    if late_start == "full" or starts_on <= months_later(year_starts_on, LATE_AFTER_MONTHS):
        return 0, 0
    year = (year_ends_on - year_starts_on).days + 1
    return max(0, (year_ends_on - starts_on).days + 1), year


class Share(NamedTuple):
    payer_id: int
    cents: Cents


def check_shares(wanted: dict[int, Cents], available: Sequence[Share]) -> None:
    """`NotPossible` unless every payer gets more than nothing and at most what they sent."""
    most = {one.payer_id: one.cents for one in available}
    if not wanted or min(wanted.values()) <= 0:
        raise NotPossible("The amount must be more than zero.")
    if any(cents > most.get(payer_id, 0) for payer_id, cents in wanted.items()):
        raise NotPossible("A refund cannot be more than the payer paid.")


def share_out(refund: int, receipts: Sequence[Share]) -> list[Share]:
    """`refund` in proportion to what each payer sent and has not been promised; odd cents to the largest remainders.

    `ValueError` when the receipts do not cover it.
    """
    payers = [one for one in receipts if one.cents > 0]
    if refund > sum(one.cents for one in payers):
        raise ValueError(f"{refund} cents are more than {receipts}")
    if not refund:
        return []
    parts = split_in_proportion(Cents(refund), [one.cents for one in payers])
    return [Share(one.payer_id, part) for one, part in zip(payers, parts, strict=True) if part]
