from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from portal.web.fields import LineField


class FileForm(FlaskForm):
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])
    file = FileField(
        _l("File of the bank"), validators=[FileRequired(_l("Choose the file of the bank."))]
    )


class LineForm(FlaskForm):
    version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, 2**31 - 2)]
    )
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])


class ConfirmForm(LineForm):
    reading = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, 99)])


class IgnoreForm(LineForm):
    reason = LineField(
        _l("Why is it not ours?"),
        validators=[DataRequired(_l("Say why this line is not ours.")), Length(max=500)],
    )
