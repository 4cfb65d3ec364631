"""What staff send while they read a file: an amount to try, papers to return, warnings seen."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, ValidationError
from wtforms.validators import InputRequired, Optional

from portal.contracts.forms import DecisionForm
from portal.web.fields import DateField, EuroField, Part


class PaperForm(DecisionForm):
    """A paper that is fine, perhaps only through a day that it names itself."""

    expires_on = DateField(
        _l("Valid until"),
        validators=[Optional()],
    )


class AmountForm(Part):
    """The amount whose effect is asked for; sent by GET, since nothing is written."""

    funded = EuroField(
        _l("Paid by funder and company"),
        validators=[InputRequired(_l("Enter what funder and company pay for the schooling."))],
    )

    def validate_funded(self, field: EuroField) -> None:
        if not field.data and not field.errors:
            raise ValidationError(_l("An accepted contract brings some money. Enter the amount."))


class TokenForm(FlaskForm):
    """A button that says all."""


class PauseForm(FlaskForm):
    until = DateField(_l("No reminders until"), validators=[Optional()])


class SeenForm(FlaskForm):
    seen = SelectMultipleField(
        _l("Warnings"),
        validate_choice=False,  # the service takes only what the checks found
        validators=[InputRequired(_l("Tick what you have seen."))],
    )
