"""One transaction of a booking: who, why and under which references."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from portal.bank.reading.values import (
    CURRENCY,
    Element,
    cents_of,
    check_small,
    given,
    iban_in,
    local,
    text_of,
)
from portal.kernel.money import Cents


@dataclass(slots=True)
class Side:
    """What is known of one party."""

    name: str = ""
    ultimate: str = ""
    iban: str = ""
    bic: str = ""


@dataclass(slots=True)
class Detail:
    """A `TxDtls`, or the empty one of a booking that has none. `cents` have no sign yet."""

    cents: Cents | None = None
    direction: str = ""
    debtor: Side = field(default_factory=Side)
    creditor: Side = field(default_factory=Side)
    references: dict[str, str] = field(default_factory=dict)
    remittance: list[str] = field(default_factory=list)
    structured: list[str] = field(default_factory=list)
    bank_code: str = ""
    own_bank_code: str = ""
    #: The bank tells about a return, be it without a code.
    returned: bool = False
    return_reason: str = ""
    return_text: str = ""
    additional: str = ""
    line: int = 0


#: Where a party's facts stand: element -> (side, fact).
PARTIES = {
    "Dbtr": ("debtor", "name"),
    "UltmtDbtr": ("debtor", "ultimate"),
    "DbtrAcct": ("debtor", "iban"),
    "DbtrAgt": ("debtor", "bic"),
    "Cdtr": ("creditor", "name"),
    "UltmtCdtr": ("creditor", "ultimate"),
    "CdtrAcct": ("creditor", "iban"),
    "CdtrAgt": ("creditor", "bic"),
}
#: Which leaf holds such a fact. BIC became BICFI with version 03; some banks give an IBAN as another number (`Othr`).
LEAVES = {
    "name": ("{*}Nm",),
    "ultimate": ("{*}Nm",),
    "iban": ("{*}IBAN", "{*}Othr"),
    "bic": ("{*}BICFI", "{*}BIC"),
}


def read_detail(element: Element) -> Detail:
    """What a `TxDtls` says; the amount is only taken when it is in the account's currency."""
    check_small(element)
    detail = Detail(line=element.sourceline)
    for child in element:
        take = READERS.get(local(child.tag))
        if take:
            take(detail, child)
    return detail


def _read_amount(detail: Detail, element: Element) -> None:
    detail.cents = _cents_in_euros(element)


def _read_amounts(detail: Detail, element: Element) -> None:
    """The transaction's amount, else the instructed one: version 02 has no other."""
    for wanted in ("{*}TxAmt", "{*}InstdAmt"):
        for child in element.iterchildren(wanted):
            for amount in child.iterchildren("{*}Amt"):
                if detail.cents is None:
                    detail.cents = _cents_in_euros(amount)


def _read_direction(detail: Detail, element: Element) -> None:
    detail.direction = text_of(element)


def _read_references(detail: Detail, element: Element) -> None:
    detail.references = {local(leaf.tag): given(text_of(leaf)) for leaf in element}


def _cents_in_euros(amount: Element) -> Cents | None:
    """Cents, or `None` in another currency: what was sent abroad is not what moved here."""
    return cents_of(amount) if amount.get("Ccy", CURRENCY).strip() == CURRENCY else None


def _read_parties(detail: Detail, element: Element) -> None:
    for child in element:
        place = PARTIES.get(local(child.tag))
        if not place:
            continue
        side, fact = place
        found = next(child.iter(*LEAVES[fact]), None)
        if found is not None:
            text = _number(found) if fact == "iban" else text_of(found)
            setattr(getattr(detail, side), fact, text)


def _number(leaf: Element) -> str:
    return iban_in(text_of(leaf) or next((text_of(one) for one in leaf.iterchildren("{*}Id")), ""))


def _read_remittance(detail: Detail, element: Element) -> None:
    for child in element:
        if local(child.tag) == "Ustrd":
            detail.remittance.append(text_of(child))
        else:
            detail.structured += [text_of(leaf) for leaf in _creditor_references(child)]
            detail.remittance += [text_of(leaf) for leaf in child.iterchildren("{*}AddtlRmtInf")]


def _creditor_references(structured: Element) -> Iterator[Element]:
    for information in structured.iterchildren("{*}CdtrRefInf"):
        yield from information.iterchildren("{*}Ref")


def bank_codes(element: Element) -> tuple[str, str]:
    """“PMNT/RCDT/ESCT” and the bank's own code of a `BkTxCd`."""
    domain = own = ""
    for child in element:
        name = local(child.tag)
        if name == "Domn":
            domain = "/".join(
                text_of(leaf) for leaf in child.iter("{*}Cd", "{*}SubFmlyCd") if text_of(leaf)
            )
        elif name == "Prtry":
            own = next((text_of(leaf) for leaf in child.iter("{*}Cd")), "")
    return domain, own


def _read_codes(detail: Detail, element: Element) -> None:
    detail.bank_code, detail.own_bank_code = bank_codes(element)


def _read_return(detail: Detail, element: Element) -> None:
    detail.returned = True
    for child in element.iterchildren("{*}Rsn"):
        detail.return_reason = next((text_of(leaf) for leaf in child), "") or text_of(child)
    detail.return_text = " ".join(text_of(leaf) for leaf in element.iterchildren("{*}AddtlInf"))


def _read_additional(detail: Detail, element: Element) -> None:
    detail.additional = text_of(element)


READERS: dict[str, Callable[[Detail, Element], None]] = {
    "Amt": _read_amount,
    "AmtDtls": _read_amounts,
    "CdtDbtInd": _read_direction,
    "Refs": _read_references,
    "RltdPties": _read_parties,
    "RltdAgts": _read_parties,
    "RmtInf": _read_remittance,
    "BkTxCd": _read_codes,
    "RtrInf": _read_return,
    "AddtlTxInf": _read_additional,
}
