"""An amendment is a contract of its own that takes the place of the one it amends once the OPCO accepts it."""

from portal import audit
from portal.contracts import letters, queries
from portal.contracts.models import Contract, ContractContact
from portal.contracts.rules import ContractState, check_may_be_amended
from portal.contracts.service.holding import on_its_way_to
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale
from portal.kernel.i18n import mark
from portal.programme import Enrolment

#: What an amendment takes over until somebody corrects it.
KEPT = (
    "enrolment_id",
    "company_id",
    "contact_id",
    "kind",
    "job_title",
    "tutor_name",
    "tutor_job",
    "tutor_experience_years",
    "starts_on",
    "ends_on",
    "funded_cents",
    "practical_start_on",
    "weekly_minutes",
    "monthly_pay_cents",
    "rncp",
    "opco",
    "follows_id",
)


def amend(contract_id: int, *, reason: str, version: int, by: int) -> int:
    """The id of a draft that amends an accepted contract; student and company are asked for the signed amendment.

    The contract itself goes on as it is. Asking again while the school has not accepted an amendment gives
    that one; `NotPossible` while one that it has accepted waits for the OPCO.
    """
    with transaction():
        contract = Contract.hold(contract_id)
        enrolment_id = contract.enrolment_id
        Enrolment.hold(enrolment_id)
        if known := queries.open_amendment(contract_id):
            return known.id
        check_may_be_amended(contract.state)
        if on_its_way_to(contract):
            raise NotPossible("An amendment of this contract is on its way. Amend that one.")
        if contract.version != version:
            raise Stale("Somebody changed this contract while you were looking at it.")
        if queries.open_contract(enrolment_id):
            raise NotPossible("Another contract of this student is on its way.")
        facts = {name: getattr(contract, name) for name in KEPT}
        child = Contract.create(
            amends=contract, state=ContractState.DRAFT, due_on=contract.starts_on, **facts
        )
        for reader in ContractContact.select().where(ContractContact.contract == contract_id):
            ContractContact.create(
                contract=child,
                person=reader.person_id,
                called=reader.called,
                may_invite=reader.may_invite,
                added_by=by,
            )
        audit.record(
            "contract:amended", subject=f"contract:{contract_id}", actor_id=by, detail=reason
        )
        letters.tell(
            child,
            mark("Contract of %(student)s: an amendment is awaited"),
            mark(
                "The contract of %(student)s with %(company)s is to be amended:\n\n%(reason)s\n\n"
                "Send the signed amendment here: %(link)s"
            ),
            reason=reason,
        )
        return child.id
