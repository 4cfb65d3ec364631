"""What a line may be, as it was judged: kept beside the line, best first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.bank.models import BankLine
from portal.bank.rules import Suggestion, Verdict, What, may_confirm
from portal.kernel.errors import Refusal
from portal.kernel.money import Cents

MOST = 8


@dataclass(frozen=True)
class Reading:
    """One way to read a line.

    `parts` are cents by payer, all of the line when it is one payer's: what they do not owe is their
    credit. `payment_id` is what it would take back, `transfer_id` which of ours came back.
    `sure_enough` says whether a person may confirm it as it stands, `refused` why it could not be
    booked although the bank's own number was sure.
    """

    why: str
    what: str
    parts: dict[int, Cents]
    payment_id: int | None
    transfer_id: int | None
    sure_enough: bool
    refused: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def readings_json(
    verdict: Verdict,
    booked: Mapping[tuple[str, int], int] | None = None,
    *,
    refused: Refusal | None = None,
) -> str:
    """`booked` are payments of the same file, by the line they came with and their payer."""
    plain = [_plain(one, booked or {}) for one in verdict.suggestions[:MOST]]
    if refused:
        plain = [one | {"refused": refused.message, "facts": refused.facts} for one in plain]
    return json.dumps(plain, default=str) if plain else "[]"


def readings_of(line: BankLine) -> list[Reading]:
    return [_reading(line, one) for one in json.loads(line.readings)]


def readings_after(line: BankLine, payment_id: int, becomes: int) -> str:
    """The readings of a line as they are kept, once a payment has another number."""
    told = json.loads(line.readings)
    for one in told:
        if one["payment"] == payment_id:
            one["payment"] = becomes
    return json.dumps(told)


def may_undo(line: BankLine) -> bool:
    """Whether a person may take back what was decided: all but what the bank did by its own numbers."""
    by_the_bank = line.automatic and line.reversed_payment_id is not None
    return line.transfer_id is None and not by_the_bank


def _reading(line: BankLine, told: dict) -> Reading:
    parts = {int(payer_id): Cents(cents) for payer_id, cents in told["parts"]}
    if len(parts) == 1:
        parts = dict.fromkeys(parts, line.amount_cents)
    moved = parts or told["payment"] or told.get("transfer")
    return Reading(
        why=told["why"],
        what=told["what"],
        parts=parts,
        payment_id=told["payment"],
        transfer_id=told.get("transfer"),
        sure_enough=bool(moved)
        and may_confirm(told["what"], told["why"], line.amount_cents, parts.values()),
        refused=told.get("refused", ""),
        facts=told.get("facts", {}),
    )


def _plain(suggestion: Suggestion, booked: Mapping[tuple[str, int], int]) -> dict:
    payment = suggestion.payment_id
    if suggestion.payment and payment is None:
        payment = booked.get((suggestion.payment.identity, int(suggestion.payment.payer_id)))
    return {
        "why": suggestion.why,
        "what": What(suggestion.what),
        "parts": [[part.payer_id, part.cents] for part in suggestion.parts],
        "payment": payment,
        "transfer": suggestion.transfer_id,
    }
