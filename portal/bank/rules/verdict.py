"""What is said about one line: how sure, what it is, whose it is, and why."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from portal.kernel.i18n import mark
from portal.kernel.money import Cents

PayerId = int | str
NOTHING = Cents(0)


class How(StrEnum):
    """Who decides."""

    CERTAIN = "certain"
    SUGGESTED = "suggested"
    OPEN = "open"


class What(StrEnum):
    """What a line is."""

    PAYMENT = "payment"
    DEBIT_RETURNED = "debit-returned"
    TRANSFER_EXECUTED = "transfer-executed"
    TRANSFER_RETURNED = "transfer-returned"
    ORDER_EXECUTED = "order-executed"
    REVERSAL = "reversal"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """What speaks for it, or what keeps it from being sure."""

    REFERENCE = "reference"
    SEVERAL_REFERENCES = "several-references"
    SPLIT = "split"
    WRONG_CHECK_DIGITS = "wrong-check-digits"
    ALMOST_REFERENCE = "almost-reference"
    SHARED_REFERENCE = "shared-reference"
    FOREIGN_REFERENCE = "foreign-reference"
    SETTLED = "settled"
    TWIN = "twin"
    TOLD_IN_PART = "told-in-part"
    RETOLD = "retold"
    ACCOUNT_AND_AMOUNT = "account-and-amount"
    ACCOUNT = "account"
    AMOUNT_AND_NAME = "amount-and-name"
    NAME = "name"
    AMOUNT = "amount"
    AMBIGUOUS = "ambiguous"
    END_TO_END = "end-to-end"
    WRONG_AMOUNT = "wrong-amount"
    ALREADY_DONE = "already-done"
    ORDER = "order"
    ORDER_IN_TEXT = "order-in-text"
    GIVEN_UP = "given-up"
    NO_RETURN_CODE = "no-return-code"
    UNKNOWN_RETURN = "unknown-return"
    OWN_COLLECTION = "own-collection"
    CHARGE = "charge"
    UNKNOWN = "unknown"


HOW_LABELS = {
    How.CERTAIN: mark("Sure"),
    How.SUGGESTED: mark("To confirm"),
    How.OPEN: mark("To sort out"),
}
WHAT_LABELS = {
    What.PAYMENT: mark("Payment"),
    What.DEBIT_RETURNED: mark("Direct debit that came back"),
    What.TRANSFER_EXECUTED: mark("Our transfer, executed"),
    What.TRANSFER_RETURNED: mark("Our transfer, sent back"),
    What.ORDER_EXECUTED: mark("Our payment order, executed as one sum"),
    What.REVERSAL: mark("Booking that the bank takes back"),
    What.UNKNOWN: mark("Not known"),
}
REASONS_WHY = {
    Why.REFERENCE: mark("The reference is this payer’s."),
    Why.SEVERAL_REFERENCES: mark("The references are these payers’, and their amounts add up."),
    Why.SPLIT: mark("The references are these payers’, but their amounts do not add up."),
    Why.WRONG_CHECK_DIGITS: mark("The reference is this payer’s, but its check digits are wrong."),
    Why.ALMOST_REFERENCE: mark("The reference is this payer’s but for a slip of the keys."),
    Why.SHARED_REFERENCE: mark("Several payers have this reference."),
    Why.FOREIGN_REFERENCE: mark("The text also holds a valid reference that is nobody’s here."),
    Why.SETTLED: mark("The reference is this payer’s, who has nothing left to pay."),
    Why.TWIN: mark("It looks like a second one: this payer paid the same amount on the same day."),
    Why.TOLD_IN_PART: mark(
        "The bank does not tell what all of this sum is made of: a part may be somebody else’s."
    ),
    Why.RETOLD: mark(
        "The bank told this number and amount before, for another day: it is probably the same money."
    ),
    Why.ACCOUNT_AND_AMOUNT: mark("The account is this payer’s, and the amount is what is asked."),
    Why.ACCOUNT: mark("The account is this payer’s, but the amount is not what is asked."),
    Why.AMOUNT_AND_NAME: mark("The name fits, and the amount is what is asked."),
    Why.NAME: mark("The name fits, but the amount is not what is asked."),
    Why.AMOUNT: mark("Only the amount fits."),
    Why.AMBIGUOUS: mark("Several payers are equally likely."),
    Why.END_TO_END: mark("The bank repeats our own number, and the amount is the same."),
    Why.WRONG_AMOUNT: mark("The bank repeats our own number, but the amount is another."),
    Why.ALREADY_DONE: mark("The bank repeats our own number, but this was already told before."),
    Why.ORDER: mark("The bank repeats the number of our order, and the sum is the same."),
    Why.ORDER_IN_TEXT: mark(
        "The text holds the number of our order, and the sum is what is still at the bank."
    ),
    Why.GIVEN_UP: mark(
        "The bank executed what counts here as refused or never taken. Do not pay it again before you have asked the bank."
    ),
    Why.NO_RETURN_CODE: mark(
        "The bank repeats our own number, but does not say that the money came back."
    ),
    Why.UNKNOWN_RETURN: mark("Money came back, and no number says from what."),
    Why.OWN_COLLECTION: mark("This looks like our own direct debit, which is already booked."),
    Why.CHARGE: mark("This is a charge of the bank."),
    Why.UNKNOWN: mark("Nothing in this line leads to a payer."),
}


@dataclass(frozen=True, slots=True)
class Part:
    """So many cents, more than zero, for one payer."""

    payer_id: PayerId
    cents: Cents


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that was booked for a payer and could still be taken back.

    `id` is `None` for a line judged certain in this run; `identity` then says which line.
    """

    id: int | str | None
    payer_id: PayerId
    cents: Cents
    paid_on: date
    end_to_end: str = ""
    identity: str = ""
    #: The other day under which the bank told of it, if any.
    valued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One reading of a line, for a person to choose."""

    why: Why
    what: What = What.PAYMENT
    parts: tuple[Part, ...] = ()
    payment: Payment | None = None
    payment_id: int | str | None = None
    transfer_id: int | str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line is. Only a `CERTAIN` one may be booked without a person.

    `parts` say whose money a payment is, `left_over` what of the line is nobody's part: a credit of
    the payer who overpaid, or the whole line (negative for a debit) while nobody knows. `payment_id`
    is the collected debit that came back, `payment` the payment a reversal takes back, `transfer_id`
    our own transfer, `reason` the bank's code. `suggestions` stand best first.
    """

    how: How
    what: What
    why: Why
    left_over: Cents = NOTHING
    parts: tuple[Part, ...] = ()
    payment: Payment | None = None
    payment_id: int | str | None = None
    transfer_id: int | str | None = None
    reason: str = ""
    suggestions: tuple[Suggestion, ...] = ()


def as_suggested(verdict: Verdict) -> Verdict:
    """A certain verdict that could not be booked, for a person to confirm or to choose otherwise."""
    told = Suggestion(
        verdict.why,
        verdict.what,
        parts=verdict.parts,
        payment=verdict.payment,
        payment_id=verdict.payment_id,
        transfer_id=verdict.transfer_id,
    )
    return replace(verdict, suggestions=(told,))
