"""From one booking (`Ntry`) to the movements it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal.bank.reading.details import Detail, Side, bank_codes
from portal.bank.reading.refusals import NO_DAY, Unreadable
from portal.bank.reading.values import (
    Element,
    check_small,
    day_in,
    given,
    local,
    signed_cents,
    text_of,
)
from portal.bank.rules import BETWEEN, Entry, digest
from portal.kernel.money import Cents

TRUE = ("true", "1")


@dataclass(slots=True)
class Booking:
    """An `Ntry` that counts, before its statement gives it an identity."""

    cents: Cents
    booked_on: date
    valued_on: date
    dated: bool
    reference: str
    reversal: bool
    bank_code: str
    own_bank_code: str
    additional: str
    line: int
    details: list[Detail]
    #: Whether the details are fewer, or less, than what was booked.
    told_in_part: bool = False
    #: The numbers of the message and block that the bank booked as one (`Btch`).
    batch: tuple[str, ...] = ()

    @property
    def several(self) -> bool:
        return len(self.details) > 1

    def facts(self) -> str:
        """What makes it this booking and no other, as one text.

        The bank's own number when there is one; otherwise everything the parties said. The bank's
        additional text counts only when they said nothing, as banks word it anew in each message.
        """
        return BETWEEN.join(
            (self.booked_on.isoformat(), str(self.cents), self.reference or self._told())
        )

    def _told(self) -> str:
        told = sorted(BETWEEN.join(_told_by(detail)) for detail in self.details)
        said = BETWEEN.join(told)
        return f"\x1e{said if said.strip(BETWEEN) else self.additional}"

    def entries(
        self, account: str, facts: str, occurrence: int, own_accounts: frozenset[str]
    ) -> Iterator[Entry]:
        """One entry per detail; `occurrence` tells bookings of equal `facts()` in one statement apart."""
        identity = digest(account, facts, str(occurrence))
        number = digest(account, self.reference, str(self.cents)) if self.reference else ""
        for part, detail in enumerate(self.details, 1):
            yield self._entry(
                detail,
                f"{identity}-{part}" if self.several else identity,
                own_accounts,
                identity,
                part,
                f"{number}-{part}" if number else "",
            )

    def _entry(
        self,
        detail: Detail,
        identity: str,
        own_accounts: frozenset[str],
        booking: str,
        part: int,
        number: str,
    ) -> Entry:
        cents = _share(detail, self.cents) if self.several else self.cents
        other = counterparty(detail, cents, own_accounts)
        references = detail.references.get
        return Entry(
            identity=identity,
            booked_on=self.booked_on,
            valued_on=self.valued_on,
            cents=cents,
            dated=self.dated,
            name=other.name or other.ultimate,
            on_behalf_of=other.ultimate,
            iban=other.iban,
            bic=other.bic,
            end_to_end=references("EndToEndId", ""),
            instruction=references("InstrId", ""),
            payment_information=references("PmtInfId", ""),
            orders=tuple(filter(None, (references("MsgId", ""), *self.batch))),
            mandate=references("MndtId", ""),
            remittance="\n".join(line for line in detail.remittance if line),
            references=tuple(filter(None, detail.structured)),
            bank_code=detail.bank_code or self.bank_code,
            own_bank_code=detail.own_bank_code or self.own_bank_code,
            returned=detail.returned,
            return_reason=detail.return_reason,
            return_text=detail.return_text,
            reversal=self.reversal,
            # What is said of a booking with several parts is true of none of them alone.
            additional=detail.additional if self.several else self._additional(detail),
            of_booking=self.additional if self.several else "",
            told_in_part=self.told_in_part,
            numbered=bool(self.reference),
            number=number,
            line=detail.line or self.line,
            booking=booking,
            part=part,
            parts=len(self.details),
        )

    def _additional(self, detail: Detail) -> str:
        return "\n".join(filter(None, (self.additional, detail.additional)))


def read_booking(element: Element, details: list[Detail]) -> Booking:
    """What a booked `Ntry` says. `Unreadable` when amount, direction or day cannot be told."""
    check_small(element)
    leaves = {local(child.tag): child for child in element}
    text = {name: text_of(child) for name, child in leaves.items()}
    cents = signed_cents(leaves.get("Amt"), text.get("CdtDbtInd", ""), element)
    valued_on = day_in(leaves.get("ValDt"))
    told_on = day_in(leaves.get("BookgDt"))
    booked_on = told_on or valued_on
    if booked_on is None:
        raise Unreadable(NO_DAY, line=element.sourceline)
    codes = leaves.get("BkTxCd")
    bank_code, own_bank_code = ("", "") if codes is None else bank_codes(codes)
    kept = split_or_not(details, cents)
    return Booking(
        cents=cents,
        booked_on=booked_on,
        valued_on=valued_on or booked_on,
        dated=told_on is not None,
        reference=given(text.get("AcctSvcrRef", "")) or _references_of(kept),
        reversal=text.get("RvslInd", "") in TRUE,
        bank_code=bank_code,
        own_bank_code=own_bank_code,
        additional=text.get("AddtlNtryInf", ""),
        line=element.sourceline,
        details=kept,
        told_in_part=_told_in_part(element, details, cents),
        batch=_batch(element),
    )


def _told_in_part(element: Element, details: list[Detail], cents: Cents) -> bool:
    """Whether the bank says that there is more in this booking than its details tell."""
    counts = [
        int(text_of(leaf))
        for leaf in element.iterfind("{*}NtryDtls/{*}Btch/{*}NbOfTxs")
        if text_of(leaf).isdecimal() and len(text_of(leaf)) < 10
    ]
    told = [abs(detail.cents) for detail in details if detail.cents is not None]
    less = len(details) == len(told) == 1 and told[0] < abs(cents)
    return bool(details) and (less or sum(counts) > len(details))


def _batch(element: Element) -> tuple[str, ...]:
    numbers = (
        text_of(leaf)
        for batch in element.iterfind("{*}NtryDtls/{*}Btch")
        for leaf in batch.iterchildren("{*}MsgId", "{*}PmtInfId")
    )
    return tuple(filter(None, map(given, numbers)))


def status_of(element: Element) -> str:
    """`BOOK`, `PDNG`…: a leaf in version 02, a choice since; "" when the bank does not say."""
    for child in element.iterchildren("{*}Sts"):
        return text_of(child) or next((text_of(leaf) for leaf in child), "")
    return ""


def split_or_not(details: list[Detail], cents: Cents) -> list[Detail]:
    """The details when their amounts make the booking's; otherwise one that holds what they all say."""
    told = bool(details) and all(detail.cents is not None for detail in details)
    if len(details) == 1 or (told and sum(_share(detail, cents) for detail in details) == cents):
        return details
    return [_together(details)]


def _share(detail: Detail, total: Cents) -> Cents:
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


def counterparty(detail: Detail, cents: Cents, own_accounts: frozenset[str]) -> Side:
    """Who stands on the other side.

    A transfer that came back still names its first debtor, the school, in some banks' files: then it
    is the other one.
    """
    near, far = detail.debtor, detail.creditor
    if cents < 0:
        near, far = far, near
    if near.iban in own_accounts and far.iban not in own_accounts:
        return far
    return far if detail.returned and near == Side() else near


def _references_of(details: list[Detail]) -> str:
    """The bank's numbers of the transactions, when each has one, for banks that give none to the booking."""
    numbers = sorted(detail.references.get("AcctSvcrRef", "") for detail in details)
    return BETWEEN.join(numbers) if all(numbers) else ""


def _told_by(detail: Detail) -> Iterator[str]:
    for side in (detail.debtor, detail.creditor):
        yield from (side.name, side.ultimate, side.iban)
    for name in ("EndToEndId", "InstrId", "PmtInfId", "TxId", "MndtId"):
        yield detail.references.get(name, "")
    yield from (detail.return_reason, *detail.remittance, *detail.structured)
