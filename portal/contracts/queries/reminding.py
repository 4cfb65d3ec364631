"""Whose file misses something, and who was reminded when."""

from datetime import date, timedelta

from peewee import JOIN, fn

from portal.contracts.models import Contract, ContractMove, ContractReminder
from portal.contracts.queries.standing import slots
from portal.contracts.rules import REMINDED, WEEK, ContractState
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.i18n import mark

DAY = timedelta(days=1)


def missing_names(contract: Contract) -> list[str]:
    """What student or company must still send for a contract read `with_papers`, as marked words; no query."""
    if contract.state == ContractState.INCOMPLETE:
        return [mark("What the OPCO has asked for")]
    if contract.state not in REMINDED:
        return []
    return [slot.paper.name for slot in slots(contract) if slot.missing]


def last_reminder(contract_id: int) -> ContractReminder | None:
    """The newest reminder with who sent it (nobody: the daily job); one query."""
    return (
        ContractReminder.select(ContractReminder, Person)
        .join(Person, JOIN.LEFT_OUTER)
        .where(ContractReminder.contract == contract_id)
        .order_by(ContractReminder.id.desc())
        .first()
    )


def to_remind(today: date) -> list[int]:
    """Ids of contracts that have waited a week for a paper since they last moved or were reminded; one query.

    Whether a paper is missing is decided file by file.
    """
    since = clock.midnight(today - WEEK + DAY)
    reminded = ContractReminder.select(ContractReminder.contract).where(
        ContractReminder.sent_at >= since
    )
    moved = ContractMove.select(ContractMove.contract).where(ContractMove.at >= since)
    rows = (
        Contract.select(Contract.id)
        .where(
            Contract.state.in_(REMINDED)
            & (Contract.declared_at < since)
            & (Contract.ends_on >= today)
            & (fn.COALESCE(Contract.reminders_paused_until, date.min) < today)
            & Contract.id.not_in(reminded)
            & Contract.id.not_in(moved)
        )
        .order_by(Contract.id)
    )
    return [row.id for row in rows]
