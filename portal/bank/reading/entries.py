"""From one booking (`Ntry`) to the movements it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal.bank.reading.details import Detail, bank_codes
from portal.bank.reading.parts import (
    counterparty,
    references_of,
    share,
    split_or_not,
    told_by,
    told_in_part,
)
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
        told = sorted(BETWEEN.join(told_by(detail)) for detail in self.details)
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
        cents = share(detail, self.cents) if self.several else self.cents
        back = detail.returned or self.reversal
        other = counterparty(detail, cents, own_accounts, back=back)
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
        reference=given(text.get("AcctSvcrRef", "")) or references_of(kept),
        reversal=text.get("RvslInd", "") in TRUE,
        bank_code=bank_code,
        own_bank_code=own_bank_code,
        additional=text.get("AddtlNtryInf", ""),
        line=element.sourceline,
        details=kept,
        told_in_part=told_in_part(element, details, kept, cents),
        batch=_batch(element),
    )


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
