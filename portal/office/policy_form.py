"""A new version of the school's money choices, as a person fills it in."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)
from wtforms.widgets import HiddenInput

from portal.web.fields import DateField, EuroField, LineField, WholeField


class PolicyForm(FlaskForm):
    """A new version of the money policy, in force from a day on."""

    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])
    after = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, 2**31 - 2)]
    )
    valid_from = DateField(
        _l("In force from"), validators=[InputRequired(_l("Enter the first day."))]
    )
    discount_base = SelectField(
        _l("The reduction for paying at once is taken of"),
        choices=[
            SelectChoice("tuition", _l("the whole tuition")),
            SelectChoice("balance", _l("what is left after the deposit")),
        ],
        validators=[InputRequired()],
    )
    full_until = DateField(
        _l("Last day to pay at once (empty: when the first instalment is due)"),
        validators=[Optional()],
    )
    instalment_day = WholeField(
        _l("Instalments fall due on day (1 to 28; empty: as the price of the year says)"),
        validators=[Optional(), NumberRange(1, 28, message=_l("Write a day from 1 to 28."))],
    )
    deposit_outside_contract = SelectField(
        _l("The deposit of who leaves without a work-study contract"),
        choices=[
            SelectChoice("kept", _l("is kept")),
            SelectChoice("refundable", _l("can be refunded")),
        ],
        validators=[InputRequired()],
    )
    shortfall_owed_by = SelectField(
        _l("What a funder leaves open is owed by"),
        choices=[
            SelectChoice("employer", _l("the employer")),
            SelectChoice("student", _l("the student")),
        ],
        validators=[InputRequired()],
    )
    refund_from = SelectField(
        _l("A refund is proposed when a contract is accepted by"),
        choices=[
            SelectChoice("signed", _l("the school")),
            SelectChoice("accepted", _l("the OPCO, or its silence")),
        ],
        validators=[InputRequired()],
    )
    late_start = SelectField(
        _l("A contract that begins more than three months after the courses pays for"),
        choices=[
            SelectChoice("full", _l("the whole year")),
            SelectChoice("pro_rata", _l("its days of the year, with two approvals")),
        ],
        validators=[InputRequired()],
    )
    second_approval_above = EuroField(
        _l("Two people approve refunds above (euros)"),
        validators=[InputRequired(_l("Enter the amount."))],
    )
    recent_account_days = WholeField(
        _l("A new bank account needs two approvals for (days)"),
        validators=[
            InputRequired(_l("Write a number of days, 0 to 365.")),
            NumberRange(0, 365, message=_l("Write a number of days, 0 to 365.")),
        ],
    )
    months_without_tuition = WholeField(
        _l("No new tuition after a broken contract for (months)"),
        validators=[
            InputRequired(_l("Write a number of months, 0 to 60.")),
            NumberRange(0, 60, message=_l("Write a number of months, 0 to 60.")),
        ],
    )
    note = LineField(
        _l("Why it changes"),
        validators=[DataRequired(_l("Say why the policy changes.")), Length(max=500)],
    )

    replaces_scheduled = BooleanField(
        _l("It also replaces the versions that have not begun by its first day")
    )

    def validate_second_approval_above(self, field: EuroField) -> None:
        if field.data is not None and not 0 <= field.data <= 1_000_000_00:
            raise ValidationError(_l("The amount must lie between 0 and 1,000,000 euros."))
