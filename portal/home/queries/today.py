"""What a student needs to know now. Each query takes only what the page says: columns cost more than rows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from portal import fees, refunds, timetable
from portal.contracts import Company, Contract, ContractState
from portal.fees import Position, ToPay
from portal.home.rules import (
    ACCEPTED_STEP,
    CONTRACT_STEPS,
    Nearness,
    Task,
    minutes_until,
    nearness,
    tasks,
)
from portal.kernel import clock
from portal.kernel.errors import Missing
from portal.programme import Cohort, Enrolment, Student
from portal.refunds import Row
from portal.timetable import Slot


class Me(NamedTuple):
    enrolment_id: int
    given_names: str
    family_name: str

    @property
    def called(self) -> str:
        return self.given_names or self.family_name


class MyContract(NamedTuple):
    id: int
    state: str
    company: str
    decided_at: datetime | None
    ended_on: date | None

    @property
    def step(self) -> int:
        return CONTRACT_STEPS.get(self.state, ACCEPTED_STEP)

    @property
    def accepted(self) -> bool:
        return self.step == ACCEPTED_STEP


@dataclass(frozen=True)
class Today:
    """One student's day: the next class, money, the contract and the refund as they stand at `now`."""

    now: datetime
    me: Me
    lesson: Slot | None
    position: Position
    to_pay: ToPay | None
    contract: MyContract | None
    refund: Row | None

    @property
    def tasks(self) -> list[Task]:
        refund = self.refund
        return tasks(
            late=self.to_pay is not None and self.to_pay.late,
            contract_state=self.contract.state if self.contract else "",
            refund_state=refund.state if refund else "",
            refund_moved_at=(refund.paid_at or refund.decided_at) if refund else None,
            now=self.now,
        )

    @property
    def lesson_is(self) -> Nearness | None:
        return nearness(self.lesson.starts, self.now) if self.lesson else None

    @property
    def lesson_in_minutes(self) -> int:
        return minutes_until(self.lesson.starts, self.now) if self.lesson else 0


def today_of(person_id: int) -> Today:
    """`Missing` for somebody who is not enrolled; seven queries."""
    me, now = _me(person_id), clock.now()
    position = fees.position_of(me.enrolment_id)
    given_back = refunds.of_enrolment(me.enrolment_id)
    own = [one for one in given_back if one.company_payer_id is None]
    return Today(
        now=clock.school_time(now),
        me=me,
        lesson=timetable.next_lesson(person_id, now),
        position=position,
        to_pay=fees.to_pay(fees.lines_of(me.enrolment_id, position.owes)),
        contract=_contract(me.enrolment_id),
        refund=own[0] if own else None,
    )


def _me(person_id: int) -> Me:
    rows: Any = (
        Enrolment.select(Enrolment.id, Student.given_names, Student.family_name)
        .join(Student)
        .switch(Enrolment)
        .join(Cohort)
        .where((Student.person == person_id) & Enrolment.withdrawn_on.is_null())
        .order_by(Cohort.starts_on.desc(), Enrolment.id.desc())
        .limit(1)
        .tuples()
    )
    if not (found := list(rows)):
        raise Missing("You are not enrolled in a programme.")
    return Me(*found[0])


def _contract(enrolment_id: int) -> MyContract | None:
    """The newest one that is not cancelled."""
    rows: Any = (
        Contract.select(
            Contract.id, Contract.state, Company.name, Contract.decided_at, Contract.ended_on
        )
        .join(Company)
        .where((Contract.enrolment == enrolment_id) & (Contract.state != ContractState.CANCELLED))
        .order_by(Contract.id.desc())
        .limit(1)
        .tuples()
    )
    found = list(rows)
    return MyContract(*found[0]) if found else None
