"""The transactions that a booking (`Ntry`) holds, as one or as several."""

from collections.abc import Iterator

from portal.bank.reading.details import Detail, Side
from portal.bank.reading.values import Element, text_of
from portal.bank.rules import BETWEEN
from portal.kernel.money import Cents


def split_or_not(details: list[Detail], cents: Cents) -> list[Detail]:
    """The details when their amounts make the booking's; otherwise one that holds what they all say."""
    told = bool(details) and all(detail.cents is not None for detail in details)
    if len(details) == 1 or (told and sum(share(detail, cents) for detail in details) == cents):
        return details
    return [_together(details)]


def share(detail: Detail, total: Cents) -> Cents:
    """The detail's amount with its own sign, or the sign of the booking when it has none."""
    incoming = detail.direction == "CRDT" if detail.direction else total > 0
    cents = detail.cents or 0
    return Cents(cents if incoming else -cents)


def _together(details: list[Detail]) -> Detail:
    """One detail: every text and reference of all, and of the rest only what all agree on."""
    if not details:
        return Detail()
    first, whole = details[0], Detail(line=details[0].line)
    whole.returned = any(detail.returned for detail in details)
    for name in (
        "debtor",
        "creditor",
        "bank_code",
        "own_bank_code",
        "return_reason",
        "return_text",
    ):
        if all(getattr(detail, name) == getattr(first, name) for detail in details):
            setattr(whole, name, getattr(first, name))
    shared = set.intersection(*(set(detail.references.items()) for detail in details))
    whole.references = dict(sorted(shared))
    whole.remittance = [line for detail in details for line in detail.remittance]
    if "EndToEndId" not in whole.references:
        whole.remittance += [detail.references.get("EndToEndId", "") for detail in details]
    whole.structured = [line for detail in details for line in detail.structured]
    whole.additional = "\n".join(filter(None, (detail.additional for detail in details)))
    return whole


def counterparty(detail: Detail, cents: Cents, own_accounts: frozenset[str], *, back: bool) -> Side:
    """Who stands on the other side.

    What came `back` or was taken back still names its first debtor and creditor in some banks' files:
    then it is the other one.
    """
    near, far = detail.debtor, detail.creditor
    if cents < 0:
        near, far = far, near
    if near.iban in own_accounts and far.iban not in own_accounts:
        return far
    return far if back and near == Side() else near


def references_of(details: list[Detail]) -> str:
    """The bank's numbers of the transactions, when each has one, for banks that give none to the booking."""
    numbers = sorted(detail.references.get("AcctSvcrRef", "") for detail in details)
    return BETWEEN.join(numbers) if all(numbers) else ""


def told_by(detail: Detail) -> Iterator[str]:
    for side in (detail.debtor, detail.creditor):
        yield from (side.name, side.ultimate, side.iban)
    for name in ("EndToEndId", "InstrId", "PmtInfId", "TxId", "MndtId"):
        yield detail.references.get(name, "")
    yield from (detail.return_reason, *detail.remittance, *detail.structured)


def told_in_part(element: Element, details: list[Detail], kept: list[Detail], cents: Cents) -> bool:
    """Whether there is more in this booking than its details tell, or they do not tell which part is whose."""
    counts = [
        int(text_of(leaf))
        for leaf in element.iterfind("{*}NtryDtls/{*}Btch/{*}NbOfTxs")
        if text_of(leaf).isdecimal() and len(text_of(leaf)) < 10
    ]
    told = [abs(detail.cents) for detail in details if detail.cents is not None]
    less = len(details) == len(told) == 1 and told[0] < abs(cents)
    untold = less or sum(counts) > len(details) or len(details) > len(kept)
    return bool(details) and untold
