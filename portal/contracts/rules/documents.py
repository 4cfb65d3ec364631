"""The papers of a file: what each is, who brings it, which kind of contract needs it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.contracts.rules.life import ContractKind
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark


class DocumentKind(StrEnum):
    CERFA = "cerfa"
    TRAINING_AGREEMENT = "training_agreement"
    CALENDAR = "calendar"
    OPCO_DECISION = "opco_decision"


@dataclass(frozen=True)
class Paper:
    """A line of the checklist. `says` explains it to somebody who has never seen one."""

    kind: DocumentKind
    name: str
    says: str
    required: bool


DOCUMENT_LABELS = {
    DocumentKind.CERFA: mark("Signed contract"),
    DocumentKind.TRAINING_AGREEMENT: mark("Training agreement"),
    DocumentKind.CALENDAR: mark("Work-study calendar"),
    DocumentKind.OPCO_DECISION: mark("Decision of the OPCO"),
}
SAYS = {
    DocumentKind.TRAINING_AGREEMENT: mark(
        "The “convention de formation” between company and school, signed by both."
    ),
    DocumentKind.CALENDAR: mark("Which days are spent at school and which in the company."),
    DocumentKind.OPCO_DECISION: mark("The letter or mail in which the OPCO says what it funds."),
}
FORMS = {
    ContractKind.APPRENTICESHIP: mark("The form Cerfa 10103, signed by employer and apprentice."),
    ContractKind.PROFESSIONALISATION: mark(
        "The form Cerfa 12434, signed by employer and employee."
    ),
}
#: An apprentice's file goes to the OPCO with the agreement (Code du travail D6224-1); a professionalisation
#: contract names its training on the form itself (D6325-1).
REQUIRED = {
    ContractKind.APPRENTICESHIP: frozenset({DocumentKind.CERFA, DocumentKind.TRAINING_AGREEMENT}),
    ContractKind.PROFESSIONALISATION: frozenset({DocumentKind.CERFA}),
}


def checklist(kind: ContractKind) -> list[Paper]:
    """Every paper of such a contract's file, the required ones first."""
    papers = [
        Paper(
            paper,
            DOCUMENT_LABELS[paper],
            FORMS[kind] if paper == DocumentKind.CERFA else SAYS[paper],
            paper in REQUIRED[kind],
        )
        for paper in DocumentKind
    ]
    return sorted(papers, key=lambda paper: not paper.required)


def check_valid_until(day: date | None, today: date) -> None:
    if day is not None and day < today:
        raise NotPossible(
            "This paper is no longer valid on that day. Return it and ask for a new one."
        )


def missing(kind: ContractKind, present: Iterable[str]) -> list[DocumentKind]:
    """The required papers that are not among `present`, in the order of the checklist."""
    have = set(present)
    return [paper.kind for paper in checklist(kind) if paper.required and paper.kind not in have]
