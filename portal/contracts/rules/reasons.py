"""Why papers come back, as registrars write it a hundred times a year. A start that they edit before sending."""

from dataclasses import dataclass

from portal.contracts.rules.documents import DocumentKind
from portal.kernel.i18n import mark


@dataclass(frozen=True)
class Reason:
    """`name` is what staff choose by, `text` what student and company would read."""

    code: str
    name: str
    text: str


UNREADABLE = Reason(
    "unreadable",
    mark("Unreadable"),
    mark("The scan cannot be read. Send it again, straight, sharp and with all four corners."),
)
WRONG_STUDENT = Reason(
    "wrong-person",
    mark("Name or birth date"),
    mark("The name or the birth date is not the student’s. Correct it and send the paper again."),
)
DATES = Reason(
    "dates",
    mark("Dates differ"),
    mark(
        "The first or last day differs from the training agreement. Make both papers say the same."
    ),
)
REASONS: dict[DocumentKind, tuple[Reason, ...]] = {
    DocumentKind.CERFA: (
        Reason(
            "employer-signature",
            mark("Employer’s signature"),
            mark(
                "The signature of the employer is missing. Have the form signed and send it again."
            ),
        ),
        Reason(
            "student-signature",
            mark("Student’s signature"),
            mark(
                "The signature of the student is missing. Have the form signed and send it again."
            ),
        ),
        Reason(
            "page-2",
            mark("Page 2"),
            mark("Page 2 is missing. Send all pages of the form in one file."),
        ),
        DATES,
        Reason(
            "siret",
            mark("SIRET"),
            mark("The SIRET is of another establishment. Write the one where the student works."),
        ),
        Reason(
            "tutor",
            mark("Tutor"),
            mark(
                "The tutor is not named, or the tutor’s diploma and experience are not filled in."
            ),
        ),
        Reason(
            "pay",
            mark("Pay"),
            mark("The monthly pay is below the legal minimum for the student’s age. Correct it."),
        ),
        Reason(
            "title",
            mark("Title or RNCP code"),
            mark("The title or its RNCP code is not the one of the programme. Correct both."),
        ),
        Reason(
            "old-form",
            mark("Old form"),
            mark("This is an older version of the form. Fill in the current one."),
        ),
        WRONG_STUDENT,
        UNREADABLE,
    ),
    DocumentKind.TRAINING_AGREEMENT: (
        Reason(
            "company-signature",
            mark("Company’s signature"),
            mark("The company has not signed the training agreement. Sign it and send it again."),
        ),
        Reason(
            "price",
            mark("Price"),
            mark("The price of the training is not the one the school has quoted. Correct it."),
        ),
        Reason(
            "hours",
            mark("Hours of training"),
            mark("The hours of training differ from the programme. Correct them."),
        ),
        Reason(
            "pages",
            mark("Pages missing"),
            mark("Pages are missing. Send the whole agreement with its annexes in one file."),
        ),
        DATES,
        UNREADABLE,
    ),
    DocumentKind.CALENDAR: (
        Reason(
            "other-year",
            mark("Another year"),
            mark("This is the calendar of another year or cohort. Send the one of this year."),
        ),
        Reason(
            "days",
            mark("School days"),
            mark(
                "The school days are not those of the programme. Take over the school’s calendar."
            ),
        ),
        UNREADABLE,
    ),
    DocumentKind.OPCO_DECISION: (
        Reason(
            "other-contract",
            mark("Another contract"),
            mark("This decision is about another contract. Send the one of this student."),
        ),
        Reason(
            "no-number",
            mark("Deposit number"),
            mark("The deposit number is not on this page. Send the whole decision."),
        ),
        UNREADABLE,
    ),
}


def reasons_for(kind: str) -> tuple[Reason, ...]:
    """The ready-made reasons for a kind of paper, the most frequent first."""
    return REASONS[DocumentKind(kind)]


def chosen(kind: str, codes: list[str]) -> list[Reason]:
    """Those of `reasons_for` that were picked, in their own order; unknown codes are left out."""
    return [reason for reason in reasons_for(kind) if reason.code in codes]
