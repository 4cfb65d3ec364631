from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from portal.web.fields import DateField


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


class AnswerFileForm(FlaskForm):
    file = FileField(
        _l("The bank’s answer (pain.002)"),
        validators=[FileRequired(_l("Choose the file of the bank."))],
    )
