from collections.abc import Iterable
from datetime import date

from portal.fees.rules.accounts import Position
from portal.fees.rules.plan import Price
from portal.fees.rules.standing import Line
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents

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


def check_may_choose_full(
    price: Price, position: Position, lines: Iterable[Line], today: date
) -> None:
    """`NotPossible` once paying in full is no longer offered."""
    if position.funded or position.company_share or any(line.cancelled for line in lines):
        raise NotPossible("A work-study contract pays for your year: there is nothing to reduce.")
    if not price.reduction:
        raise NotPossible("There is no reduction for paying this year at once.")
    if today > price.first_due_on:
        raise NotPossible("The reduction was offered until the first instalment was due.")
    if position.received > price.deposit:
        raise NotPossible("You have begun to pay by instalments, so the full price applies.")
