"""What students and contacts read: theirs, and nothing else."""

from datetime import date, timedelta
from typing import Any

from portal.contracts.models import Contract, ContractContact, ContractDocument, ContractMove
from portal.contracts.queries.rows import contracts, one, with_papers
from portal.contracts.rules import (
    BINDING,
    OPEN,
    OVER,
    READERS,
    UNDECIDED,
    ContractState,
    DocumentState,
)
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
    """Contracts somebody acts for, those that miss something first, then the newest; two queries."""
    found = contracts().where(acts_for(person_id)).order_by(Contract.id.desc())
    order = [ContractState.CHANGES_REQUESTED, ContractState.DRAFT, ContractState.INCOMPLETE]
    return with_papers(
        sorted(
            found,
            key=lambda one: (
                order.index(ContractState(one.state)) if one.state in order else len(order)
            ),
        )
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
    """The enrolment's newest contract that is not over, if there is one; one query."""
    return (
        Contract.select()
        .where((Contract.enrolment == enrolment_id) & Contract.state.not_in(OVER))
        .order_by(Contract.id.desc())
        .first()
    )


def last_broken(enrolment_id: int) -> Contract | None:
    """The enrolment's contract that was broken last: a new one follows it, and what it paid stays; one query."""
    broken = (Contract.enrolment == enrolment_id) & (Contract.state == ContractState.TERMINATED)
    return Contract.select().where(broken).order_by(Contract.id.desc()).first()


def broken_alone(enrolment_id: int) -> Contract | None:
    """The broken contract of an enrolment that no other one follows; two queries at most."""
    broken = last_broken(enrolment_id)
    return broken if broken is not None and live(enrolment_id) is None else None


def open_contract(enrolment_id: int) -> Contract | None:
    """The enrolment's contract the school has not accepted yet; one query."""
    return Contract.get_or_none((Contract.enrolment == enrolment_id) & Contract.state.in_(OPEN))


def open_amendment(contract_id: int) -> Contract | None:
    """The amendment of a contract that is on its way; one query."""
    return Contract.get_or_none((Contract.amends == contract_id) & Contract.state.in_(OPEN))


def newer_counts(contract_id: int) -> bool:
    """Whether the school has accepted an amendment of a contract, so that the amendment's money counts; one query."""
    accepted = (Contract.amends == contract_id) & Contract.state.in_(BINDING)
    return Contract.select().where(accepted).exists()


def last_move_on(contract_id: int) -> date | None:
    """The legal day of the last step of a contract's life; one query."""
    last = _last_move(contract_id)
    return last.on if last else None


def last_reason(contract_id: int) -> str:
    """What was said with the last step of a contract's life; one query."""
    last = _last_move(contract_id)
    return last.reason if last else ""


def _last_move(contract_id: int) -> ContractMove | None:
    moves = ContractMove.select().where(ContractMove.contract == contract_id)
    return moves.order_by(ContractMove.id.desc()).first()


def pending(contract: Contract) -> bool:
    """Whether it amends a contract that still stands, so that it has not taken its place; one query at most."""
    if contract.amends_id is None:
        return False
    return Contract.find(contract.amends_id).state not in OVER


def decided_by_silence(contract: Contract) -> bool:
    """Whether the funder never answered in words, which the law took for a yes; one query when it runs already."""
    if contract.state != ContractState.ACTIVE:
        return contract.state == ContractState.IMPLICIT_ACCEPTANCE
    began = (ContractMove.contract == contract.id) & (ContractMove.target == ContractState.ACTIVE)
    last = ContractMove.select().where(began).order_by(ContractMove.id.desc()).first()
    return last is not None and last.source == ContractState.IMPLICIT_ACCEPTANCE


def form_sent(contract_id: int) -> bool:
    """Whether the contract form has come and was not sent back; one query."""
    usable = ContractDocument.state.in_((*UNDECIDED, DocumentState.ACCEPTED))
    form = (ContractDocument.contract == contract_id) & (ContractDocument.kind == "cerfa")
    return ContractDocument.select().where(form & usable).exists()


def returned_kinds(contract_id: int) -> set[str]:
    """Kinds of papers whose newest version the school has returned; one query."""
    newest: dict[str, str] = {}
    for paper in (
        ContractDocument.select()
        .where(ContractDocument.contract == contract_id)
        .order_by(ContractDocument.number)
    ):
        newest[paper.kind] = paper.state
    return {kind for kind, state in newest.items() if state == DocumentState.RETURNED}


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
        return acts_for(visitor.id)
    reads = bool(visitor.permissions & READERS)
    return Contract.id.is_null(not reads)  # every contract, or none


def acts_for(person_id: int) -> Any:
    """The condition that a contract is one the person acts for: its lead, or named by the lead."""
    named = ContractContact.select(ContractContact.contract).where(
        ContractContact.person == person_id
    )
    return (Contract.contact == person_id) | Contract.id.in_(named)
