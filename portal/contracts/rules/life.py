"""The states of a contract and of its papers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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


@dataclass(frozen=True)
class Step:
    """One step of a contract's life: its name, what happens there, when it was done."""

    name: str
    says: str
    done_at: datetime | None
    current: bool = False
