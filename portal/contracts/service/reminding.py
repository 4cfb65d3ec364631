"""Reminders of what a file misses: by hand, for many at once, and by the daily job; at most one a week each."""

from datetime import date

from portal import audit
from portal.contracts import letters, queries
from portal.contracts.models import Contract, ContractReminder
from portal.contracts.rules import check_may_remind, is_working_day, week_of
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Refusal


def remind(contract_id: int, *, by: int | None) -> None:
    """Ask student and company by mail for what the file misses; `by` nobody when the daily job does it.

    `NotPossible` on days off, while reminders are paused, within a week of the last one, and when
    nothing is missing: sending it twice gives one mail.
    """
    with transaction():
        Contract.hold(contract_id)
        contract = queries.review(contract_id)
        last = queries.last_reminder(contract_id)
        names = queries.missing_names(contract)
        check_may_remind(
            clock.today(),
            last_on=clock.school_time(last.sent_at).date() if last else None,
            paused_until=contract.reminders_paused_until,
            missing=len(names),
        )
        week = week_of(clock.today())
        ContractReminder.create(contract=contract_id, week=week, sent_by=by)
        audit.record(
            "contract:reminded", subject=f"contract:{contract_id}", actor_id=by, detail=week
        )
        letters.missing(contract, names)


def remind_due() -> int:
    """Remind everybody who has let a week pass; how many files. Repeating it the same day sends nothing more."""
    today = clock.today()
    if not is_working_day(today):
        return 0
    return sum(_reminded(contract_id) for contract_id in queries.to_remind(today))


def pause_reminders(contract_id: int, *, until: date | None, by: int) -> None:
    """Send no reminder for this file up to and including `until`; None sends them again."""
    with transaction():
        contract = Contract.hold(contract_id)
        if until is not None and until < clock.today():
            raise NotPossible("This day has passed.")
        if contract.reminders_paused_until == until:
            return
        Contract.update(reminders_paused_until=until).where(Contract.id == contract_id).execute()
        audit.record(
            "contract:reminders-paused",
            subject=f"contract:{contract_id}",
            actor_id=by,
            detail=until.isoformat() if until else "",
        )


def _reminded(contract_id: int) -> bool:
    try:
        remind(contract_id, by=None)
    except Refusal:
        return False
    return True
