"""What a bank answers to an order (pain.002), freed of its XML."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.errors import NotPossible


class Status(StrEnum):
    """What an answer means for a transfer; `NOTED` moves nothing."""

    PAID = "paid"
    REJECTED = "rejected"
    NOTED = "noted"


@dataclass(frozen=True)
class Answer:
    """`whole` is the status of the file or of its batch, for transfers that `single` does not name.

    `single` maps EndToEndIds to status, reason code, the bank's text and the amount in cents if told.
    """

    message_id: str
    whole: tuple[Status, str, str] | None
    single: Mapping[str, tuple[Status, str, str, int | None]]

    def of(self, end_to_end: str) -> tuple[Status, str, str] | None:
        """Status, reason code and text for one transfer, or None when the answer says nothing of it."""
        if end_to_end in self.single:
            status, code, text, _ = self.single[end_to_end]
            return status, code, text
        return self.whole


def check_answer(answer: Answer, amounts: Mapping[str, int]) -> None:
    """`NotPossible` when the answer is about transfers or amounts that the order does not hold."""
    for number, (_, _, _, cents) in answer.single.items():
        if number not in amounts:
            raise NotPossible("The answer names a transfer that is not in this order.")
        if cents is not None and cents != amounts[number]:
            raise NotPossible("The answer names another amount than the order.")
