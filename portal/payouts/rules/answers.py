"""What a bank answers to an order (pain.002), freed of its XML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from portal.kernel.errors import NotPossible
from portal.kernel.iso20022 import is_duplicate


class Status(StrEnum):
    """What an answer means for a transfer; `NOTED` moves nothing."""

    PAID = "paid"
    REJECTED = "rejected"
    NOTED = "noted"


class Told(NamedTuple):
    """What an answer says of its file, a batch or a transfer.

    No status: another level says it. Then the reason code, the bank's text, and the amount in cents if told.
    """

    status: Status | None
    code: str = ""
    text: str = ""
    cents: int | None = None


@dataclass(frozen=True)
class Answer:
    """`batches` is what is told of whole batches, or of the file: for transfers that `single` does not name.

    `single` is what is told of single transfers, by their EndToEndIds.
    """

    message_id: str
    batches: Sequence[Told]
    single: Mapping[str, Told]

    def of(self, end_to_end: str) -> Told | None:
        """What is told of one transfer, or None when the answer says nothing of it.

        `NotPossible` when that depends on its batch, which the answer does not say.
        """
        if end_to_end in self.single:
            return self.single[end_to_end]
        if len({told.status for told in self.batches}) > 1:
            raise NotPossible(
                "The answer does not name %(number)s, and its batches say different things.",
                number=end_to_end,
            )
        told = gravest(self.batches)
        return told if told.status else None


def gravest(several: Sequence[Told]) -> Told:
    """The first that speaks of a duplicate, else the first: a duplicate is never passed over for another reason."""
    return max(several, key=lambda told: is_duplicate(told.code))


def completed(own: Told, above: Told) -> Told:
    """`own` with the status and the reason of the level above it, where it gives none itself."""
    status = own.status or above.status
    silent = not (own.code or own.text)
    duplicate_above = above.status == status and is_duplicate(above.code)
    if duplicate_above or (silent and above.status in (None, status)):
        return Told(status, above.code, above.text, own.cents)
    return own._replace(status=status)


def last_word(about: str, several: Sequence[Told]) -> Told:
    """What counts when an answer speaks of one thing more than once: its end rather than its progress.

    `NotPossible` when it names two different ends; `about` is the number shown then.
    """
    ends = [told for told in several if told.status != Status.NOTED]
    if len({told.status for told in ends}) > 1:
        raise NotPossible("The answer contradicts itself about %(number)s.", number=about)
    return (ends or several)[-1]


def check_answer(answer: Answer, amounts: Mapping[str, int]) -> None:
    """`NotPossible` when the answer is about transfers or amounts that the order does not hold."""
    for number, told in answer.single.items():
        if number not in amounts:
            raise NotPossible(
                "The answer names the transfer %(number)s, which is not in this order.",
                number=number,
            )
        if told.cents is not None and told.cents != amounts[number]:
            raise NotPossible(
                "The answer names another amount than the order for %(number)s.", number=number
            )
