from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from portal.fees.rules.accounts import Position
from portal.fees.rules.plan import Price
from portal.fees.rules.standing import Line, LineState
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents

#: How long ago money may have arrived and still be recorded.
LONGEST_AGO = timedelta(days=2 * 366)
LARGEST_PAYMENT = Cents(1_000_000_00)


def check_payment(amount: Cents, received_on: date, today: date) -> None:
    """`NotPossible` when money cannot have arrived like this."""
    check_amount(amount)
    check_received_on(received_on, today)


def check_amount(amount: Cents) -> None:
    if amount <= 0:
        raise NotPossible("The amount must be more than zero.")
    if amount > LARGEST_PAYMENT:
        raise NotPossible("This amount is too large for one payment.")


def check_received_on(received_on: date, today: date) -> None:
    if received_on > today:
        raise NotPossible("A payment cannot have arrived after today.")
    if received_on < today - LONGEST_AGO:
        raise NotPossible("A payment cannot have arrived more than two years ago.")


def check_may_choose_full(
    price: Price, position: Position, lines: Sequence[Line], today: date
) -> None:
    """`NotPossible` once paying in full is no longer offered."""
    if position.taken_over:
        raise NotPossible("A work-study contract pays for your year: there is nothing to reduce.")
    if suspended(lines):
        raise NotPossible("A contract changed your plan before, so the full price applies.")
    if any(line.cancelled for line in lines):
        raise NotPossible("You agreed another plan with the school, so the full price applies.")
    if not price.reduction:
        raise NotPossible("There is no reduction for paying this year at once.")
    if today > price.full_until:
        raise NotPossible("The last day to choose payment at once is over.")
    if position.received > price.deposit:
        raise NotPossible("You have begun to pay by instalments, so the full price applies.")


MOST_LINES = 24
FURTHEST = timedelta(days=3 * 366)


def check_agreed(lines: Sequence[tuple[date, Cents]], owes: Cents, today: date) -> None:
    """`NotPossible` unless the lines ask for exactly what is owed, on days that can be."""
    if owes <= 0:
        raise NotPossible("Nothing is owed, so there is nothing to agree.")
    _check_lines(lines, today)
    if sum(cents for _, cents in lines) != owes:
        raise NotPossible("The lines must sum to exactly what is owed.")


def check_anew(lines: Sequence[tuple[date, Cents]], most: Cents, today: date) -> None:
    """`NotPossible` unless the lines can be the new tuition of who goes on without a contract: `most` is a year’s."""
    _check_lines(lines, today)
    if sum(cents for _, cents in lines) > most:
        raise NotPossible("The new tuition cannot be more than a whole year costs.")


def _check_lines(lines: Sequence[tuple[date, Cents]], today: date) -> None:
    if not lines or len(lines) > MOST_LINES or any(cents <= 0 for _, cents in lines):
        raise NotPossible("Write between 1 and 24 lines, each with an amount above zero.")
    if any(not today <= day <= today + FURTHEST for day, _ in lines):
        raise NotPossible("Every line needs a day from today on, within three years.")


def check_after_paid(lines: Sequence[tuple[date, Cents]], standing: Iterable[Line]) -> None:
    """`NotPossible` before a line that is paid: money settles the oldest due first, so it would be unpaid again."""
    paid = [line.due_on for line in standing if line.state == LineState.PAID]
    if paid and min(day for day, _ in lines) < max(paid):
        raise NotPossible(
            "Everything due until %(day)s is paid already: no new line can be due before it.",
            day=max(paid),
        )


def check_silent_until(until: date, today: date) -> None:
    if until < today:
        raise NotPossible("This day is over: no reminder would be held back.")


def check_postponed(due_on: date, to: date, today: date) -> None:
    if to <= due_on or to < today:
        raise NotPossible("The new day must come after the old one, and not before today.")
    if to > today + FURTHEST:
        raise NotPossible("Every line needs a day from today on, within three years.")


def check_leaving(position: Position, kept: Cents, least: Cents, *, left: bool) -> None:
    """`NotPossible` unless a student outside work-study may leave and the school keep `kept` of the price."""
    if left:
        raise NotPossible("This student has left already.")
    if position.taken_over:
        raise NotPossible(
            "A work-study contract pays for this year, so there is no price to settle."
        )
    if not 0 <= kept <= position.price:
        raise NotPossible("The school cannot keep more than the price of the year.")
    if kept < least:
        raise NotPossible(
            "The policy keeps the deposit of who leaves outside work-study: keep at least that."
        )


def suspended(lines: Iterable[Line]) -> bool:
    """Whether a contract struck lines out before."""
    return any(line.cancelled and not line.cancelled_by.startswith("plan:") for line in lines)
