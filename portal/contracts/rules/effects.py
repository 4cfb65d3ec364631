"""What accepting a contract does to the student's money, foreseen for the person who accepts."""

from dataclasses import dataclass

from portal.kernel.money import Cents


@dataclass(frozen=True, kw_only=True)
class MoneyEffect:
    """`suspended` instalments fall and `refund` is proposed, once the funder has accepted when it `waits`.

    Left over are what the student still `owes` and what the company is `billed`. Amounts in cents.
    """

    suspended: int
    refund: Cents
    waits: bool
    approvals: int
    owes: Cents
    billed: Cents
