"""What a bank answers to an order (pain.002), freed of its XML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.errors import NotPossible


class Status(StrEnum):
    """What an answer means for a transfer; `NOTED` moves nothing."""

    PAID = "paid"
    REJECTED = "rejected"
    NOTED = "noted"


#: Status, reason code, the bank's text, and the amount in cents if told.
Told = tuple[Status, str, str, int | None]


@dataclass(frozen=True)
class Answer:
    """`whole` is the status of the file or of its batch, for transfers that `single` does not name.

    `single` is what is told of single transfers, by their EndToEndIds.
    """

    message_id: str
    whole: tuple[Status, str, str] | None
    single: Mapping[str, Told]

    def of(self, end_to_end: str) -> tuple[Status, str, str] | None:
        """Status, reason code and text for one transfer, or None when the answer says nothing of it."""
        if end_to_end in self.single:
            status, code, text, _ = self.single[end_to_end]
            return status, code, text
        return self.whole


def last_word(about: str, several: Sequence[Told]) -> Told:
    """What counts when an answer speaks of one thing more than once: its end rather than its progress.

    `NotPossible` when it names two different ends; `about` is the number shown then.
    """
    ends = [told for told in several if told[0] != Status.NOTED]
    if len({status for status, *_ in ends}) > 1:
        raise NotPossible("The answer contradicts itself about %(number)s.", number=about)
    return (ends or several)[-1]


def check_answer(answer: Answer, amounts: Mapping[str, int]) -> None:
    """`NotPossible` when the answer is about transfers or amounts that the order does not hold."""
    for number, (_, _, _, cents) in answer.single.items():
        if number not in amounts:
            raise NotPossible(
                "The answer names the transfer %(number)s, which is not in this order.",
                number=number,
            )
        if cents is not None and cents != amounts[number]:
            raise NotPossible(
                "The answer names another amount than the order for %(number)s.", number=number
            )
