"""The only maker of door links. A link opens while its contact acts for the contract and has no password."""

from datetime import timedelta
from secrets import token_urlsafe

from portal.contracts.models import DoorLink
from portal.contracts.rules import MOST_AN_HOUR, MOST_OF_A_CONTRACT, OPENS_FOR, REMEMBERED
from portal.identity import Person, fingerprint
from portal.kernel import clock


def path_for(contract_id: int, reader: Person) -> str:
    """Where a mail about a contract leads this reader: a fresh private link, or the page behind the sign-in.

    Whoever chose a password signs in with it: a link that opens without it would make it worthless.
    """
    if reader.role != "company" or reader.password_hash:
        return f"/contracts/{contract_id}"
    now = clock.now()
    DoorLink.delete().where(DoorLink.expires_at < now - REMEMBERED).execute()
    token = token_urlsafe(32)
    DoorLink.create(
        contract=contract_id,
        person=reader,
        fingerprint=fingerprint(token),
        created_at=now,
        expires_at=now + OPENS_FOR,
    )
    return f"/door/{token}"


def many_lately(contract_id: int, person_id: int) -> bool:
    """Whether this letter box got enough links of this contract within the hour; one query."""
    lately = DoorLink.created_at > clock.now() - timedelta(hours=1)
    return _of(contract_id, person_id, lately) >= MOST_AN_HOUR


def flooded(contract_id: int) -> bool:
    """Whether so many links of a contract were sent within the hour that somebody plays with it; one query."""
    lately = DoorLink.created_at > clock.now() - timedelta(hours=1)
    of_contract = DoorLink.contract == contract_id
    return DoorLink.select().where(of_contract & lately).count() >= MOST_OF_A_CONTRACT


def revoke(contract_id: int, person_id: int) -> None:
    """No link of a contact to a contract opens any more. The rows stay: they count against a flood."""
    now = clock.now()
    whose = (DoorLink.contract == contract_id) & (DoorLink.person == person_id)
    DoorLink.update(expires_at=now).where(whose & (DoorLink.expires_at > now)).execute()


def _of(contract_id: int, person_id: int, condition: object) -> int:
    whose = (DoorLink.contract == contract_id) & (DoorLink.person == person_id)
    return DoorLink.select().where(whose & condition).count()
