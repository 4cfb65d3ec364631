"""What a company's contacts, and everybody on a contract, type beside its papers."""

from uuid import uuid4

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, RadioField, SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length

from portal.web.fields import LineField, ParagraphsField


class ColleagueForm(FlaskForm):
    name = LineField(_l("Name"), validators=[DataRequired(_l("Enter the name.")), Length(max=120)])
    email = EmailField(
        _l("E-mail"),
        filters=[lambda typed: typed and typed.strip()],
        validators=[
            InputRequired(_l("Enter the e-mail.")),
            Length(max=254),
            Email(_l("This is not an e-mail address, such as name@company.com.")),
        ],
    )
    locale = RadioField(
        _l("Language of our mails"),
        choices=[SelectChoice("fr", "Français"), SelectChoice("en", "English")],
        default="fr",
        validators=[InputRequired()],
    )


class MessageForm(FlaskForm):
    """A message and which click this was."""

    text = ParagraphsField(
        _l("Your message"),
        validators=[
            DataRequired(_l("Write a message first.")),
            Length(max=2000, message=_l("A message has 2,000 characters at most.")),
        ],
    )
    key = HiddenField(
        default=lambda: uuid4().hex,
        validators=[InputRequired(), Length(min=16, max=64)],
    )


class ConfirmationForm(FlaskForm):
    """What the company is called and where it is, as its contact says."""

    name = LineField(
        _l("Company name"),
        validators=[DataRequired(_l("Enter the name of the company.")), Length(max=200)],
    )
    address = LineField(
        _l("Address"),
        validators=[DataRequired(_l("Enter the address.")), Length(max=300)],
    )
