"""New tuition asked for after a broken contract: what was settled before it, and what was reckoned since."""

from typing import Any

from peewee import fn

from portal.fees import ledger
from portal.fees.models import LedgerTransaction
from portal.fees.rules import Settled, settled_from


def settled_of(enrolment_id: int) -> Settled:
    """What was asked and taken over when new tuition was last asked for, zero when it never was; two queries at most."""
    asked = _number(enrolment_id)
    return settled_from(ledger.balances(enrolment_id, before=asked) if asked else [])


def sources_since_anew(enrolment_id: int) -> set[str] | None:
    """What was posted since new tuition was last asked for, None when it never was; two queries at most."""
    asked = _number(enrolment_id)
    if asked is None:
        return None
    mine = (LedgerTransaction.enrolment == enrolment_id) & (LedgerTransaction.number > asked)
    return {one.source for one in LedgerTransaction.select().where(mine)}


def _number(enrolment_id: int) -> int | None:
    """Of the transaction that asked for new tuition last."""
    anew: Any = (LedgerTransaction.enrolment == enrolment_id) & (
        LedgerTransaction.source.endswith(":anew")
    )
    number = LedgerTransaction.select(fn.MAX(LedgerTransaction.number)).where(anew).scalar()
    return number and int(number)
