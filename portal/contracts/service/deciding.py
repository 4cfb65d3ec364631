"""The school accepts a contract or returns it."""

from collections.abc import Callable, Mapping

from portal import audit, notifications, programme
from portal.contracts.models import Contract, ContractDocument
from portal.contracts.rules import ContractState, DocumentState, check_may_be_decided
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale
from portal.kernel.events import Event
from portal.kernel.i18n import mark
from portal.kernel.money import Cents, format_eur


def _no_price(_enrolment_id: int) -> Cents | None:
    return None


_price_of: Callable[[int], Cents | None] = _no_price

#: Told as `signed.tell(contract=Contract, by=person_id)` inside the accepting transaction.
signed = Event("contracts.signed")


def expect_funding(price_of: Callable[[int], Cents | None]) -> None:
    """Say what a year costs an enrolment. Fees stand beside this room, so the app tells it."""
    global _price_of
    _price_of = price_of


def expected_funding(enrolment_id: int) -> Cents | None:
    """What funders usually pay: the whole price in cents, or None when the enrolment has no plan yet."""
    return _price_of(enrolment_id) or None


def accept(contract_id: int, *, funded: Cents, version: int, key: str, by: int) -> None:
    """Accept the signed contract with what funder and company bring, in cents. Once per contract.

    Listeners of `signed` suspend instalments and propose the refund in the same transaction. The same
    `key` again changes nothing; `Stale`, `NotPossible` when somebody was faster.
    """
    with transaction():
        wanted = {"state": ContractState.SIGNED, "funded_cents": funded}
        if not _decide(contract_id, wanted, version=version, key=key, by=by):
            return
        _decide_paper(contract_id, DocumentState.ACCEPTED, by=by)
        contract = Contract.find(contract_id)
        programme.change_scheme(contract.enrolment_id, programme.Scheme(contract.kind), by=by)
        signed.tell(contract=contract, by=by)
        audit.record(
            "contract:accepted",
            subject=f"contract:{contract_id}",
            actor_id=by,
            detail=format_eur(funded, "en"),
        )
        _tell(
            contract,
            mark("Contract of %(student)s accepted"),
            mark("The school has accepted the contract of %(student)s. Read it here: %(link)s"),
        )


def send_back(contract_id: int, *, reason: str, version: int, key: str, by: int) -> None:
    """Return the signed contract with a reason that student and company read. Refusals as for `accept`."""
    with transaction():
        wanted = {"state": ContractState.CHANGES_REQUESTED}
        if not _decide(contract_id, wanted, version=version, key=key, by=by):
            return
        _decide_paper(contract_id, DocumentState.RETURNED, by=by, reason=reason)
        audit.record(
            "contract:returned", subject=f"contract:{contract_id}", actor_id=by, detail=reason
        )
        _tell(
            Contract.find(contract_id),
            mark("Contract of %(student)s: changes requested"),
            mark(
                "The school has read the contract of %(student)s and asks for a new version:\n\n"
                "%(reason)s\n\nSend the new version here: %(link)s"
            ),
            reason=reason,
        )


def _decide(
    contract_id: int, wanted: Mapping[str, object], *, version: int, key: str, by: int
) -> bool:
    """Move the contract to `wanted`; False when this click already did it."""
    contract = Contract.hold(contract_id)
    if contract.decision_key == key and contract.state == wanted["state"]:
        if all(getattr(contract, name) == value for name, value in wanted.items()):
            return False
        raise NotPossible("This decision was already sent with another amount.")
    check_may_be_decided(contract.state)
    changed = (
        Contract.update(
            decided_by=by,
            decided_at=clock.now(),
            decision_key=key,
            version=version + 1,
            **wanted,
        )
        .where((Contract.id == contract_id) & (Contract.version == version))
        .execute()
    )
    if not changed:
        raise Stale("A new version was sent while you were looking at it. Read it first.")
    return True


def _decide_paper(contract_id: int, state: DocumentState, *, by: int, reason: str = "") -> None:
    waiting = (ContractDocument.contract == contract_id) & (
        ContractDocument.state == DocumentState.WAITING
    )
    (
        ContractDocument.update(state=state, reason=reason, decided_by=by, decided_at=clock.now())
        .where(waiting)
        .execute()
    )


def _tell(contract: Contract, subject: str, body: str, **facts: object) -> None:
    """Student and contact read the same words, each in their language."""
    student = programme.enrolment(contract.enrolment_id).student.person
    facts |= {
        "student": student.name,
        "link": notifications.link(f"/contracts/{contract.id}"),
    }
    for party in (student, contract.contact_id):
        notifications.write_to(party, subject, body, **facts)
