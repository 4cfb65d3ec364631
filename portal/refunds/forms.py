from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput


class DecisionForm(FlaskForm):
    """The two hidden facts a decision rests on: what the staff member saw, and which click this was."""

    version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, 2**31 - 2)]
    )
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])


class RefusalForm(DecisionForm):
    reason = TextAreaField(
        _l("Why do you refuse? The student reads this."),
        filters=[lambda text: (text or "").strip()],
        validators=[
            DataRequired(_l("Write the reason: the student reads it.")),
            Length(max=2000, message=_l("At most 2,000 characters, please.")),
        ],
    )


class PaymentForm(DecisionForm):
    note = StringField(
        _l("Reference of the bank transfer"),
        filters=[lambda text: (text or "").strip()],
        validators=[Length(max=140)],
    )
