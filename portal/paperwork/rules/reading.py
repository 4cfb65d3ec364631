"""What was read from a form. Neither the social-security number nor a fact about health has a place in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.kernel.i18n import mark
from portal.kernel.money import Cents, parse_eur

#: Why nothing was read; somebody types the facts then.
PROBLEMS = {
    "form_version_not_supported": mark(
        "This is not the form Cerfa 10103*14, the only one the portal reads. Type the facts by hand."
    ),
    "flattened": mark(
        "The boxes of this form were turned into plain text. Type the facts by hand."
    ),
    "scan": mark("This paper is a picture: the portal cannot read it. Type the facts by hand."),
    "unreadable": mark("This paper could not be read in time. Type the facts by hand."),
}

#: What the form itself shows to be wrong or unusual.
REMARKS = {
    "start_date_impossible": mark("The first day on the form is no day of the calendar."),
    "end_date_impossible": mark("The last day on the form is no day of the calendar."),
    "conclusion_date_impossible": mark(
        "The day of signature on the form is no day of the calendar."
    ),
    "practical_start_date_impossible": mark(
        "The first day in the company on the form is no day of the calendar."
    ),
    "conclusion_date_missing": mark("The day of signature is blank."),
    "end_before_start": mark("The last day on the form is before the first."),
    "concluded_after_start": mark("The form was signed after the first day."),
    "start_more_than_3_months_after_training_start": mark(
        "The contract starts more than three months after the training."
    ),
    "employer_siret_invalid": mark("The employer’s SIRET on the form does not exist."),
    "employer_sector_ambiguous": mark("Private and public employer are both ticked."),
    "is_amendment": mark("The form is an amendment of another contract."),
    "nir_present": mark(
        "The form carries a social-security number. The portal does not read it and hides it in pictures."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The values of a form's boxes by name, such as `employer.siret`; or a `problem`, why there are none.

    Values are text as it was typed; days as 2026-10-01, money as 1112.05. `remarks` and `problem` are
    keys of `REMARKS` and `PROBLEMS`.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The problem in a sentence, or nothing."""
        return PROBLEMS.get(self.problem, "")

    @property
    def remarked(self) -> list[str]:
        """What is odd about the form, in sentences."""
        return [REMARKS[code] for code in self.remarks if code in REMARKS]

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def day(self, name: str) -> date | None:
        """The day that was typed; None when there is none, or none of that name in the calendar."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            return None

    def cents(self, name: str) -> Cents | None:
        """The amount that was typed, in cents; None when it is no amount."""
        try:
            return parse_eur(self.text(name))
        except ValueError:
            return None

    def number(self, name: str) -> int | None:
        typed = self.text(name).strip()
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else None

    @property
    def weekly_minutes(self) -> int | None:
        """The hours a week, in minutes."""
        hours, minutes = (
            self.number("contract.weekly_hours"),
            self.number("contract.weekly_minutes"),
        )
        return hours * 60 + (minutes or 0) if hours else None

    def full_name(self, whom: str) -> str:
        """Given name and family name of `tutor1`, `tutor2` or `apprentice`."""
        return f"{self.text(f'{whom}.given_name')} {self.text(f'{whom}.family_name')}".strip()
