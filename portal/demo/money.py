"""Who paid what until today. Most pay on time, some do not, some have parents who pay."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import count

from portal import fees
from portal.demo.bank import account_of
from portal.demo.calendar import Year
from portal.demo.people import Cast, enrolled_before
from portal.demo.story import Story, ago, key
from portal.fees import Payer, PayerKind, PlanKind
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.programme import Enrolment

DEPOSIT, INSTALMENT, REST_IN_FULL = Cents(1_500_00), Cents(1_375_00), Cents(7_762_50)
MEANS = ("transfer", "transfer", "card", "transfer", "cheque")
#: Family names of those who pay the year at once, who forget, and who send half.
IN_FULL, LATE, PARTLY = ("Lefebvre", "Åkesson"), ("Garnier", "Yıldız"), ("Colin",)
#: Family name of the student, and the parent who pays for them.
PARENTS = {"Besançon": "Hélène Besançon", "Muñoz Ibáñez": "Carmen Ibáñez", "田中": "田中 健一"}


@dataclass(frozen=True)
class Purse:
    """One enrolment's way of paying, until a day after which nothing comes any more."""

    family_name: str
    enrolment: Enrolment
    cast: Cast
    story: Story
    numbers: count

    @property
    def student(self) -> Person:
        return self.enrolment.student.person

    def open(self, on: date, kind: PlanKind) -> None:
        self.story.on(
            on, self.student.name, partial(fees.open_plan, self.enrolment.id, kind=kind), hour=14
        )

    def pay(self, on: date, amount: Cents, parent: str = "") -> None:
        self.story.on(on, self.cast.team["finance"].name, partial(self._record, on, amount, parent))

    def _record(self, on: date, amount: Cents, parent: str) -> None:
        number = next(self.numbers)
        payer = self._payer(parent)
        # Most pay by transfer, so the account to send money back to is known.
        if payer.id % 9:
            fees.learn_account(payer.id, iban=account_of(payer.id), holder=payer.name)
        fees.record_payment(
            enrolment_id=self.enrolment.id,
            payer_id=payer.id,
            amount=amount,
            received_on=min(on, clock.today()),
            means=MEANS[number % len(MEANS)],
            key=key(f"payment {number}"),
            by=self.cast.team["finance"].id,
        )

    def _payer(self, parent: str) -> Payer:
        mine = fees.student_payer(self.enrolment.id)
        if not parent:
            return mine
        known = Payer.get_or_none((Payer.enrolment == self.enrolment) & (Payer.name == parent))
        return known or self._new_parent(parent)

    def _new_parent(self, name: str) -> Payer:
        email = f"parent{self.enrolment.id:02d}@demo.example"
        return fees.add_payer(self.enrolment.id, kind=PayerKind.PARENT, name=name, email=email)


def tell(story: Story, cast: Cast, year: Year, *, by_contract: dict[str, "Funded"]) -> None:
    """Plans and payments of everybody; those of `by_contract` stop when their contract begins."""
    numbers = count(1)
    for family_name, enrolment in cast.enrolments.items():
        purse = Purse(family_name, enrolment, cast, story, numbers)
        if funded := by_contract.get(family_name):
            _pay_until_contract(purse, year, funded)
        else:
            _pay_as_usual(purse, year)


@dataclass(frozen=True)
class Funded:
    """What somebody with a contract had paid before: instalments after the deposit, or all at once."""

    instalments: int
    until: date
    in_full: bool = False
    parent: str = ""


def _pay_until_contract(purse: Purse, year: Year, funded: Funded) -> None:
    kind = PlanKind.FULL if funded.in_full else PlanKind.INSTALMENTS
    purse.open(enrolled_before(year), kind)
    purse.pay(min(_deposit_day(year), funded.until), DEPOSIT, funded.parent)
    if funded.in_full:
        purse.pay(min(_early(year.first_due_on), funded.until), REST_IN_FULL)
    for number in range(funded.instalments):
        purse.pay(min(_early(year.due_dates[number]), funded.until), INSTALMENT)


def _pay_as_usual(purse: Purse, year: Year) -> None:
    name, parent = purse.family_name, PARENTS.get(purse.family_name, "")
    in_full = name in IN_FULL
    purse.open(enrolled_before(year), PlanKind.FULL if in_full else PlanKind.INSTALMENTS)
    purse.pay(_deposit_day(year), DEPOSIT, parent)
    if in_full:
        purse.pay(_early(min(year.first_due_on, ago(2))), REST_IN_FULL)
        return
    due = [day for day in year.due_dates if day <= ago(1)]
    for day in due[: len(due) - (name in LATE)]:
        half = name in PARTLY and day == due[-1]
        purse.pay(_early(day), Cents(INSTALMENT // 2) if half else INSTALMENT, parent)


def _deposit_day(year: Year) -> date:
    return year.deposit_due_on - timedelta(days=9)


def _early(due: date) -> date:
    return due - timedelta(days=3)
