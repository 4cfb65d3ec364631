"""What is wrong or unusual about a contract, from its rows."""

from typing import Any

from portal import audit
from portal.contracts.models import Contract, ContractDocument
from portal.contracts.queries.crosscheck import lacking, reading_of
from portal.contracts.rules import (
    OVER,
    UNDECIDED,
    Checked,
    ContractKind,
    ContractState,
    DocumentState,
    Finding,
    year_of_apprenticeship,
)
from portal.contracts.rules import findings as find
from portal.programme import Cohort, Enrolment, Student

#: Facts that are checked and that the form may know before the record does.
FROM_FORM = (
    "concluded_on",
    "practical_start_on",
    "weekly_minutes",
    "monthly_pay_cents",
    "tutor_name",
)


def findings(contract: Contract) -> list[Finding]:
    """Everything the checks say about a contract, what blocks first; four queries.

    What the record lacks is taken from the newest form, so that nothing waits for somebody to type it.
    """
    return find(_as_checked(contract))


def blocking(contract: Contract) -> tuple[str, ...]:
    """The sentences that forbid to check or to sign it; four queries."""
    return tuple(finding.sentence for finding in findings(contract) if finding.blocks)


def seen_warnings(contract_id: int) -> set[str]:
    """Keys of the warnings somebody of the school has ticked as seen; one query."""
    return audit.details_of("contract:warning-seen", subject=f"contract:{contract_id}")


def _as_checked(contract: Contract) -> Checked:
    enrolment = (
        Enrolment.select(Enrolment, Student, Cohort)
        .join(Student)
        .switch(Enrolment)
        .join(Cohort)
        .where(Enrolment.id == contract.enrolment_id)
        .get()
    )
    known = _known(contract)
    facts: dict[str, Any] = {name: known.get(name, getattr(contract, name)) for name in FROM_FORM}
    return Checked(
        kind=ContractKind(contract.kind),
        siret=contract.company.siret,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        monthly_pay=facts.pop("monthly_pay_cents"),
        **facts,
        amends=contract.amends_id is not None,
        tutor_experience_years=contract.tutor_experience_years,
        born_on=enrolment.student.born_on,
        year=_year(contract, enrolment.student_id),
        cycle_starts_on=enrolment.cohort.starts_on,
        papers=_papers(contract.id),
        others=_others(contract, enrolment.student_id),
    )


def _known(contract: Contract) -> dict[str, Any]:
    """What the form says and the record lacks; its days only when both mean the same first day; one query."""
    reading = reading_of(contract)
    known = lacking(contract, reading)
    if reading and reading.day("contract.start_date") == contract.starts_on:
        return known
    return {name: value for name, value in known.items() if not name.endswith("_on")}


def _papers(contract_id: int) -> frozenset[str]:
    """Kinds that have a version which is accepted or being read."""
    usable = ContractDocument.state.in_((*UNDECIDED, DocumentState.ACCEPTED))
    rows = (
        ContractDocument.select(ContractDocument.kind)
        .where((ContractDocument.contract == contract_id) & usable)
        .distinct()
    )
    return frozenset(row.kind for row in rows)


def _others(contract: Contract, student_id: int) -> tuple:
    """First and last day of the student's other contracts that count, of every year, cut where one was broken."""
    gone = tuple(state for state in OVER if state != ContractState.TERMINATED)
    years = Enrolment.select(Enrolment.id).where(Enrolment.student == student_id)
    rows = Contract.select().where(
        Contract.enrolment.in_(years) & (Contract.id != contract.id) & Contract.state.not_in(gone)
    )
    amended = _amended(contract)
    return tuple(
        (other.starts_on, other.ended_on or other.ends_on)
        for other in rows
        if other.id not in amended
    )


def _year(contract: Contract, student_id: int) -> int:
    """Which year of apprenticeship the student has reached under earlier contracts here."""
    lived = (ContractState.ACTIVE, ContractState.COMPLETED, ContractState.TERMINATED)
    years = Enrolment.select(Enrolment.id).where(Enrolment.student == student_id)
    rows = Contract.select().where(
        Contract.enrolment.in_(years)
        & (Contract.kind == ContractKind.APPRENTICESHIP)
        & (Contract.starts_on < contract.starts_on)
        & Contract.state.in_(lived)
    )
    spans = [(one.starts_on, min(one.ended_on or one.ends_on, contract.starts_on)) for one in rows]
    return year_of_apprenticeship(spans)


def _amended(contract: Contract) -> set[int]:
    """What it amends, and what that amends; one query each."""
    found, place = set(), contract.amends_id
    while place:
        found.add(place)
        place = Contract.find(place).amends_id
    return found
