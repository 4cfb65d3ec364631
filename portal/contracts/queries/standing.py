"""Where a contract stands and what is unusual about it, from a row already read; no query."""

from dataclasses import dataclass

from portal.contracts.models import Contract, ContractDocument
from portal.contracts.rules import (
    ASKED_AGAIN,
    BINDING,
    OPEN,
    ContractKind,
    ContractState,
    DocumentKind,
    Facts,
    Paper,
    Step,
    checklist,
    doubts,
    takes_documents,
)
from portal.kernel.i18n import mark


@dataclass(frozen=True)
class Slot:
    """A line of a contract's checklist with its versions, newest first.

    `takes`: whoever looks may send another one; `blocks`: the contract cannot go on without it.
    """

    paper: Paper
    versions: list[ContractDocument]
    takes: bool
    blocks: bool

    @property
    def newest(self) -> ContractDocument | None:
        return self.versions[0] if self.versions else None

    @property
    def asked_again(self) -> bool:
        return self.newest is not None and self.newest.state in ASKED_AGAIN

    @property
    def missing(self) -> bool:
        """Whether somebody must send it, for the first time or again."""
        return self.takes and (self.asked_again or (self.blocks and not self.versions))


def slots(contract: Contract, *, sends: bool = True) -> list[Slot]:
    """The checklist of a contract read `with_papers`, for somebody who `sends` papers or only reads; no query."""
    return [
        Slot(
            paper,
            [version for version in contract.papers if version.kind == paper.kind],
            takes=sends and takes_documents(contract.state, paper.kind),
            blocks=paper.required and contract.state in OPEN,
        )
        for paper in checklist(ContractKind(contract.kind))
    ]


def steps(contract: Contract) -> list[Step]:
    """Where the contract stands, in four steps; no query."""
    forms = [paper for paper in contract.papers if paper.kind == DocumentKind.CERFA]
    first = forms[-1].sent_at if forms else None
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
