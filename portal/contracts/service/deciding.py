"""The school checks a contract, accepts it or returns it."""

from collections.abc import Callable
from datetime import date

from portal import audit, programme
from portal.contracts import letters, queries
from portal.contracts.models import Contract, ContractDocument
from portal.contracts.rules import (
    UNDECIDED,
    Actor,
    ContractState,
    DocumentKind,
    DocumentState,
    check_may_be_decided,
    check_valid_until,
)
from portal.contracts.service.events import signed
from portal.contracts.service.moving import move
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale
from portal.kernel.money import Cents, format_eur


def _no_price(_enrolment_id: int) -> Cents | None:
    return None


_price_of: Callable[[int], Cents | None] = _no_price


def expect_funding(price_of: Callable[[int], Cents | None]) -> None:
    """Say what a year costs an enrolment. Fees stand beside this room, so the app tells it."""
    global _price_of
    _price_of = price_of


def expected_funding(enrolment_id: int) -> Cents | None:
    """What funders usually pay: the whole price in cents, or None when the enrolment has no plan yet."""
    return _price_of(enrolment_id) or None


def check(contract_id: int, *, version: int, key: str, by: int) -> None:
    """The file is in order, its signatures may follow. Refusals and repeats as for `accept`."""
    with transaction():
        contract = Contract.hold(contract_id)
        if contract.decision_key == key and contract.state == ContractState.CHECKED:
            return
        check_may_be_decided(contract.state)
        _check_enrolled(contract)
        blocks = queries.blocking(contract)
        decision = _decision(key, by)
        _move(
            contract, ContractState.CHECKED, version=version, by=by, blocks=blocks, facts=decision
        )
        letters.checked(contract)


def accept(contract_id: int, *, funded: Cents, version: int, key: str, by: int) -> None:
    """Accept the signed contract with what funder and company bring, in cents. Once per contract.

    Listeners of `signed` suspend instalments and propose the refund in the same transaction. The same
    `key` again changes nothing; `Stale`, `NotPossible` when somebody was faster or a check blocks.
    """
    with transaction():
        contract = Contract.hold(contract_id)
        if contract.decision_key == key and contract.state == ContractState.SIGNED:
            if contract.funded_cents != funded:
                raise NotPossible("This decision was already sent with another amount.")
            return
        check_may_be_decided(contract.state)
        if contract.version != version:
            raise Stale("A new version was sent while you were looking at it. Read it first.")
        _check_enrolled(contract)
        blocks = queries.blocking(contract)
        decision = _decision(key, by) | {"funded_cents": funded}
        if contract.state == ContractState.SUBMITTED:
            _move(contract, ContractState.CHECKED, by=by, blocks=blocks, facts=decision)
        detail = format_eur(funded, "en")
        _move(contract, ContractState.SIGNED, by=by, blocks=blocks, detail=detail, facts=decision)
        _decide_papers(contract_id, DocumentState.ACCEPTED, by=by)
        programme.change_scheme(contract.enrolment_id, programme.Scheme(contract.kind), by=by)
        signed.tell(contract=Contract.find(contract_id), by=by)
        letters.accepted(contract)


def _check_enrolled(contract: Contract) -> None:
    if programme.enrolment(contract.enrolment_id).withdrawn_on is not None:
        raise NotPossible("This student has left the programme.")


def send_back(contract_id: int, *, reason: str, version: int, key: str, by: int) -> None:
    """Return the contract form with a reason that student and company read. Refusals as for `accept`."""
    with transaction():
        contract = Contract.hold(contract_id)
        if contract.decision_key == key and contract.state == ContractState.CHANGES_REQUESTED:
            if queries.last_reason(contract_id) != reason:
                raise NotPossible("This click was already used for another decision.")
            return
        check_may_be_decided(contract.state)
        _move(
            contract,
            ContractState.CHANGES_REQUESTED,
            version=version,
            by=by,
            reason=reason,
            facts=_decision(key, by),
        )
        _return_form(contract_id, reason, by)
        letters.returned(contract, reason)


def accept_paper(document_id: int, *, by: int, expires_on: date | None = None) -> None:
    """This version of this paper is fine, through `expires_on` if it says so itself.

    Again: no effect; `NotPossible` for one that is decided or replaced, or that is no longer valid.
    """
    check_valid_until(expires_on, clock.today())
    with transaction():
        paper = _undecided(document_id, DocumentState.ACCEPTED)
        if paper is not None:
            _decide_paper(paper, DocumentState.ACCEPTED, by=by, expires_on=expires_on)


def return_paper(document_id: int, *, reason: str, by: int) -> None:
    """This paper must come again, with a reason; a file being checked goes back to student and company."""
    with transaction():
        paper = _undecided(document_id, DocumentState.RETURNED)
        if paper is None:
            return
        contract = Contract.hold(paper.contract_id)
        _decide_paper(paper, DocumentState.RETURNED, by=by, reason=reason)
        if contract.state in (ContractState.SUBMITTED, ContractState.CHECKED):
            _move(contract, ContractState.CHANGES_REQUESTED, by=by, reason=reason)
        letters.returned(contract, reason)


def _move(contract: Contract, target: ContractState, *, by: int, **more: object) -> None:
    move(contract, target, actor=Actor.SCHOOL, by=by, **more)  # type: ignore[arg-type]


def _decision(key: str, by: int) -> dict[str, object]:
    return {"decided_by": by, "decided_at": clock.now(), "decision_key": key}


def _decide_papers(contract_id: int, state: DocumentState, *, by: int, reason: str = "") -> None:
    undecided = (ContractDocument.contract == contract_id) & ContractDocument.state.in_(UNDECIDED)
    (
        ContractDocument.update(state=state, reason=reason, decided_by=by, decided_at=clock.now())
        .where(undecided)
        .execute()
    )


def _return_form(contract_id: int, reason: str, by: int) -> None:
    """The newest version of the form, also one that was found in order before."""
    form = (ContractDocument.contract == contract_id) & (
        ContractDocument.kind == DocumentKind.CERFA
    )
    newest = ContractDocument.select().where(form).order_by(ContractDocument.number.desc()).get()
    (
        ContractDocument.update(
            state=DocumentState.RETURNED, reason=reason, decided_by=by, decided_at=clock.now()
        )
        .where(ContractDocument.id == newest.id)
        .execute()
    )


def _undecided(document_id: int, wanted: DocumentState) -> ContractDocument | None:
    """The held paper when it may be decided; None when it is decided that way already."""
    paper = ContractDocument.hold(document_id)
    if paper.state == wanted:
        return None
    if paper.state not in UNDECIDED:
        raise NotPossible("This version is decided or replaced. Your decision changed nothing.")
    return paper


def _decide_paper(
    paper: ContractDocument,
    state: DocumentState,
    *,
    by: int,
    reason: str = "",
    expires_on: date | None = None,
) -> None:
    decision = {"reason": reason, "decided_by": by, "decided_at": clock.now()}
    (
        ContractDocument.update(state=state, expires_on=expires_on, **decision)
        .where((ContractDocument.id == paper.id) & ContractDocument.state.in_(UNDECIDED))
        .execute()
    )
    audit.record(
        f"contract:paper-{state}",
        subject=f"contract:{paper.contract_id}",
        actor_id=by,
        detail=" ".join(filter(None, [paper.kind, str(paper.number), reason])),
    )
