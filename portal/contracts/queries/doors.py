"""What a private link opens, and for whom."""

from typing import NamedTuple

from portal.contracts.models import Contract, DoorLink
from portal.contracts.queries.reading import acts_for
from portal.contracts.queries.rows import one
from portal.identity import Person, fingerprint
from portal.kernel import clock
from portal.kernel.errors import Missing


class Door(NamedTuple):
    """A contract, read `with_papers`, and the contact whose link leads to it."""

    contract: Contract
    person: Person


def behind(token: str) -> Door:
    """What the link opens now; `Missing` when it is unknown, too old or its contact was removed; three queries."""
    link = find(fingerprint(token))
    if link is None or link.expires_at <= clock.now():
        raise Missing("This link opens nothing any more.")
    contract = one((Contract.id == link.contract_id) & acts_for(link.person_id))
    return Door(contract, link.person)


def find(mark: str) -> DoorLink | None:
    """The link of that fingerprint with its active contact, also one that is too old; one query."""
    return (
        DoorLink.select(DoorLink, Person)
        .join(Person)
        .where((DoorLink.fingerprint == mark) & Person.active & (Person.role == "company"))
        .first()
    )


def still_acts(contract_id: int, person_id: int) -> bool:
    """Whether somebody acts for the company on a contract; one query."""
    return Contract.select().where((Contract.id == contract_id) & acts_for(person_id)).exists()
