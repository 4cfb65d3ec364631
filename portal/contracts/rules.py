from enum import StrEnum

from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark

MAX_BYTES = 10 * 1024 * 1024
PDF_MARK = b"%PDF-"


class ContractKind(StrEnum):
    """Code du travail L6221-1 (apprenticeship) and L6325-1 (professionalisation)."""

    APPRENTICESHIP = "apprenticeship"
    PROFESSIONALISATION = "professionalisation"


class ContractState(StrEnum):
    """The first part of a contract's life. `signed`: the school has accepted the signed contract."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class DocumentState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"


KIND_LABELS = {
    ContractKind.APPRENTICESHIP: mark("Apprenticeship contract"),
    ContractKind.PROFESSIONALISATION: mark("Professionalisation contract"),
}


def check_looks_like_pdf(head: bytes, size: int) -> None:
    """First sieve: trust the bytes, not the file name or the browser's MIME type."""
    if size > MAX_BYTES:
        raise NotPossible("The file is larger than 10 MB.")
    if not head.startswith(PDF_MARK):
        raise NotPossible("This file is not a PDF.")


def check_findings(findings: list[str]) -> None:
    """Second sieve: what reading the whole document found in it."""
    if "encrypted" in findings:
        raise NotPossible("This PDF asks for a password. Please send it without one.")
    if "unreadable" in findings:
        raise NotPossible("This PDF is damaged. Please print it to a new PDF.")
    if findings:
        raise NotPossible("This PDF contains scripts or attachments. Please print it to a new PDF.")
