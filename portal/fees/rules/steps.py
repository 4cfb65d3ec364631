"""The sums that made an amount, one step a line, so that every figure can open its calculation."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from portal.fees.rules.accounts import Position
from portal.fees.rules.names import PlanKind
from portal.fees.rules.plan import LineKind, Price
from portal.fees.rules.standing import Line
from portal.kernel.i18n import mark
from portal.kernel.money import Cents, split_evenly


class Step(NamedTuple):
    """`label` is a marked sentence whose `%(count)s` is `parts`; the last step of a sum is its `total`."""

    label: str
    cents: int
    total: bool = False
    parts: int = 1


class Compared(NamedTuple):
    """A row of two plans side by side; `label` is a marked sentence whose `%(count)s` is `times`."""

    label: str
    instalments: Cents
    full: Cents
    times: int = 1


YEAR = mark("Year’s fees")
DEPOSIT = mark("Deposit")
EACH = mark("Each instalment")
FIRST_ONES = mark("Each of the first %(count)s instalments")
OTHER_ONES = mark("Each of the other %(count)s instalments")


def line_steps(line: Line, price: Price, reduction: Cents, lines: Iterable[Line]) -> list[Step]:
    """How a line came to its amount and, once a part of it is paid, what is left of it."""
    steps = {
        LineKind.DEPOSIT: _deposit,
        LineKind.INSTALMENT: _instalment,
        LineKind.BALANCE: _balance,
        LineKind.REMAINDER: _remainder,
        LineKind.AGREED: _agreed,
    }[line.kind](line, price, reduction, list(lines))
    if 0 < line.settled < line.cents:
        steps.append(Step(mark("Paid so far"), -line.settled))
        steps.append(Step(mark("Still to pay"), line.rest, total=True))
    return steps


def year_steps(price: Price, reduction: Cents, position: Position) -> list[Step]:
    """From the year's fees to what is left to pay; steps of zero are left out."""
    otherwise = position.price + reduction - price.tuition
    steps = [
        Step(YEAR, price.tuition),
        Step(mark("Reduction for paying at once"), -reduction),
        Step(mark("No longer asked, as you have left"), min(0, otherwise)),
        Step(mark("New tuition after the broken contract"), max(0, otherwise)),
        Step(mark("Paid by the funder"), -position.funded),
        Step(mark("Billed to the company"), -position.company_share),
        Step(mark("Received from you and your family"), -position.received),
        Step(mark("Refunded"), position.refunded),
    ]
    label = mark("Your credit") if position.owes < 0 else mark("Left to pay")
    return [step for step in steps if step.cents] + [Step(label, abs(position.owes), total=True)]


def reduction_steps(price: Price, reduction: Cents) -> list[Step]:
    """What paying the year at once costs."""
    return [
        Step(YEAR, price.tuition),
        Step(mark("Reduction for paying at once"), -reduction),
        Step(mark("Paid at once"), price.tuition - reduction, total=True),
    ]


def comparison(price: Price) -> list[Compared]:
    """The two plans side by side, to the cent: the first instalments may carry the odd cents."""
    nothing, reduced = Cents(0), price.of(PlanKind.FULL)
    shares = Counter(split_evenly(price.balance, price.instalments))
    labels = (EACH,) if len(shares) == 1 else (FIRST_ONES, OTHER_ONES)
    return [
        Compared(DEPOSIT, price.deposit, price.deposit),
        *(
            Compared(label, cents, nothing, count)
            for label, (cents, count) in zip(labels, shares.items(), strict=True)
        ),
        Compared(mark("Balance, in one payment"), nothing, Cents(reduced - price.deposit)),
        Compared(mark("In all"), price.tuition, reduced),
    ]


def _deposit(line: Line, price: Price, _reduction: Cents, _lines: list[Line]) -> list[Step]:
    return [
        Step(YEAR, price.tuition),
        Step(mark("Part of it due on enrolment"), line.cents, total=True),
    ]


def _instalment(line: Line, price: Price, _reduction: Cents, _lines: list[Line]) -> list[Step]:
    return [
        Step(YEAR, price.tuition),
        Step(DEPOSIT, -price.deposit),
        Step(mark("Left to spread"), price.balance),
        Step(
            mark("Divided by %(count)s instalments"),
            line.cents,
            total=True,
            parts=price.instalments,
        ),
    ]


def _balance(line: Line, price: Price, reduction: Cents, _lines: list[Line]) -> list[Step]:
    return [
        Step(YEAR, price.tuition),
        Step(mark("Reduction for paying at once"), -reduction),
        Step(DEPOSIT, -price.deposit),
        Step(mark("Balance, in one payment"), line.cents, total=True),
    ]


def _agreed(line: Line, _price: Price, _reduction: Cents, _lines: list[Line]) -> list[Step]:
    return [Step(mark("Agreed with the school"), line.cents, total=True)]


def _remainder(line: Line, _price: Price, _reduction: Cents, lines: list[Line]) -> list[Step]:
    """Lines of one spreading explain each other; one that was added alone stands for itself."""
    group = [one for one in lines if one.kind == line.kind and one.cancelled == line.cancelled]
    whole = Cents(sum(one.cents for one in group))
    if len(group) < 2 or line.cents not in split_evenly(whole, len(group)):
        return [Step(mark("Left for you to pay"), line.cents, total=True)]
    return [
        Step(mark("Left for you to pay"), whole),
        Step(mark("Divided by %(count)s payments"), line.cents, total=True, parts=len(group)),
    ]
