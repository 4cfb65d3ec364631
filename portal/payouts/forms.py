from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from portal.web.fields import DateField, ParagraphsField

REASON_NEEDED = [
    DataRequired(_l("Write the reason.")),
    Length(max=500, message=_l("At most 500 characters, please.")),
]


class PrepareForm(FlaskForm):
    """Which refunds are ticked stands beside the form, as `pick`."""

    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])
    execution_on = DateField(
        _l("Day of execution"), validators=[InputRequired(_l("Enter the day of execution."))]
    )


class OrderForm(FlaskForm):
    version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, 2**31 - 2)]
    )
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])


class NeverTakenForm(OrderForm):
    reason = ParagraphsField(
        _l("How do you know that the bank never took it?"), validators=REASON_NEEDED
    )


class ExecutedForm(OrderForm):
    on = DateField(
        _l("Day on which the bank executed it"),
        validators=[InputRequired(_l("Enter the day on which the bank executed it."))],
    )
    reason = ParagraphsField(
        _l("How do you know that the bank executed it?"),
        id="executed-reason",
        validators=REASON_NEEDED,
    )


class AnswerFileForm(FlaskForm):
    file = FileField(
        _l("The bank’s answer (pain.002)"),
        validators=[FileRequired(_l("Choose the file of the bank."))],
    )
