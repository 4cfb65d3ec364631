"""The states of a contract and of its papers, and what each of them allows."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark


class ContractKind(StrEnum):
    """Code du travail L6221-1 (apprenticeship) and L6325-1 (professionalisation)."""

    APPRENTICESHIP = "apprenticeship"
    PROFESSIONALISATION = "professionalisation"


class ContractState(StrEnum):
    """The first part of a contract's life. `signed`: the school has accepted the signed contract.

    `cancelled`: given up before it began; `terminated`: broken after it began.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    SIGNED = "signed"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"


class DocumentState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"


KIND_LABELS = {
    ContractKind.APPRENTICESHIP: mark("Apprenticeship contract"),
    ContractKind.PROFESSIONALISATION: mark("Professionalisation contract"),
}


SHORT_KINDS = {
    ContractKind.APPRENTICESHIP: mark("Apprenticeship"),
    ContractKind.PROFESSIONALISATION: mark("Professionalisation"),
}
#: A state as people read it: word, icon, tone.
STATES = {
    ContractState.DRAFT: (mark("Signed contract missing"), "upload", "warn"),
    ContractState.SUBMITTED: (mark("Being checked"), "hourglass", "info"),
    ContractState.CHANGES_REQUESTED: (mark("Changes requested"), "circle-alert", "bad"),
    ContractState.SIGNED: (mark("Accepted"), "check", "ok"),
    ContractState.CANCELLED: (mark("Cancelled"), "ban", ""),
    ContractState.TERMINATED: (mark("Ended early"), "calendar-x", "warn"),
}
DOCUMENT_STATES = {
    DocumentState.WAITING: (mark("Being checked"), "hourglass", "info"),
    DocumentState.ACCEPTED: (mark("Accepted"), "check", "ok"),
    DocumentState.RETURNED: (mark("Changes requested"), "circle-alert", "bad"),
    DocumentState.REPLACED: (mark("Replaced"), "copy", ""),
}
OPEN = (ContractState.DRAFT, ContractState.SUBMITTED, ContractState.CHANGES_REQUESTED)
EDITABLE = (ContractState.DRAFT, ContractState.CHANGES_REQUESTED)
#: Why a contract in this state is not open to a decision.
UNDECIDABLE = {
    ContractState.DRAFT: mark("The signed contract has not been sent yet."),
    ContractState.CHANGES_REQUESTED: mark(
        "This contract was already returned. Your decision changed nothing."
    ),
    ContractState.SIGNED: mark(
        "This contract was already accepted. Your decision changed nothing."
    ),
    ContractState.CANCELLED: mark("The student has cancelled this contract."),
    ContractState.TERMINATED: mark("This contract has ended."),
}
#: Why a contract in this state takes no more documents.
CLOSED = {
    ContractState.SIGNED: mark("This contract is accepted. It takes no new version."),
    ContractState.CANCELLED: mark("This contract is cancelled. It takes no new version."),
    ContractState.TERMINATED: mark("This contract has ended. It takes no new version."),
}
#: Staff who may read every contract and its papers.
READERS = frozenset({"registrar", "finance", "director"})
MOST_DECLARED_A_DAY = 10


@dataclass(frozen=True)
class Step:
    """One step of a contract's life: its name, what happens there, when it was done."""

    name: str
    says: str
    done_at: datetime | None
    current: bool = False


def check_takes_documents(state: str) -> None:
    if sentence := CLOSED.get(ContractState(state)):
        raise NotPossible(sentence)


def check_may_be_decided(state: str) -> None:
    if state != ContractState.SUBMITTED:
        raise NotPossible(UNDECIDABLE[ContractState(state)])


def check_may_change(state: str) -> None:
    if state not in EDITABLE:
        raise NotPossible("This contract is being checked or closed. It cannot be changed now.")


def check_may_be_cancelled(state: str) -> None:
    if state == ContractState.SIGNED:
        raise NotPossible("This contract is accepted. Write to the school to end it.")


def check_may_end(state: str) -> None:
    if state == ContractState.SIGNED:
        return
    if state in (ContractState.CANCELLED, ContractState.TERMINATED):
        raise NotPossible("This contract has ended already. Your click changed nothing.")
    raise NotPossible("The school has not accepted this contract, so there is nothing to end.")


def ends_as(on: date, starts_on: date, ends_on: date) -> ContractState:
    """What a contract becomes that ends on day `on`; `NotPossible` when that is not before its last day."""
    if on >= ends_on:
        raise NotPossible("The contract ends by itself on its last day.")
    if not 2000 <= on.year <= 2100:
        raise NotPossible("Check the year.")
    return ContractState.CANCELLED if on < starts_on else ContractState.TERMINATED
