"""What the newest contract form says, beside what the school holds."""

import json
from dataclasses import replace
from typing import Any

from portal.contracts.models import Contract, ContractDocument, ContractReading
from portal.contracts.rules import DocumentKind
from portal.paperwork import Difference, Reading, Record, cross_check, prefill, prefill_employer
from portal.programme import Cohort, Enrolment, Programme, School, Student


def reading_of(contract: Contract) -> Reading | None:
    """What the newest version of the form says; None while nobody sent or read one; one query."""
    newest = (
        ContractDocument.select(ContractDocument.id)
        .where(
            (ContractDocument.contract == contract.id)
            & (ContractDocument.kind == DocumentKind.CERFA)
        )
        .order_by(ContractDocument.number.desc())
        .limit(1)
    )
    row = ContractReading.get_or_none(ContractReading.document == newest)
    return _reading(row, amends=contract.amends_id is not None) if row else None


def differences_of(contract: Contract) -> list[Difference]:
    """What the newest form says otherwise than the record; nothing when it could not be read; two queries."""
    reading = reading_of(contract)
    return cross_check(reading, record_of(contract)) if reading else []


def known_by_form(contract: Contract) -> dict[str, Any]:
    """What the newest form says and the record lacks, by the names of columns of contract and company; one query."""
    return lacking(contract, reading_of(contract))


def lacking(contract: Contract, reading: Reading | None) -> dict[str, Any]:
    """What a reading says and the record lacks, as for `known_by_form`; no query."""
    if reading is None or reading.problem:
        return {}
    facts = [(contract, prefill(reading)), (contract.company, prefill_employer(reading))]
    return {
        name: value
        for row, known in facts
        for name, value in known.items()
        if getattr(row, name) in ("", None)
    }


def record_of(contract: Contract) -> Record:
    """What the school knows of a contract, to hold a form against; one query."""
    enrolment = (
        Enrolment.select(Enrolment, Student, Cohort, Programme, School)
        .join(Student)
        .switch(Enrolment)
        .join(Cohort)
        .join(Programme)
        .join(School)
        .where(Enrolment.id == contract.enrolment_id)
        .get()
    )
    programme = enrolment.cohort.programme
    return Record(
        student_family_name=enrolment.student.family_name,
        student_given_names=enrolment.student.given_names,
        born_on=enrolment.student.born_on,
        company_name=contract.company.name,
        company_siret=contract.company.siret,
        idcc=contract.company.idcc,
        school_siret=programme.school.siret,
        rncp=contract.rncp or programme.rncp,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        practical_start_on=contract.practical_start_on,
        concluded_on=contract.concluded_on,
        weekly_minutes=contract.weekly_minutes,
        monthly_pay_cents=contract.monthly_pay_cents,
        tutor_name=contract.tutor_name,
        tutor_job=contract.tutor_job,
    )


def _reading(row: ContractReading, *, amends: bool) -> Reading:
    """An amendment's form is one by right; that is no remark then."""
    reading = Reading(
        values=json.loads(row.facts), problem=row.problem, remarks=tuple(json.loads(row.remarks))
    )
    if not amends:
        return reading
    kept = tuple(code for code in reading.remarks if code != "is_amendment")
    return replace(reading, remarks=kept)
