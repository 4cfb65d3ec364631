"""The states of a contract and of its papers, and what each of them allows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.kernel.clock import months_later
from portal.kernel.errors import NotAllowed, NotPossible
from portal.kernel.i18n import mark


class ContractKind(StrEnum):
    """Code du travail L6221-1 (apprenticeship) and L6325-1 (professionalisation)."""

    APPRENTICESHIP = "apprenticeship"
    PROFESSIONALISATION = "professionalisation"


class ContractState(StrEnum):
    """Where a contract stands (domain guide, section 4). The table in `transitions` says how it moves on.

    `signed`: the school has accepted the contract that everybody signed; from then on its money counts.
    `cancelled`: given up before it began; `terminated`: broken after it began; `superseded`: an amendment
    took its place.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    CHECKED = "checked"
    SIGNED = "signed"
    TRANSMITTED = "transmitted"
    INCOMPLETE = "incomplete"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    IMPLICIT_REFUSAL = "implicit_refusal"
    IMPLICIT_ACCEPTANCE = "implicit_acceptance"
    ACTIVE = "active"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class DocumentState(StrEnum):
    """One version of one paper. `held`: the virus check has not answered; `replaced`: a newer version came."""

    RECEIVED = "received"
    HELD = "held"
    CHECKING = "checking"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXPIRED = "expired"
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
    ContractState.CHECKED: (mark("Checked, to be signed"), "file-pen-line", "info"),
    ContractState.SIGNED: (mark("Accepted by the school"), "check", "ok"),
    ContractState.TRANSMITTED: (mark("With the OPCO"), "hourglass", "info"),
    ContractState.INCOMPLETE: (mark("Incomplete for the OPCO"), "circle-alert", "warn"),
    ContractState.ACCEPTED: (mark("Accepted by the OPCO"), "check", "ok"),
    ContractState.REFUSED: (mark("Refused by the OPCO"), "circle-alert", "bad"),
    ContractState.IMPLICIT_REFUSAL: (mark("Refused by silence"), "circle-alert", "bad"),
    ContractState.IMPLICIT_ACCEPTANCE: (mark("Accepted by silence"), "check", "ok"),
    ContractState.ACTIVE: (mark("Running"), "check", "ok"),
    ContractState.COMPLETED: (mark("Completed"), "check", ""),
    ContractState.TERMINATED: (mark("Ended early"), "calendar-x", "warn"),
    ContractState.CANCELLED: (mark("Cancelled"), "ban", ""),
    ContractState.SUPERSEDED: (mark("Replaced by an amendment"), "copy", ""),
}
DOCUMENT_STATES = {
    DocumentState.RECEIVED: (mark("Received"), "hourglass", "info"),
    DocumentState.HELD: (mark("Virus check awaited"), "hourglass", "warn"),
    DocumentState.CHECKING: (mark("Being checked"), "hourglass", "info"),
    DocumentState.ACCEPTED: (mark("Accepted"), "check", "ok"),
    DocumentState.RETURNED: (mark("Changes requested"), "circle-alert", "bad"),
    DocumentState.EXPIRED: (mark("Expired"), "calendar-x", "warn"),
    DocumentState.REPLACED: (mark("Replaced"), "copy", ""),
}
OPEN = (
    ContractState.DRAFT,
    ContractState.SUBMITTED,
    ContractState.CHANGES_REQUESTED,
    ContractState.CHECKED,
)
EDITABLE = (ContractState.DRAFT, ContractState.CHANGES_REQUESTED)
#: The school has accepted: the contract's money counts until it falls.
BINDING = (
    ContractState.SIGNED,
    ContractState.TRANSMITTED,
    ContractState.INCOMPLETE,
    ContractState.ACCEPTED,
    ContractState.REFUSED,
    ContractState.IMPLICIT_REFUSAL,
    ContractState.IMPLICIT_ACCEPTANCE,
    ContractState.ACTIVE,
)
OVER = (
    ContractState.COMPLETED,
    ContractState.TERMINATED,
    ContractState.CANCELLED,
    ContractState.SUPERSEDED,
)
#: Papers the school still waits for while it reads them.
UNDECIDED = (DocumentState.RECEIVED, DocumentState.CHECKING)
#: A newer version is needed.
ASKED_AGAIN = (DocumentState.RETURNED, DocumentState.EXPIRED)
#: Why a contract in this state does not make the move that was asked for.
UNMOVABLE = {
    ContractState.DRAFT: mark("The signed contract has not been sent yet."),
    ContractState.SUBMITTED: mark("The school is checking this contract."),
    ContractState.CHANGES_REQUESTED: mark(
        "This contract was already returned. Your decision changed nothing."
    ),
    ContractState.CHECKED: mark("This contract is checked and waits for its signatures."),
    ContractState.SIGNED: mark(
        "This contract was already accepted. Your decision changed nothing."
    ),
    ContractState.TRANSMITTED: mark("This contract is with the OPCO."),
    ContractState.INCOMPLETE: mark("The OPCO waits for a complete file."),
    ContractState.ACCEPTED: mark("The OPCO has accepted this contract."),
    ContractState.REFUSED: mark("The OPCO has refused this contract."),
    ContractState.IMPLICIT_REFUSAL: mark(
        "The OPCO did not answer in time, which counts as refused."
    ),
    ContractState.IMPLICIT_ACCEPTANCE: mark(
        "The OPCO did not answer in time, which counts as accepted."
    ),
    ContractState.ACTIVE: mark("This contract runs."),
    ContractState.COMPLETED: mark("This contract has come to its end."),
    ContractState.TERMINATED: mark("This contract has ended."),
    ContractState.CANCELLED: mark("The student has cancelled this contract."),
    ContractState.SUPERSEDED: mark("An amendment has taken this contract’s place."),
}
#: Why a contract in this state takes no more of the signed form's versions.
CLOSED = {
    **dict.fromkeys(BINDING, mark("This contract is accepted. It takes no new version.")),
    ContractState.COMPLETED: mark("This contract has ended. It takes no new version."),
    ContractState.TERMINATED: mark("This contract has ended. It takes no new version."),
    ContractState.CANCELLED: mark("This contract is cancelled. It takes no new version."),
    ContractState.SUPERSEDED: mark("This contract has ended. It takes no new version."),
}
#: Staff who may read every contract and its papers.
READERS = frozenset({"registrar", "finance", "director"})
MOST_DECLARED_A_DAY = 10
#: No file goes to a funder earlier before the first day than this.
MONTHS_AHEAD = 6


