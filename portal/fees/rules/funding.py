"""What contracts take over of a student's price, and the entries that bring the ledger there. Amounts are cents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.fees.rules.accounts import NOTHING, Account, Balance, Entry, billed
from portal.fees.rules.terms import Terms
from portal.kernel.money import Cents


@dataclass(frozen=True)
class Settled:
    """What was asked and taken over before new tuition was asked for after a break, `bills` by company.

    No later contract changes it: nothing is taken back after a break (Code du travail L6222-18-2). All
    zero while no new tuition was asked for.
    """

    price: Cents = NOTHING
    funded: Cents = NOTHING
    bills: Mapping[int, int] = field(default_factory=dict)

    @property
    def company_share(self) -> Cents:
        return Cents(sum(self.bills.values()))


NOTHING_SETTLED = Settled()


def settled_from(balances: Sequence[Balance]) -> Settled:
    """From what stood in the ledger when new tuition was asked for."""
    on = dict.fromkeys(Account, 0)
    for one in balances:
        on[Account(one.account)] += one.cents
    return Settled(Cents(-on[Account.TUITION]), Cents(on[Account.FUNDING]), billed(balances))


class Employer(NamedTuple):
    """Whom the rest is billed to: an establishment, told apart by its SIRET."""

    siret: str
    name: str


class FundingTarget(NamedTuple):
    """What contracts should have taken over once one counts: by the funder, and by the employer."""

    funded: Cents
    company_share: Cents


def funding_target(price: Cents, terms: Terms, settled: Settled = NOTHING_SETTLED) -> FundingTarget:
    """What is settled, and what a contract takes over of the rest of `price`.

    What is funded never exceeds that rest; what it leaves is the employer's or stays the student's.
    """
    if terms.funded < 0 or terms.shortfall_owed_by not in ("employer", "student"):
        raise ValueError(f"cannot fund with {terms}")
    asked = max(0, price - settled.price)
    covered = min(terms.funded, asked)
    employer = asked - covered if terms.shortfall_owed_by == "employer" else 0
    return FundingTarget(
        Cents(settled.funded + terms.part(covered)),
        Cents(settled.company_share + terms.part(employer)),
    )


def funding_entries(
    target: FundingTarget,
    funded: Cents,
    bills: dict[int, int],
    company_payer_id: int | None,
    settled: Settled = NOTHING_SETTLED,
) -> list[Entry]:
    """The difference between what is posted and `target`; another company's bill is taken back unless it is settled."""
    wanted = dict.fromkeys(bills, 0) | dict(settled.bills)
    if company_payer_id is not None:
        own = target.company_share - settled.company_share
        wanted[company_payer_id] = settled.bills.get(company_payer_id, 0) + own
    entries = [Entry(Account.FUNDING, target.funded - funded)]
    entries += [
        Entry(Account.COMPANY_SHARE, share - bills.get(payer_id, 0), payer_id)
        for payer_id, share in wanted.items()
    ]
    return [*entries, Entry(Account.RECEIVABLE, -sum(entry.cents for entry in entries))]


@dataclass(frozen=True)
class Funding:
    """What one `apply_funding` did: lines cancelled, the new lines, what companies owe in all."""

    cancelled: int
    respread: tuple[Cents, ...]
    company_share: Cents
