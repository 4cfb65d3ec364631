from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.fees.rules import (
    MEANS_LABELS,
    Means,
    check_amount,
    check_received_on,
)
from portal.kernel import clock
from portal.kernel.errors import Refusal
from portal.web.errors import sentence_of
from portal.web.fields import EuroField, LineField

SOMEBODY_NEW = "new"


class FullPaymentForm(FlaskForm):
    """The student's word that the rest is to be paid at once."""

    confirm = BooleanField(
        _l("Yes, I will pay the rest in one payment"),
        validators=[DataRequired(_l("Tick the box to confirm your choice."))],
    )


class PaymentForm(FlaskForm):
    """Money that arrived. `key` tells one click from the next; `payer` is a payer's id or `new`."""

    enrolment = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])
    payer = SelectField(_l("Who paid"), validators=[InputRequired(_l("Choose who paid."))])
    payer_name = LineField(_l("Name of the new payer"), validators=[Length(max=200)])
    payer_email = StringField(
        _l("E-mail of the new payer"),
        validators=[Optional(), Length(max=200), Email(_l("This is not an e-mail address."))],
    )
    amount = EuroField(_l("Amount in euros"), validators=[InputRequired(_l("Enter the amount."))])
    received_on = DateField(
        _l("Received on"), validators=[InputRequired(_l("Enter the day the money arrived."))]
    )
    means = SelectField(
        _l("Means"),
        choices=[SelectChoice(means.value, _l(MEANS_LABELS[means])) for means in Means],
        validators=[InputRequired()],
    )
    note = LineField(_l("Note"), validators=[Length(max=500)])

    @property
    def by_somebody_new(self) -> bool:
        return self.payer.data == SOMEBODY_NEW

    def offer_payers(self, payers: list[tuple[str, str]]) -> None:
        """Let `payers` (id and name) be chosen, or somebody who is not among them yet."""
        new = SelectChoice(SOMEBODY_NEW, _l("Somebody new, a parent or a guarantor"))
        self.payer.choices = [*(SelectChoice(*payer) for payer in payers), new]

    def validate_payer_name(self, field: LineField) -> None:
        if self.by_somebody_new and not field.data:
            raise ValidationError(_l("Enter the name of the new payer."))

    def validate_amount(self, field: EuroField) -> None:
        if field.data is not None:
            _as_field_error(check_amount, field.data)

    def validate_received_on(self, field: DateField) -> None:
        if field.data is not None:
            _as_field_error(check_received_on, field.data, clock.today())


class ReversalForm(FlaskForm):
    """Why a payment does not count."""

    reason = LineField(
        _l("Reason"),
        validators=[DataRequired(_l("Say why this payment is reversed.")), Length(max=500)],
    )


def _as_field_error(check, *facts) -> None:
    try:
        check(*facts)
    except Refusal as refusal:
        raise ValidationError(sentence_of(refusal)) from refusal
