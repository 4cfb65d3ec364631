"""What a line may be, as it was judged: kept beside the line, best first."""

import json
from dataclasses import dataclass

from portal.bank.models import BankLine
from portal.bank.rules import Suggestion, Verdict, What
from portal.kernel.money import Cents

MOST = 8


@dataclass(frozen=True)
class Reading:
    """One way to read a line: `parts` are cents by payer; `payment_id` is what it would take back."""

    why: str
    what: str
    parts: dict[int, Cents]
    payment_id: int | None


def readings_json(verdict: Verdict) -> str:
    return (
        json.dumps([_plain(one) for one in verdict.suggestions[:MOST]])
        if verdict.suggestions
        else "[]"
    )


def readings_of(line: BankLine) -> list[Reading]:
    return [
        Reading(
            why=one["why"],
            what=one["what"],
            parts={int(payer_id): Cents(cents) for payer_id, cents in one["parts"]},
            payment_id=one["payment"],
        )
        for one in json.loads(line.readings)
    ]


def _plain(suggestion: Suggestion) -> dict:
    payment = suggestion.payment.id if suggestion.payment else suggestion.payment_id
    return {
        "why": suggestion.why,
        "what": What(suggestion.what),
        "parts": [[part.payer_id, part.cents] for part in suggestion.parts],
        "payment": payment,
    }
