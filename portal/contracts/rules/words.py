"""States and kinds as people read them, and why a contract in a state does not do what was asked."""

from portal.contracts.rules.life import BINDING, ContractKind, ContractState, DocumentState
from portal.kernel.i18n import mark

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
