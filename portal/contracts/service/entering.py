"""A company's contact comes in by the private link of a mail, or asks for a fresh one."""

from portal import audit, identity
from portal.contracts import doors, letters, queries
from portal.contracts.models import Contract
from portal.kernel.db import transaction
from portal.kernel.errors import NotAllowed


def enter(token: str, *, address: str, browser: str) -> tuple[str, int]:
    """A new session token for the link's contact, and their contract's id.

    `Missing` when the link opens nothing any more; `NotAllowed` when its contact chose a password since.
    """
    with transaction():
        contract, person = queries.behind(token)
        if person.password_hash:
            raise NotAllowed("You have chosen a password. Sign in with it.")
        audit.record(
            "identity:door-opened",
            subject=f"contract:{contract.id}",
            actor_id=person.id,
            actor_name=person.name,
        )
        session = identity.start_session(person.id, address=address, browser=browser)
        return session, contract.id


def send_new_link(mark: str) -> None:
    """Mail a fresh link to whom the link of that fingerprint was sent. Says nothing either way, and never fails.

    Nothing is sent to somebody who no longer acts for the contract, nor more than five within an hour.
    """
    with transaction():
        link = queries.find(mark)
        if link is None or not queries.still_acts(link.contract_id, link.person_id):
            return
        contract = Contract.hold(link.contract_id)
        if doors.many_lately(contract.id, link.person_id):
            return
        letters.new_door(contract, link.person)
        audit.record(
            "identity:door-asked", subject=f"contract:{contract.id}", actor_id=link.person_id
        )
