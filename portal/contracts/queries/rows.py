"""A contract with all it belongs to, in one query, and its papers in a second one."""

from typing import Any

from peewee import JOIN

from portal.contracts.models import Company, Contract, ContractDocument
from portal.contracts.rules import DocumentKind, DocumentState
from portal.identity import Person
from portal.kernel.errors import Missing
from portal.programme import Cohort, Enrolment, Programme, Student

Pupil, Contact, Decider = Person.alias("pupil"), Person.alias("contact"), Person.alias("decider")


def contracts() -> Any:
    return (
        Contract.select(
            Contract, Enrolment, Student, Pupil, Cohort, Programme, Company, Contact, Decider
        )
        .join(Enrolment)
        .join(Student)
        .join(Pupil, on=(Student.person == Pupil.id), attr="person")
        .switch(Enrolment)
        .join(Cohort)
        .join(Programme)
        .switch(Contract)
        .join(Company)
        .switch(Contract)
        .join(Contact, on=(Contract.contact == Contact.id), attr="contact")
        .switch(Contract)
        .join(Decider, JOIN.LEFT_OUTER, on=(Contract.decided_by == Decider.id), attr="decided_by")
    )


def one(condition: Any) -> Contract:
    """The contract that meets `condition`, with its papers, or `Missing`; two queries."""
    contract = contracts().where(condition).first()
    if contract is None:
        raise Missing("There is no such contract.")
    return with_papers([contract])[0]


def with_papers(contracts: list[Contract]) -> list[Contract]:
    """The same contracts, each with `papers`: its documents, the form first, then newest first; one query."""
    papers = (
        ContractDocument.select(ContractDocument, Person, Decider)
        .join(Person, on=(ContractDocument.sent_by == Person.id), attr="sent_by")
        .switch(ContractDocument)
        .join(
            Decider,
            JOIN.LEFT_OUTER,
            on=(ContractDocument.decided_by == Decider.id),
            attr="decided_by",
        )
        .where(ContractDocument.contract.in_([contract.id for contract in contracts] or [0]))
        .order_by(ContractDocument.number.desc())
    )
    for contract in contracts:
        own = [paper for paper in papers if paper.contract_id == contract.id]
        contract.papers = sorted(
            own, key=lambda paper: list(DocumentKind).index(DocumentKind(paper.kind))
        )
        contract.returned = _returned(contract.papers)
    return contracts


def _returned(papers: list[ContractDocument]) -> ContractDocument | None:
    """The first paper whose newest version came back."""
    newest: dict[str, ContractDocument] = {}
    for paper in papers:
        newest.setdefault(paper.kind, paper)
    return next((p for p in newest.values() if p.state == DocumentState.RETURNED), None)
