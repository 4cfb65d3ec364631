from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    PasswordField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from portal.fees import check_iban
from portal.web.fields import (
    EuroField,
    GroupField,
    LineField,
    ParagraphsField,
    Part,
    WholeField,
    as_field_error,
)

MOST_TEXT = 2000
TOO_LONG = _l("At most 2,000 characters, please.")


def required_text(sentence: str) -> list:
    return [DataRequired(sentence), Length(max=MOST_TEXT, message=TOO_LONG)]


class DecisionForm(FlaskForm):
    """The two hidden facts a decision rests on: what the staff member saw, and which click this was."""

    version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, 2**31 - 2)]
    )
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])


class RefusalForm(DecisionForm):
    reason = ParagraphsField(
        _l("Why do you refuse? The student reads this."),
        validators=required_text(_l("Write the reason.")),
    )


class CancelForm(DecisionForm):
    reason = ParagraphsField(
        _l("Why is this refund cancelled? The student reads this."),
        validators=required_text(_l("Write the reason.")),
    )


class QuestionForm(DecisionForm):
    question = ParagraphsField(
        _l("What do you need to know? The student gets this by mail."),
        validators=required_text(_l("Write the question: the student gets it by mail.")),
    )


class PaymentForm(DecisionForm):
    note = LineField(_l("Reference of the bank transfer"), validators=[Length(max=140)])


class EditForm(DecisionForm):
    """What each payer gets back; the fields `payer-<id>` are added for the payers of one refund."""

    reason = ParagraphsField(
        _l("Why is it corrected? The student reads this."),
        validators=required_text(_l("Write the reason.")),
    )


def edit_form(shares, **facts) -> EditForm:
    """An `EditForm` with one amount for each of `shares` (payer_id, name, cents)."""

    class Form(EditForm):
        pass

    for share in shares:
        label = _l("To %(name)s, in euros", name=share.name)
        setattr(Form, f"payer-{share.payer_id}", EuroField(label, default=share.cents))
    return Form(**facts)


class AnswerForm(DecisionForm):
    text = ParagraphsField(
        _l("Your answer"), validators=required_text(_l("Write an answer for the school."))
    )
    holder = LineField(
        _l("Holder of the account, as the bank writes it"), validators=[Length(max=70)]
    )
    iban = LineField(_l("IBAN of another account"), validators=[Optional(), Length(max=60)])
    current = PasswordField(
        _l("Current password, when you name another account"), validators=[Length(max=1_000)]
    )

    def validate_iban(self, field: LineField) -> None:
        as_field_error(check_iban, field.data)

    def validate_current(self, field: PasswordField) -> None:
        if self.iban.data and not field.data:
            raise ValidationError(_l("Enter your password."))


class FilterForm(Part):
    """What narrows the inbox; sent by GET, so that a filtered list has an address."""

    q = StringField(_l("Name, student number, company or refund number"))
    older = WholeField(
        _l("Waiting for at least (days)"),
        validators=[
            Optional(),
            NumberRange(0, 3650, message=_l("Write a number of days, at most 3,650.")),
        ],
    )
    least = EuroField(_l("From (euros)"))
    most = EuroField(_l("To (euros)"))
    cohort = GroupField(_l("Programme or cohort"), default="")
