"""The contract after a broken one: the student found another employer within six months."""

from portal import audit
from portal.contracts.models import Contract
from portal.contracts.rules import Employer, Facts, check_may_follow
from portal.contracts.service.declaring import declare
from portal.kernel.db import transaction


def succeed(contract_id: int, *, facts: Facts, employer: Employer, by: int) -> int:
    """The id of the draft that follows a broken contract (Code du travail L6222-18-2); its contact is invited.

    `NotPossible` unless the old one was broken and the new one begins within six months of that day;
    the same declaration again gives the same draft.
    """
    broken = Contract.find(contract_id)
    check_may_follow(broken.state, broken.ended_on, starts_on=facts.starts_on)
    new_id = declare(enrolment_id=broken.enrolment_id, facts=facts, employer=employer, by=by)
    with transaction():
        new = Contract.hold(new_id)
        if new.follows_id == contract_id:
            return new_id
        Contract.update(follows=contract_id).where(Contract.id == new_id).execute()
        audit.record(
            "contract:changed",
            subject=f"contract:{new_id}",
            actor_id=by,
            detail=f"follows contract {contract_id}",
        )
    return new_id
