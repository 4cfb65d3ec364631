"""Student, company and school write to each other on a contract's file."""

from datetime import timedelta

from portal import audit
from portal.contracts import letters
from portal.contracts.models import Contract, ContractMessage
from portal.contracts.rules import MOST_MESSAGES_AN_HOUR
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, TooMany


def write(contract_id: int, *, text: str, key: str, by: int) -> None:
    """Add a message and mail it to the others. The same click (`key`) again is the same message.

    `NotPossible` when the key was used for other words, `TooMany` after thirty messages in an hour.
    """
    with transaction():
        contract = Contract.hold(contract_id)
        known = ContractMessage.get_or_none(ContractMessage.key == key)
        if known is not None:
            if (known.contract_id, known.author_id, known.text) != (contract_id, by, text):
                raise NotPossible("This message was already sent with other words.")
            return
        if _lately(contract_id, by) >= MOST_MESSAGES_AN_HOUR:
            raise TooMany("You have written many messages. Wait an hour.")
        message = ContractMessage.create(contract=contract, author=by, text=text, key=key)
        audit.record(
            "contract:message",
            subject=f"contract:{contract_id}",
            actor_id=by,
            detail=f"message {message.id}",
        )
        letters.message(contract, text=text, by=by)


def _lately(contract_id: int, by: int) -> int:
    since = clock.now() - timedelta(hours=1)
    mine = (ContractMessage.contract == contract_id) & (ContractMessage.author == by)
    return ContractMessage.select().where(mine & (ContractMessage.at > since)).count()
