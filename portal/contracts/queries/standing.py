"""Where a contract stands and what is unusual about it, from a row already read; no query."""

from portal.contracts.models import Contract
from portal.contracts.rules import BINDING, OPEN, ContractKind, ContractState, Facts, Step, doubts
from portal.kernel.i18n import mark


def steps(contract: Contract) -> list[Step]:
    """Where the contract stands, in four steps; no query."""
    first = contract.papers[-1].sent_at if contract.papers else None
    accepted = contract.decided_at if contract.state in BINDING else None
    submitted = contract.state in (ContractState.SUBMITTED, ContractState.CHECKED)
    return [
        Step(mark("Declared"), mark("The company’s contact is invited."), contract.declared_at),
        Step(
            mark("Signed contract sent"),
            mark("The company or the student sends it as PDF."),
            first,
            current=contract.state in OPEN and not submitted,
        ),
        Step(mark("Checked"), mark("The school reads it."), accepted, current=submitted),
        Step(
            mark("Accepted"),
            mark("The school confirms it, and the student’s instalments stop."),
            accepted,
        ),
    ]


def doubts_about(contract: Contract) -> list[str]:
    """Sentences about what the law usually wants otherwise; no query."""
    facts = Facts(
        kind=ContractKind(contract.kind),
        job_title=contract.job_title,
        tutor_name=contract.tutor_name,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        funded=contract.funded_cents,
    )
    return doubts(facts, contract.enrolment.student.born_on)
