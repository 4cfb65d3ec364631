"""What this room tells rooms above it, always inside the transaction that did it."""

from portal.contracts.models import Company
from portal.kernel.events import Event

#: Told as `signed.tell(contract=Contract, by=person_id)` when the school has accepted a contract.
signed = Event("contracts.signed")
#: Told as `decided_by_funder.tell(contract=Contract, changed=bool, by=person_id)` when the OPCO accepted, in
#: words or by its silence; `changed`: with another amount than the school had confirmed.
decided_by_funder = Event("contracts.decided-by-funder")
#: Told as `fell.tell(contract=Contract, reason=text, by=person_id)` when a contract ended before it began, once
#: for itself and the amendments that went with it.
fell = Event("contracts.fell")

#: A company is called otherwise from now on: `company_renamed.tell(siret=text, name=text)`.
company_renamed = Event("contracts.company-renamed")


def tell_new_name(company: Company, name: str) -> None:
    """Rooms that call the company by its name hear the new one; inside the transaction that writes it."""
    if name == company.name:
        return
    company_renamed.tell(siret=company.siret, name=name)
