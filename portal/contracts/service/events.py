"""What this room tells rooms above it, always inside the transaction that did it."""

from portal.kernel.events import Event

#: Told as `signed.tell(contract=Contract, by=person_id)` when the school has accepted a contract.
signed = Event("contracts.signed")
#: Told as `decided_by_funder.tell(contract=Contract, changed=bool, by=person_id)` when the OPCO accepted, in
#: words or by its silence; `changed`: with another amount than the school had confirmed.
decided_by_funder = Event("contracts.decided-by-funder")
#: Told as `fell.tell(contract=Contract, reason=text, by=person_id)` when a contract ended before it began.
fell = Event("contracts.fell")
