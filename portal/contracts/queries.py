from datetime import timedelta
from math import ceil
from typing import Any, NamedTuple

from peewee import JOIN, fn

from portal.contracts.models import Company, Contract, ContractDocument
from portal.contracts.rules import (
    OPEN,
    READERS,
    ContractKind,
    ContractState,
    DocumentState,
    Facts,
    Step,
    doubts,
)
from portal.identity import Person, Role, Visitor
from portal.kernel import clock
from portal.kernel.errors import Missing
from portal.kernel.i18n import mark
from portal.programme import Cohort, Enrolment, Programme, Student

PAGE = 50
Pupil, Contact, Decider = Person.alias("pupil"), Person.alias("contact"), Person.alias("decider")
TABS = {
    "to-review": (ContractState.SUBMITTED,),
    "returned": (ContractState.CHANGES_REQUESTED,),
    "accepted": (ContractState.SIGNED,),
    "all": tuple(ContractState),
}


class Page(NamedTuple):
    """Contracts `first` to `last` of `total`, on page `number` of `pages`."""

    contracts: list[Contract]
    number: int
    pages: int
    first: int
    last: int
    total: int


def visible(contract_id: int, visitor: Visitor) -> Contract:
    """The contract with all it belongs to and its `papers`, newest first; two queries.

    `Missing` unless it is the visitor's own, they are its contact, or staff who read contracts.
    """
    contract = _contracts().where((Contract.id == contract_id) & _readable_by(visitor)).first()
    if contract is None:
        raise Missing("There is no such contract.")
    return with_papers([contract])[0]


def own(contract_id: int, person_id: int) -> Contract:
    """The contract of the student who signs in as `person_id`, or `Missing`; two queries."""
    mine = (Contract.id == contract_id) & (Student.person == person_id)
    contract = _contracts().where(mine).first()
    if contract is None:
        raise Missing("There is no such contract.")
    return with_papers([contract])[0]


def document(document_id: int, visitor: Visitor) -> ContractDocument:
    """The document with its contract, or `Missing` as for `visible`; one query."""
    found = (
        ContractDocument.select(ContractDocument, Contract)
        .join(Contract)
        .join(Enrolment)
        .join(Student)
        .where((ContractDocument.id == document_id) & _readable_by(visitor))
        .first()
    )
    if found is None:
        raise Missing("There is no such document.")
    return found


def of_enrolment(enrolment_id: int) -> list[Contract]:
    """The contracts of an enrolment, newest first, with company, contact and `papers`; two queries."""
    newest = Contract.declared_at.desc(), Contract.id.desc()
    return with_papers(
        list(_contracts().where(Contract.enrolment == enrolment_id).order_by(*newest))
    )


def of_contact(person_id: int) -> list[Contract]:
    """Contracts somebody is the contact of, those that miss something first; two queries."""
    found = _contracts().where(Contract.contact == person_id).order_by(Contract.id.desc())
    order = [ContractState.CHANGES_REQUESTED, ContractState.DRAFT, ContractState.SUBMITTED]
    order += [ContractState.SIGNED, ContractState.CANCELLED]
    return with_papers(
        sorted(found, key=lambda contract: order.index(ContractState(contract.state)))
    )


def waiting_count() -> int:
    """How many contracts the school has to check; one query."""
    return Contract.select().where(Contract.state == ContractState.SUBMITTED).count()


def counts() -> dict[str, int]:
    """How many contracts each tab of the queue holds; one query."""
    rows: Any = Contract.select(Contract.state, fn.COUNT(Contract.id)).group_by(Contract.state)
    many = {state: int(count) for state, count in rows.tuples()}
    return {tab: sum(many.get(state, 0) for state in states) for tab, states in TABS.items()}


def queue(tab: str, number: int, total: int) -> Page:
    """One page of a tab, longest waiting first, with `papers`; two queries. `total` comes from `counts`."""
    pages = max(1, ceil(total / PAGE))
    number = min(max(1, number), pages)
    rows = (
        _contracts()
        .where(Contract.state.in_(TABS[tab]))
        .order_by(
            Contract.submitted_at.is_null(),
            Contract.submitted_at,
            Contract.declared_at,
            Contract.id,
        )
        .paginate(number, PAGE)
    )
    first = (number - 1) * PAGE
    found = with_papers(list(rows))
    return Page(found, number, pages, first + 1 if found else 0, first + len(found), total)


def review(contract_id: int) -> Contract:
    """The contract as staff see it in the queue, or `Missing`; two queries."""
    contract = _contracts().where(Contract.id == contract_id).first()
    if contract is None:
        raise Missing("There is no such contract.")
    return with_papers([contract])[0]


def last_cancelled(enrolment_id: int) -> Contract | None:
    """What the student declared and then cancelled last, to type less the next time; one query."""
    return (
        _contracts()
        .where((Contract.enrolment == enrolment_id) & (Contract.state == ContractState.CANCELLED))
        .order_by(Contract.id.desc())
        .first()
    )


def live(enrolment_id: int) -> Contract | None:
    """The enrolment's contract that is neither cancelled nor gone, if there is one; one query."""
    return Contract.get_or_none(
        (Contract.enrolment == enrolment_id) & (Contract.state != ContractState.CANCELLED)
    )


def declared_lately(enrolment_id: int) -> int:
    """How many contracts the enrolment declared within a day; one query."""
    since = clock.now() - timedelta(days=1)
    return (
        Contract.select()
        .where((Contract.enrolment == enrolment_id) & (Contract.declared_at > since))
        .count()
    )


def document_names() -> set[str]:
    """The names in storage of every contract document; one query."""
    return {row.name for row in ContractDocument.select(ContractDocument.name)}


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


def steps(contract: Contract) -> list[Step]:
    """Where the contract stands, in four steps; no query."""
    first = contract.papers[-1].sent_at if contract.papers else None
    accepted = contract.decided_at if contract.state == ContractState.SIGNED else None
    submitted = contract.state == ContractState.SUBMITTED
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


def with_papers(contracts: list[Contract]) -> list[Contract]:
    """The same contracts, each with `papers`: its documents, newest first; one query."""
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
        contract.papers = [paper for paper in papers if paper.contract_id == contract.id]
        returned = [p for p in contract.papers[:1] if p.state == DocumentState.RETURNED]
        contract.returned = returned[0] if returned else None
    return contracts


def _readable_by(visitor: Visitor) -> Any:
    if visitor.role == Role.STUDENT:
        return Student.person == visitor.id
    if visitor.role == Role.COMPANY:
        return Contract.contact == visitor.id
    reads = bool(visitor.permissions & READERS)
    return Contract.id.is_null(not reads)  # every contract, or none


def _contracts() -> Any:
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
