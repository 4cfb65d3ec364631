"""Who acts for the company on a contract, and who says what the company is called."""

from collections.abc import Collection

from portal.contracts.rules.life import OVER
from portal.kernel.errors import NotAllowed, NotPossible

MOST_CONTACTS = 10


def check_may_invite(by: int, inviters: Collection[int], state: str, contacts: int) -> None:
    if by not in inviters:
        raise NotAllowed("Only the first contact of this contract invites colleagues.")
    if state in OVER:
        raise NotPossible("This contract is over. It takes no new contact.")
    if contacts >= MOST_CONTACTS:
        raise NotPossible("A contract has ten contacts at most. Remove one first.")


def check_may_remove(
    person: int, *, by: int, lead: int, inviters: Collection[int], contacts: int
) -> None:
    """Everybody may leave but the last one; whoever invites may remove the others, never the lead."""
    if contacts == 1:
        raise NotPossible("You are the only contact. Invite a colleague before you leave.")
    if person == by:
        return
    if by not in inviters or person == lead:
        raise NotAllowed("Only the first contact of this contract removes colleagues.")