@dataclass(frozen=True)
class Step:
    """One step of a contract's life: its name, what happens there, when it was done."""

    name: str
    says: str
    done_at: datetime | None
    current: bool = False


def check_takes_documents(state: str, kind: str = "cerfa") -> None:
    """The signed form is fixed once the school has accepted it; other papers come until the contract is over."""
    if kind != "cerfa" and state not in OVER:
        return
    if sentence := CLOSED.get(ContractState(state)):
        raise NotPossible(sentence)


def check_may_be_opened(state: str) -> None:
    """Nobody opens a file that the virus check still owes its answer about."""
    if state == DocumentState.HELD:
        raise NotPossible("This file waits for its virus check. Try again in some minutes.")


def may_send(role: str, permissions: Collection[str]) -> bool:
    """Student and company send papers; of the staff only those who check them."""
    return role != "staff" or bool({"registrar", "director"} & set(permissions))


def check_may_send(role: str, permissions: Collection[str]) -> None:
    if not may_send(role, permissions):
        raise NotAllowed("Only the registrar and the director add papers to a contract.")


def check_may_write(role: str, permissions: Collection[str]) -> None:
    if not may_send(role, permissions):
        raise NotAllowed("Only the registrar and the director write about a contract.")


def takes_documents(state: str, kind: str = "cerfa") -> bool:
    try:
        check_takes_documents(state, kind)
    except NotPossible:
        return False
    return True


def check_may_be_decided(state: str) -> None:
    if state not in (ContractState.SUBMITTED, ContractState.CHECKED):
        raise NotPossible(UNMOVABLE[ContractState(state)])


def check_may_change(state: str) -> None:
    if state not in EDITABLE:
        raise NotPossible("This contract is being checked or closed. It cannot be changed now.")


def check_may_be_recorded(state: str, *, days_change: bool) -> None:
    """Facts of the form may be written down while a contract lives, its days only before the school accepts it."""
    if state in OVER:
        raise NotPossible("This contract is over. Its record stays as it is.")
    if days_change and state not in OPEN:
        raise NotPossible(
            "The days of an accepted contract are fixed. Amend the contract to change them."
        )


def check_may_be_cancelled(state: str) -> None:
    if state not in OPEN:
        raise NotPossible("This contract is accepted. Write to the school to end it.")


def check_may_be_given_up(state: str) -> None:
    if state not in OPEN:
        raise NotPossible("The school has accepted this contract. End it instead.")


def check_may_end(state: str) -> None:
    if state in BINDING:
        return
    if state in OVER:
        raise NotPossible("This contract has ended already. Your click changed nothing.")
    raise NotPossible("The school has not accepted this contract, so there is nothing to end.")


def ends_as(on: date, starts_on: date, ends_on: date, *, pending: bool = False) -> ContractState:
    """What a contract becomes that ends on day `on`; `NotPossible` when that is not before its last day.

    `pending`: an amendment that has not taken its contract's place has not begun, whatever its days.
    """
    if not 2000 <= on.year <= 2100:
        raise NotPossible("Check the year.")
    if pending:
        return ContractState.CANCELLED
    if on >= ends_on:
        raise NotPossible("The contract ends by itself on its last day.")
    return ContractState.CANCELLED if on < starts_on else ContractState.TERMINATED


def check_may_be_amended(state: str) -> None:
    if state not in BINDING:
        raise NotPossible("Only an accepted contract can be amended.")


def check_filing_day(
    on: date, *, today: date, starts_on: date, sent_on: date | None, last_on: date | None
) -> None:
    """A day somebody types for what the funder was sent or said: past, and in order.

    `sent_on`: the day of the file that is answered; `last_on`: the day of what the funder said before.
    """
    if on > today:
        raise NotPossible("This day is still to come.")
    if on < months_later(starts_on, -MONTHS_AHEAD):
        raise NotPossible("Check the year.")
    if sent_on is not None and on < sent_on:
        raise NotPossible("This is before the day the file was sent.")
    if last_on is not None and on < last_on:
        raise NotPossible("This is before what the OPCO said last.")
