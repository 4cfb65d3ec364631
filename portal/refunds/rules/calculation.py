"""How much comes back: domain guide, section 2. Amounts are cents."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import NamedTuple

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
    REFUND = "refund"


SENTENCES = {
    Step.PRICE: mark("Price of the year"),
    Step.FUNDED: mark("Paid by the funder"),
    Step.COMPANY: mark("Paid by the company"),
    Step.LEFT: mark("Left for the student"),
    Step.RECEIVED: mark("Received so far"),
    Step.GIVEN_BACK: mark("Given back before, or on its way"),
    Step.KEPT: mark("Kept for what is left"),
    Step.REFUND: mark("Refund"),
}


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a refund is worked out from. `promised` is refunded already or waits in another refund."""

    price: int
    received: int
    funded: int
    shortfall_owed_by: str
    promised: int = 0
    policy_version: int = 0


@dataclass(frozen=True)
class Calculation:
    """A refund with every step that led to it; kept beside the refund for ever."""

    given: Given
    funded: int
    company_share: int
    left: int
    refund: int

    @property
    def steps(self) -> list[tuple[Step, int]]:
        """The bill, line by line; what is taken off is negative."""
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
    funded = min(given.funded, given.price)
    shortfall = given.price - funded
    company_share = shortfall if given.shortfall_owed_by == "employer" else 0
    left = shortfall - company_share
    refund = max(0, given.received - given.promised - left)
    return Calculation(given, funded, company_share, left, refund)


class Share(NamedTuple):
    payer_id: int
    cents: Cents


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
