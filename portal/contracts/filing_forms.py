"""What staff write down about the funding body: sent, incomplete, accepted, refused."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.contracts.forms import DecisionForm
from portal.contracts.rules import OPCOS, normal_idcc
from portal.kernel.money import Cents
from portal.web.fields import (
    DateField,
    EuroField,
    LineField,
    ParagraphsField,
    as_field_error,
)

CHOICES = [
    SelectChoice("", _l("Choose…")),
    *(SelectChoice(code, name) for code, name in OPCOS.items()),
]


class TransmitForm(DecisionForm):
    on = DateField(
        _l("Sent to the OPCO on"), validators=[InputRequired(_l("Enter the day it was sent."))]
    )
    opco = SelectField(
        _l("OPCO"), choices=CHOICES, validators=[DataRequired(_l("Choose the OPCO."))]
    )
    number = LineField(_l("Deposit number"), validators=[Length(max=60)])


class IncompleteForm(DecisionForm):
    on = DateField(
        _l("The OPCO asked on"), validators=[InputRequired(_l("Enter the day of the letter."))]
    )
    reason = ParagraphsField(
        _l("What is missing? Student and company read this."),
        validators=[DataRequired(_l("Write what the OPCO misses.")), Length(max=2000)],
    )


class AcceptanceForm(DecisionForm):
    on = DateField(
        _l("Accepted on"), validators=[InputRequired(_l("Enter the day of the decision."))]
    )
    number = LineField(
        _l("Deposit number"),
        validators=[DataRequired(_l("Enter the deposit number.")), Length(max=60)],
    )
    funded = EuroField(
        _l("Paid by funder and company"),
        validators=[InputRequired(_l("Enter what funder and company pay for the schooling."))],
    )
    employer_share = EuroField(_l("Of this, the employer’s own share"), validators=[Optional()])

    def validate_funded(self, field: EuroField) -> None:
        if not field.data and not field.errors:
            raise ValidationError(_l("An accepted contract brings some money. Enter the amount."))

    def validate_employer_share(self, field: EuroField) -> None:
        if (field.data or 0) > (self.funded.data or 0):
            raise ValidationError(_l("This is more than what is paid in all."))

    def amount(self) -> Cents:
        return Cents(self.funded.data or 0)


class RefusalForm(DecisionForm):
    on = DateField(
        _l("Refused on"), validators=[InputRequired(_l("Enter the day of the decision."))]
    )
    reason = ParagraphsField(
        _l("Why? Student and company read this."),
        validators=[DataRequired(_l("Write the reason.")), Length(max=2000)],
    )


class BranchForm(FlaskForm):
    idcc = LineField(
        _l("Collective agreement (IDCC)"),
        validators=[DataRequired(_l("Enter the four digits of the agreement."))],
    )
    opco = SelectField(
        _l("OPCO"), choices=CHOICES, validators=[DataRequired(_l("Choose the OPCO."))]
    )

    def validate_idcc(self, field: LineField) -> None:
        field.data = as_field_error(normal_idcc, field.data or "")
