"""The file for the bank: pain.001.001.09, made and checked against its XSD by sepaxml."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sepaxml import SepaTransfer

from portal.payouts.rules import as_sepa

SCHEMA = "pain.001.001.09"


class Debtor(NamedTuple):
    """The school's account."""

    name: str
    iban: str
    bic: str


class Line(NamedTuple):
    end_to_end: str
    holder: str
    iban: str
    cents: int


class _Order(SepaTransfer):
    """sepaxml draws its ids at random; ours are the order's number, which the bank repeats.

    One block for all, for a short file, but each transfer a debit of its own on the statement.
    """

    def __init__(self, message_id: str, config: dict):
        self._message_id = message_id
        super().__init__(config, schema=SCHEMA, clean=True)

    def _create_header(self) -> None:
        self.msg_id = self._message_id
        super()._create_header()

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        for block in self._xml.iter("PmtInf"):
            block.find("PmtInfId").text = self._message_id
            block.find("BtchBookg").text = "false"


def write(message_id: str, debtor: Debtor, lines: Iterable[Line], execution_on: date) -> bytes:
    """The order as one block, without postal addresses (not allowed unstructured since November 2026).

    sepaxml raises when the file does not fit its XSD: nothing is sent then.
    """
    config = {
        "name": as_sepa(debtor.name, "School"),
        "IBAN": debtor.iban,
        "batch": True,
        "currency": "EUR",
    }
    if debtor.bic:
        config["BIC"] = debtor.bic
    order = _Order(message_id, config)
    for line in lines:
        order.add_payment(_payment(line, execution_on))
    return order.export(validate=True)


def _payment(line: Line, execution_on: date) -> dict:
    payment = {
        "name": as_sepa(line.holder, "Payee"),
        "IBAN": line.iban,
        "amount": line.cents,
        "execution_date": execution_on,
        "description": as_sepa(f"Refund {line.end_to_end}", "Refund", 140),
        "endtoend_id": line.end_to_end,
    }
    bic = bic_of(line.iban)
    return payment | ({"BIC": bic} if bic else {})


@lru_cache(maxsize=4096)
def bic_of(iban: str) -> str:
    """The bank's code, where the register knows it; empty otherwise, since SEPA does without."""
    try:
        found = IBAN(iban).bic
    except SchwiftyException:
        return ""
    return str(found) if found else ""
