"""An accepted contract ends before its day: given up before it began, or broken on the way."""

from collections.abc import Callable
from datetime import date

from portal import audit, notifications, programme
from portal.contracts.models import Contract
from portal.contracts.rules import ContractState, check_may_end, ends_as
from portal.kernel.clock import months_later
from portal.kernel.db import transaction
from portal.kernel.errors import Stale
from portal.kernel.events import Event
from portal.kernel.i18n import mark

#: Told as `fell.tell(contract=Contract, reason=text, by=person_id)` when a contract ended before it began.
fell = Event("contracts.fell")


def _six_months() -> int:
    return 6


_months: Callable[[], int] = _six_months


def expect_months_without_tuition(months: Callable[[], int]) -> None:
    """Say how long no new tuition is asked after a break. Fees stand beside this room, so the app tells it."""
    global _months
    _months = months


def tuition_free_until(contract: Contract) -> date | None:
    """The day before which a student whose contract was broken is asked for no new tuition."""
    if contract.state != ContractState.TERMINATED or contract.ended_on is None:
        return None
    return months_later(contract.ended_on, _months())


def end(contract_id: int, *, on: date, reason: str, version: int, key: str, by: int) -> None:
    """End an accepted contract on day `on`: before its first day it falls, later it is broken.

    A contract that falls takes its funding with it. A broken one takes nothing back (Code du travail
    L6222-18: the student stays an apprentice of the school for six months without an employer). The
    same `key` ends it once; `NotPossible` and `Stale` as for every decision.
    """
    with transaction():
        contract = Contract.hold(contract_id)
        wanted = ends_as(on, contract.starts_on, contract.ends_on)
        if contract.decision_key == key and contract.state == wanted:
            return
        check_may_end(contract.state)
        changed = (
            Contract.update(
                state=wanted,
                ended_on=on,
                end_reason=reason,
                decision_key=key,
                version=version + 1,
            )
            .where((Contract.id == contract_id) & (Contract.version == version))
            .execute()
        )
        if not changed:
            raise Stale("Somebody changed this contract while you were looking at it.")
        audit.record(
            f"contract:{wanted}",
            subject=f"contract:{contract_id}",
            actor_id=by,
            detail=f"{on.isoformat()}: {reason}",
        )
        if wanted == ContractState.CANCELLED:
            programme.change_scheme(contract.enrolment_id, programme.Scheme.INITIAL, by=by)
            fell.tell(contract=contract, reason=reason, by=by)
        _tell(contract, on, reason)


def _tell(contract: Contract, on: date, reason: str) -> None:
    student = programme.enrolment(contract.enrolment_id).student.person
    for reader in (student, contract.contact_id):
        notifications.write_to(
            reader,
            mark("Contract of %(student)s: it has ended"),
            mark(
                "The contract of %(student)s with %(company)s ends on %(day)s:\n\n%(reason)s\n\n"
                "Read more here: %(link)s"
            ),
            student=student.name,
            company=contract.company.name,
            day=on.isoformat(),
            reason=reason,
            link=notifications.link(f"/contracts/{contract.id}"),
        )
