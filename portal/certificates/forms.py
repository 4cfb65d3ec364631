from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.certificates.rules import LANGUAGE_LABELS


class IssueForm(FlaskForm):
    language = RadioField(
        _l("Language"),
        choices=[SelectChoice(code, _l(word)) for code, word in LANGUAGE_LABELS.items()],
        validators=[InputRequired(_l("Choose a language."))],
    )
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])


class ReplaceForm(FlaskForm):
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])


class RevokeForm(FlaskForm):
    reason = TextAreaField(
        _l("Why is it revoked? Whoever checks the document reads this."),
        filters=[lambda text: (text or "").strip()],
        validators=[
            DataRequired(_l("Write the reason: whoever checks the document reads it.")),
            Length(max=500, message=_l("At most 500 characters, please.")),
        ],
    )


class CopyForm(FlaskForm):
    copy = FileField(
        _l("Your copy of the document (PDF)"),
        validators=[FileRequired(_l("Choose the file to compare."))],
    )
