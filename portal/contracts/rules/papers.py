"""What a file must be before it is kept as a contract's paper."""

from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark

MAX_BYTES = 10 * 1024 * 1024
PDF_MARK = b"%PDF-"

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


def check_is_pdf(head: bytes, size: int) -> None:
    """First sieve: the bytes and the size agree; the browser's MIME type is not asked."""
    if size == 0:
        raise NotPossible("This file is empty. Choose it again.")
    if size > MAX_BYTES:
        raise NotPossible("This file is larger than 10 MB. Save or scan it smaller.")
    if not head.startswith(PDF_MARK):
        raise NotPossible("This file is not a PDF. Save or print the contract as PDF.")


def check_name(name: str) -> None:
    """A name that promises something else is turned away too: whoever saves the file would be misled."""
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
