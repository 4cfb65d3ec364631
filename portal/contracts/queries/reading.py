"""What students and contacts read: theirs, and nothing else."""

from datetime import timedelta
from typing import Any

from portal.contracts.models import Contract, ContractDocument
from portal.contracts.queries.rows import contracts, one, with_papers
from portal.contracts.rules import READERS, ContractState
from portal.identity import Role, Visitor
from portal.kernel import clock
from portal.kernel.errors import Missing
from portal.programme import Enrolment, Student


def visible(contract_id: int, visitor: Visitor) -> Contract:
    """The contract with all it belongs to and its `papers`, newest first; two queries.

    `Missing` unless it is the visitor's own, they are its contact, or staff who read contracts.
    """
    return one((Contract.id == contract_id) & _readable_by(visitor))


def own(contract_id: int, person_id: int) -> Contract:
    """The contract of the student who signs in as `person_id`, or `Missing`; two queries."""
    return one((Contract.id == contract_id) & (Student.person == person_id))


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
        list(contracts().where(Contract.enrolment == enrolment_id).order_by(*newest))
    )


def of_contact(person_id: int) -> list[Contract]:
    """Contracts somebody is the contact of, those that miss something first; two queries."""
    found = contracts().where(Contract.contact == person_id).order_by(Contract.id.desc())
    order = [ContractState.CHANGES_REQUESTED, ContractState.DRAFT, ContractState.SUBMITTED]
    order += [ContractState.SIGNED, ContractState.CANCELLED]
    return with_papers(
        sorted(found, key=lambda contract: order.index(ContractState(contract.state)))
    )


def last_cancelled(enrolment_id: int) -> Contract | None:
    """What the student declared and then cancelled last, to type less the next time; one query."""
    return (
        contracts()
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


def _readable_by(visitor: Visitor) -> Any:
    if visitor.role == Role.STUDENT:
        return Student.person == visitor.id
    if visitor.role == Role.COMPANY:
        return Contract.contact == visitor.id
    reads = bool(visitor.permissions & READERS)
    return Contract.id.is_null(not reads)  # every contract, or none
