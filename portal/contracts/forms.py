from collections.abc import Sequence
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import (
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import (
    AnyOf,
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)

from portal.contracts.rules import (
    DOCUMENT_LABELS,
    KIND_LABELS,
    SHORT_KINDS,
    STATES,
    ContractKind,
    ContractState,
    DocumentKind,
    Employer,
    Facts,
    check_dates,
    check_siret,
)
from portal.kernel.money import Cents
from portal.paperwork import is_photo
from portal.web.fields import (
    DateField,
    EuroField,
    LineField,
    ParagraphsField,
    Part,
    as_field_error,
    tidy_line,
)


class QueueForm(Part):
    """What narrows the queue; sent by GET, so that a filtered list has an address."""

    q = StringField(_l("Name, student number, company or SIRET"), validators=[Length(max=100)])
    kind = SelectField(
        _l("Kind of contract"),
        choices=[
            SelectChoice("", _l("Both kinds")),
            *(SelectChoice(str(kind), _l(label)) for kind, label in SHORT_KINDS.items()),
        ],
        validators=[Optional()],
    )
    only = SelectField(_l("State"), validators=[Optional()])

    def offer(self, states: tuple[ContractState, ...]) -> None:
        """Let one of the list's own states be chosen."""
        self.only.choices = [
            SelectChoice("", _l("Every state of this list")),
            *(SelectChoice(str(state), _l(STATES[state][0])) for state in states),
        ]


class FactsForm(FlaskForm):
    """The work itself, as the student knows it."""

    kind = RadioField(
        _l("Kind of contract"),
        choices=[SelectChoice(str(kind), _l(label)) for kind, label in KIND_LABELS.items()],
        validators=[InputRequired(_l("Choose the kind of contract."))],
    )
    job_title = LineField(
        _l("Job title"), validators=[DataRequired(_l("Enter the job title.")), Length(max=120)]
    )
    tutor_name = LineField(_l("Tutor in the company"), validators=[Length(max=120)])
    starts_on = DateField(
        _l("First day"), validators=[InputRequired(_l("Enter the first day of the contract."))]
    )
    ends_on = DateField(
        _l("Last day"), validators=[InputRequired(_l("Enter the last day of the contract."))]
    )
    funded = EuroField(_l("What funder and company pay for the schooling"), validators=[Optional()])
    version = IntegerField(default=1, validators=[Optional(), NumberRange(0, 2**31 - 2)])

    def validate_ends_on(self, field: DateField) -> None:
        if self.starts_on.data and field.data:
            as_field_error(check_dates, self.starts_on.data, field.data)

    def facts(self) -> Facts:
        return Facts(
            kind=ContractKind(self.kind.data),
            job_title=self.job_title.data,
            tutor_name=self.tutor_name.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            funded=self.funded.data,
        )


class DeclarationForm(FactsForm):
    """A new contract: the work, the establishment, and who acts for it."""

    company_name = LineField(
        _l("Company name"),
        validators=[DataRequired(_l("Enter the name of the company.")), Length(max=200)],
    )
    siret = LineField(_l("SIRET"), validators=[DataRequired(_l("Enter the SIRET."))])
    contact_name = LineField(
        _l("Name of the contact"),
        validators=[DataRequired(_l("Enter the name of the contact.")), Length(max=120)],
    )
    contact_email = EmailField(
        _l("E-mail of the contact"),
        filters=[lambda typed: typed and typed.strip()],
        validators=[
            InputRequired(_l("Enter the e-mail of the contact.")),
            Length(max=254),
            Email(_l("This is not an e-mail address, such as name@company.com.")),
        ],
    )
    contact_locale = RadioField(
        _l("Language of our mails to the contact"),
        choices=[SelectChoice("fr", "Français"), SelectChoice("en", "English")],
        default="fr",
        validators=[InputRequired()],
    )

    def validate_siret(self, field: LineField) -> None:
        as_field_error(check_siret, field.data)

    def employer(self) -> Employer:
        return Employer(
            name=self.company_name.data,
            siret=check_siret(self.siret.data),
            contact_name=self.contact_name.data,
            contact_email=self.contact_email.data,
            contact_locale=self.contact_locale.data,
        )


class UploadForm(FlaskForm):
    """A paper of a contract: one PDF, or photographs of its pages, which become one."""

    kind = HiddenField(
        default=str(DocumentKind.CERFA),
        validators=[AnyOf(list(DocumentKind), _l("Reload the page and try again."))],
    )
    document = MultipleFileField(
        _l("Signed contract"),
        validators=[FileRequired(_l("Choose a PDF file or photographs first."))],
    )
    #: What is to be taken, once the form is valid: one file under its own name, or photographs.
    paper: BinaryIO | None = None
    named = ""
    photos: Sequence[BinaryIO] = ()

    def __init__(self, contract_id: int, kind: str = DocumentKind.CERFA, **rest):
        super().__init__(data={"kind": str(kind)}, **rest)
        self.document.id = f"document-{contract_id}-{self.kind.data}"
        self.document.label.text = _l(DOCUMENT_LABELS.get(self.kind.data, "Signed contract"))

    @property
    def wanted(self) -> DocumentKind:
        """The validated kind of paper."""
        return DocumentKind(self.kind.data)

    @property
    def sent_as(self) -> str:
        """The name of the file, or of the first photograph and how many came with it."""
        first, others = tidy_line(self.document.data[0].filename), len(self.document.data) - 1
        return f"{first[:190]} (+{others})" if others else first[:200]

    def validate_document(self, field: MultipleFileField) -> None:
        # A picture that calls itself a PDF is none: whoever saves it would be misled.
        photographed = [
            is_photo(_head(file.stream, 12)) and not file.filename.lower().endswith(".pdf")
            for file in field.data
        ]
        if all(photographed):
            self.photos = [file.stream for file in field.data]
        elif len(field.data) > 1:
            raise ValidationError(_l("Send one PDF alone, or photographs without a PDF."))
        else:
            self.paper, self.named = field.data[0].stream, field.data[0].filename


class CancelForm(FlaskForm):
    """What the student saw when giving the contract up."""

    version = IntegerField(validators=[InputRequired(), NumberRange(0, 2**31 - 2)])


class DecisionForm(FlaskForm):
    """The two hidden facts a decision rests on: what was on the screen, and which click this was."""

    version = IntegerField(validators=[InputRequired(), NumberRange(0, 2**31 - 2)])
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])


class AcceptForm(DecisionForm):
    funded = EuroField(
        _l("Paid by funder and company"),
        validators=[InputRequired(_l("Enter what funder and company pay for the schooling."))],
    )

    def amount(self) -> Cents:
        """The validated amount."""
        return Cents(self.funded.data or 0)

    def validate_funded(self, field: EuroField) -> None:
        if not field.data and not field.errors:
            raise ValidationError(_l("An accepted contract brings some money. Enter the amount."))


class ReturnForm(DecisionForm):
    reason = ParagraphsField(
        _l("What must change? The student and the company read this."),
        validators=[
            DataRequired(_l("Write what must change, so that they can correct it.")),
            Length(max=2000),
        ],
    )


def _head(stream: BinaryIO, count: int) -> bytes:
    stream.seek(0)
    return stream.read(count)
