from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.fr import siret as siret_numbers

from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark
from portal.kernel.money import Cents

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
}
#: Why a contract in this state takes no more documents.
CLOSED = {
    ContractState.SIGNED: mark("This contract is accepted. It takes no new version."),
    ContractState.CANCELLED: mark("This contract is cancelled. It takes no new version."),
}
#: Staff who may read every contract and its papers.
READERS = frozenset({"registrar", "finance", "director"})
MOST_DECLARED_A_DAY = 10


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a student says of the work itself. `funded` is what funder and company bring, when known."""

    kind: ContractKind
    job_title: str
    tutor_name: str
    starts_on: date
    ends_on: date
    funded: Cents | None


@dataclass(frozen=True, kw_only=True)
class Employer:
    """Which establishment employs, and who reads and sends papers for it, in which language."""

    name: str
    siret: str
    contact_name: str
    contact_email: str
    contact_locale: str


@dataclass(frozen=True)
class Step:
    """One step of a contract's life: its name, what happens there, when it was done."""

    name: str
    says: str
    done_at: datetime | None
    current: bool = False


#: What reading a PDF may find, worst first, and what to tell the sender.
DAMAGED = "damaged"
FINDINGS = {
    "password": mark("This PDF asks for a password. Save it without one and send it again."),
    "too-many-pages": mark("This PDF has more than 500 pages. Send the contract alone."),
    "too-big-inside": mark(
        "This PDF unpacks to far more than its size. Print it to a new PDF and send that."
    ),
    DAMAGED: mark(
        "This PDF is damaged or cannot be checked in time. Print it to a new PDF and send that."
    ),
    "no-pages": mark("This PDF has no pages. Choose the file again."),
    "launch": mark("This PDF starts a program. Print it to a new PDF and send that."),
    "script": mark("This PDF contains a script. Print it to a new PDF and send that."),
    "xfa": mark("This PDF is an XFA form, which not everybody can read. Print it to a new PDF."),
    "attachment": mark(
        "This PDF carries another file inside. Send the contract without attachments."
    ),
    "media": mark("This PDF contains sound, film or a 3D model. Print it to a new PDF."),
    "remote": mark("This PDF reaches for another file or sends data. Print it to a new PDF."),
    "address": mark("This PDF links to a program or a file. Print it to a new PDF and send that."),
    "unasked": mark("This PDF does something by itself when opened. Print it to a new PDF."),
}


def check_looks_like_pdf(name: str, head: bytes, size: int) -> None:
    """First sieve: the bytes, the name and the size agree; the browser's MIME type is not asked."""
    if size == 0:
        raise NotPossible("This file is empty. Choose it again.")
    if size > MAX_BYTES:
        raise NotPossible("This file is larger than 10 MB. Save or scan it smaller.")
    if not head.startswith(PDF_MARK):
        raise NotPossible("This file is not a PDF. Save or print the contract as PDF.")
    if not name.strip().lower().endswith(".pdf"):
        raise NotPossible("The name of a PDF file ends in .pdf. Rename the file and send it again.")


def check_findings(findings: list[str]) -> None:
    """Second sieve: what reading the whole document found in it; the worst is told."""
    for finding, sentence in FINDINGS.items():
        if finding in findings:
            raise NotPossible(sentence)
    if findings:
        raise NotPossible(FINDINGS[DAMAGED])


def megabytes(size: int) -> str:
    """1.9 for 1 950 000 bytes, never 0.0."""
    tenths = -(-size * 10 // (1024 * 1024))
    return f"{tenths // 10}.{tenths % 10}"


def check_siret(typed: str) -> str:
    """The fourteen digits of an establishment's number, however they were spaced; La Poste's own rule holds."""
    digits = "".join(typed.split()).replace(".", "").replace("-", "")
    if not digits.isascii() or not digits.isdigit():
        raise NotPossible("A SIRET has digits only: 14 of them.")
    if len(digits) != 14:
        raise NotPossible("A SIRET has 14 digits. You typed %(count)s.", count=len(digits))
    try:
        if int(digits[:9]) == 0:
            raise WrongNumber
        return siret_numbers.validate(digits)
    except WrongNumber:
        raise NotPossible(
            "This SIRET does not exist: its last digit does not fit the others. Look at an invoice."
        ) from None


def check_dates(starts_on: date, ends_on: date) -> None:
    if not all(2000 <= day.year <= 2100 for day in (starts_on, ends_on)):
        raise NotPossible("Check the year.")
    if ends_on <= starts_on:
        raise NotPossible("The last day must come after the first day.")


def doubts(contract: Facts, born_on: date | None) -> list[str]:
    """What the law usually wants otherwise. Sentences to show; nothing is blocked (Code du travail L6222-1,
    L6222-7-1, L6325-1, L6325-11)."""
    after = contract.ends_on + timedelta(days=1)
    said = []
    if not plus_months(contract.starts_on, 6) <= after <= plus_months(contract.starts_on, 36):
        said.append(mark("Such a contract usually lasts between 6 and 36 months."))
    if not contract.tutor_name:
        said.append(mark("The law asks for a tutor in the company. Add the name."))
    if born_on and contract.kind == ContractKind.APPRENTICESHIP:
        if not years_later(born_on, 16) <= contract.starts_on < years_later(born_on, 30):
            said.append(mark("Apprentices are usually 16 to 29 years old on the first day."))
    elif born_on and contract.starts_on >= years_later(born_on, 26):
        said.append(mark("From 26 years on, this kind of contract is for people looking for work."))
    return said


def plus_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_later(day: date, years: int) -> date:
    return plus_months(day, 12 * years)


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
