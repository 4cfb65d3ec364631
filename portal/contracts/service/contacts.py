"""Several people act for a company on a contract: one invites colleagues, everybody may leave but the last."""

from portal import audit, identity
from portal.contracts import doors, letters, queries
from portal.contracts.models import CompanyContact, Contract, ContractContact
from portal.contracts.rules import check_may_invite, check_may_remove
from portal.kernel.db import transaction
from portal.kernel.errors import TooMany


def invite_colleague(contract_id: int, *, name: str, email: str, locale: str, by: int) -> None:
    """Let a colleague read and send this contract's papers, and mail them their link. Again: no effect.

    `NotAllowed` unless `by` may invite; `NotPossible` when the address belongs to a student or to staff, or
    the contract takes no more contacts; `TooMany` when too many links of this contract were sent.
    """
    with transaction():
        contract = Contract.hold(contract_id)
        people = queries.colleagues(contract)
        inviters = {one.person_id for one in people if one.may_invite}
        check_may_invite(by, inviters, contract.state, len(people))
        person = identity.known_or_new(
            email=email, name=name, role=identity.Role.COMPANY, locale=locale
        )
        if person.id in {one.person_id for one in people}:
            return
        if doors.flooded(contract_id):
            raise TooMany("Many links of this contract were sent. Wait an hour.")
        CompanyContact.get_or_create(company=contract.company_id, person=person)
        ContractContact.create(contract=contract, person=person, called=name, added_by=by)
        audit.record(
            "contract:contact-invited",
            subject=f"contract:{contract_id}",
            actor_id=by,
            detail=f"person:{person.id}",
        )
        letters.colleague_invited(contract, person, by=by)


def remove_colleague(contract_id: int, person_id: int, *, by: int) -> None:
    """Take a contract away from a contact, with every link to it; the lead who leaves hands it on. Again: no effect.

    `NotPossible` for the only contact; `NotAllowed` for somebody else unless `by` may invite.
    """
    with transaction():
        contract = Contract.hold(contract_id)
        people = queries.colleagues(contract)
        ids = [one.person_id for one in people]
        if person_id not in ids:
            return
        check_may_remove(
            person_id,
            by=by,
            lead=contract.contact_id,
            inviters={one.person_id for one in people if one.may_invite},
            contacts=len(people),
        )
        if person_id == contract.contact_id:
            _hand_on(contract_id, next(one for one in ids if one != person_id))
        here = (ContractContact.contract == contract_id) & (ContractContact.person == person_id)
        ContractContact.delete().where(here).execute()
        doors.revoke(contract_id, person_id)
        audit.record(
            "contract:contact-removed",
            subject=f"contract:{contract_id}",
            actor_id=by,
            detail=f"person:{person_id}",
        )


def _hand_on(contract_id: int, person_id: int) -> None:
    """The colleague who came first leads from now on."""
    Contract.update(contact=person_id).where(Contract.id == contract_id).execute()
    here = (ContractContact.contract == contract_id) & (ContractContact.person == person_id)
    ContractContact.update(may_invite=True).where(here).execute()
