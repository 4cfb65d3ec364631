"""The bank's answer (pain.002), read without trusting it: plain values, or a refusal for the whole file."""

import re
from typing import Any

from lxml import etree

from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents
from portal.payouts.rules import Answer, Status, Told, completed, gravest, last_word

LARGEST = 20 * 1024 * 1024
#: ISO 20022 ExternalPaymentTransactionStatus: settled, refused; everything else only says “on its way”.
PAID, REFUSED = ("ACSC", "ACCC"), ("RJCT", "CANC")
HEAD = 4096
#: The element that holds an answer, in the encodings of XML that banks write.
NAMES = tuple("CstmrPmtStsRpt".encode(written) for written in ("utf-8", "utf-16-le", "utf-16-be"))
#: ISO 20022 ExternalPaymentGroupStatus: what is below says it.
PARTLY = ("", "PART")
#: ISO 20022 ActiveOrHistoricCurrencyAndAmount; banks may write more decimals than the cents they mean.
AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,2})0{0,3})?")


def is_answer(data: bytes) -> bool:
    """Is this a pain.002? Only a look: `read` decides."""
    return any(name in data[:HEAD] for name in NAMES)


def read(data: bytes) -> Answer:
    """The answer in a pain.002 file of any version; `NotPossible` for anything not wholly understood."""
    report = _root(data)
    original = _first(report, "OrgnlGrpInfAndSts")
    message_id = _text(original, "OrgnlMsgId")
    if not message_id:
        raise NotPossible("This answer does not say which order it is about.")
    file = _told(original, "GrpSts")
    # By their elements, as a transfer has the status of its own batch.
    batches = {
        batch: _batch(message_id, _told(batch, "PmtInfSts"), file)
        for batch in report.iter("{*}OrgnlPmtInfAndSts")
    }
    single: dict[str, list[Told]] = {}
    for transaction in report.iter("{*}TxInfAndSts"):
        above = batches.get(transaction.getparent(), file)
        single.setdefault(_number(transaction), []).append(_single(transaction, above))
    return Answer(
        message_id,
        tuple(batches.values()) or (file,),
        {number: last_word(number, several) for number, several in single.items()},
    )


def _batch(message_id: str, own: Told, file: Told) -> Told:
    """A file taken in may hold a batch that was not; two different ends are a contradiction."""
    said = [told for told in (file, own) if told.status]
    status = last_word(message_id, said).status if said else None
    return completed(own._replace(status=status), file)


def _single(transaction: Any, above: Told) -> Told:
    told = completed(_told(transaction, "TxSts"), above)
    return told._replace(status=told.status or Status.NOTED, cents=_amount(transaction))


def _number(transaction: Any) -> str:
    number = _text(transaction, "OrgnlEndToEndId")
    if not number:
        raise NotPossible(
            "Line %(line)s of the answer does not say which transfer it is about.",
            line=transaction.sourceline,
        )
    return number


def _root(data: bytes) -> Any:
    if len(data) > LARGEST:
        raise NotPossible("This file is too large for an answer of the bank.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as problem:
        raise NotPossible(
            "This file is damaged or no XML, see its line %(line)s. Nothing was changed.",
            line=problem.lineno or 1,
        ) from None
    except ValueError:
        raise NotPossible("This file is damaged or no XML. Nothing was changed.") from None
    if root.getroottree().docinfo.doctype:
        raise NotPossible("This file declares a document type, which no answer of a bank does.")
    report = next(root.iter("{*}CstmrPmtStsRpt"), None)
    if report is None:
        raise NotPossible("This file is no answer to a payment order (pain.002).")
    return report


def _told(part: Any, name: str) -> Told:
    """Status and reason of this level, not of one below it; `name` is the element of its status."""
    code = _text(part, name)
    status = None if code in PARTLY else _status(code)
    reasons = [Told(status, *_reason(one)) for one in part.iterchildren("{*}StsRsnInf")]
    return gravest(reasons or [Told(status)])


def _status(code: str) -> Status:
    if code in PAID:
        return Status.PAID
    return Status.REJECTED if code in REFUSED else Status.NOTED


def _reason(reason: Any) -> tuple[str, str]:
    """Its code, and the bank's words."""
    code = _text(_first(reason, "Rsn"), "Cd") or _text(_first(reason, "Rsn"), "Prtry")
    return code[:35], _text(reason, "AddtlInf")[:500]


def _amount(transaction: Any) -> Cents | None:
    told = _first(transaction, "InstdAmt")
    if told is None:
        return None
    amount = AMOUNT.fullmatch((told.text or "").strip())
    if told.get("Ccy") != "EUR" or amount is None:
        raise NotPossible(
            "Line %(line)s of the answer names an amount that is not in euros and cents.",
            line=told.sourceline,
        )
    return Cents(int(amount[1]) * 100 + int((amount[2] or "").ljust(2, "0")))


def _first(part: Any, name: str) -> Any:
    return None if part is None else next(part.iter(f"{{*}}{name}"), None)


def _text(part: Any, name: str) -> str:
    found = _first(part, name)
    return (found.text or "").strip() if found is not None else ""
